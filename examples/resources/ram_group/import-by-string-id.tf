import {
  to       = ram_group.developers
  provider = ram
  id       = "developers"
}
