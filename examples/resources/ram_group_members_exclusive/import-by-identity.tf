import {
  to       = ram_group_members_exclusive.operators
  provider = ram
  identity = {
    group_name = "operators"
  }
}
