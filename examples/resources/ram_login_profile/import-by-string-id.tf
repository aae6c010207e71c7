import {
  to       = ram_login_profile.alice
  provider = ram
  id       = "alice"
}
