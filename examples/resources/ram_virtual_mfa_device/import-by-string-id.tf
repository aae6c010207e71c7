import {
  to       = ram_virtual_mfa_device.alice
  provider = ram
  id       = "acs:ram::1234567890123456:mfa/alice"
}
