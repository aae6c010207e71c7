import {
  to = ram_group_membership.alice
  identity = {
    user_name  = "alice"
    group_name = "developers"
  }
}
