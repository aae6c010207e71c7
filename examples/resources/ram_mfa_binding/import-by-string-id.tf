import {
  to       = ram_mfa_binding.alice
  provider = ram
  id       = "alice"
}
