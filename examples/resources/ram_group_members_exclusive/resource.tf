resource "ram_group" "operators" {
  name = "operators"
}

resource "ram_user" "alice" {
  name = "alice"
}

resource "ram_group_membership" "alice" {
  user_name  = ram_user.alice.name
  group_name = ram_group.operators.name
}

# Reports every other member of the group in a warning. With "remove", the plan shows these
# users, and the apply removes them from the group.
resource "ram_group_members_exclusive" "operators" {
  group_name         = ram_group.operators.name
  allowed_user_names = [ram_group_membership.alice.user_name]
  enforce            = "report"
}

check "no_other_members" {
  assert {
    condition     = length(ram_group_members_exclusive.operators.undeclared_user_names) == 0
    error_message = "The group operators has undeclared members."
  }
}
