import {
  to       = ram_mfa_binding.alice
  provider = ram
  identity = {
    user_name = "alice"
  }
}
