import {
  to = ram_login_profile.alice
  identity = {
    user_name = "alice"
  }
}
