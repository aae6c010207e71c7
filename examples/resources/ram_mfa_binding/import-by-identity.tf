import {
  to = ram_mfa_binding.alice
  identity = {
    user_name = "alice"
  }
}
