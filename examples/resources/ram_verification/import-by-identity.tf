import {
  to = ram_verification.alice
  identity = {
    user_name = "alice"
  }
}
