import {
  to       = ram_user.alice
  provider = ram
  id       = "alice"
}
