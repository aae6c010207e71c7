import {
  to       = ram_group.developers
  provider = ram
  identity = {
    name = "developers"
  }
}
