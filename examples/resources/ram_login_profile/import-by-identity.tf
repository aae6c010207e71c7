import {
  to       = ram_login_profile.alice
  provider = ram
  identity = {
    user_name = "alice"
  }
}
