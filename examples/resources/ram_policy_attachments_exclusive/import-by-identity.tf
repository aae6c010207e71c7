import {
  to       = ram_policy_attachments_exclusive.operators
  provider = ram
  identity = {
    group_name = "operators"
  }
}
