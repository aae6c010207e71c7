resource "ram_group" "operators" {
  name = "operators"
}

resource "ram_user" "operators" {
  for_each = toset(["alice", "bob"])
  name     = each.key
}

resource "ram_group_membership" "operators" {
  for_each   = ram_user.operators
  user_name  = each.value.name
  group_name = ram_group.operators.name
}

# Reports every other member of the group in a warning. With "remove", the plan shows these
# users, and the apply removes them from the group.
resource "ram_group_members_exclusive" "operators" {
  group_name         = ram_group.operators.name
  allowed_user_names = [for member in ram_group_membership.operators : member.user_name]
  enforce            = "report"
}

check "no_other_members" {
  assert {
    condition     = length(ram_group_members_exclusive.operators.undeclared_user_names) == 0
    error_message = "The group operators has undeclared members."
  }
}
