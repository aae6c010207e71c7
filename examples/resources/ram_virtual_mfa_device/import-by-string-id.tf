import {
  to = ram_virtual_mfa_device.alice
  id = "acs:ram::1234567890123456:mfa/alice"
}
