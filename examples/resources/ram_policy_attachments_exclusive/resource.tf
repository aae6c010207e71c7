resource "ram_group" "operators" {
  name = "operators"
}

resource "ram_policy_attachment" "operators" {
  group_name  = ram_group.operators.name
  policy_type = "System"
  policy_name = "AliyunECSFullAccess"
}

# Reports every other policy of the group in a warning. With "detach", the plan shows these
# policies, and the apply detaches them.
resource "ram_policy_attachments_exclusive" "operators" {
  group_name       = ram_group.operators.name
  allowed_policies = ["System:${ram_policy_attachment.operators.policy_name}"]
  enforce          = "report"
}

check "no_other_policies" {
  assert {
    condition     = length(ram_policy_attachments_exclusive.operators.undeclared_policies) == 0
    error_message = "The group operators has undeclared policies."
  }
}
