import {
  to = ram_group.developers
  id = "developers"
}
