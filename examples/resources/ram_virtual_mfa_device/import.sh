# The serial number. The seed of an imported device is not known.
terraform import ram_virtual_mfa_device.alice acs:ram::1234567890123456:mfa/alice
