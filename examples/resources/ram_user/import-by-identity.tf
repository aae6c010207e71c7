import {
  to       = ram_user.alice
  provider = ram
  identity = {
    name = "alice"
  }
}
