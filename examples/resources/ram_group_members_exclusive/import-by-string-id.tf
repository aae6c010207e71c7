import {
  to       = ram_group_members_exclusive.operators
  provider = ram
  id       = "operators"
}
