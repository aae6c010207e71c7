# By the name of the user who has the device.
terraform import ram_mfa_binding.alice alice
