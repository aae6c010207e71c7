import {
  to = ram_group_membership.alice
  id = "alice:developers"
}
