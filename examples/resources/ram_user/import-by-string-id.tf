import {
  to = ram_user.alice
  id = "alice"
}
