import {
  to       = ram_policy_attachments_exclusive.operators
  provider = ram
  id       = "group:operators"
}
