import {
  to = ram_user.alice
  identity = {
    name = "alice"
  }
}
