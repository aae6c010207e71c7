import {
  to       = ram_group_membership.alice
  provider = ram
  identity = {
    user_name  = "alice"
    group_name = "developers"
  }
}
