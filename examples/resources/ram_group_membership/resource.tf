resource "ram_group" "developers" {
  name = "developers"
}

resource "ram_user" "developers" {
  for_each = toset(["alice", "bob"])
  name     = each.key
}

# One resource for each user: removing a name removes the membership and the user.
resource "ram_group_membership" "developers" {
  for_each   = ram_user.developers
  user_name  = each.value.name
  group_name = ram_group.developers.name
}
