import {
  to       = ram_group_membership.alice
  provider = ram
  id       = "alice:developers"
}
