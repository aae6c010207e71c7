import {
  to       = ram_verification.alice
  provider = ram
  identity = {
    user_name = "alice"
  }
}
