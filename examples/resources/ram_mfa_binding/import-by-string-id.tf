import {
  to = ram_mfa_binding.alice
  id = "alice"
}
