resource "ram_group" "developers" {
  name = "developers"
}

resource "ram_user" "alice" {
  name = "alice"
}

# One resource for each user, for example with for_each: removing the user removes only
# this membership.
resource "ram_group_membership" "alice" {
  user_name  = ram_user.alice.name
  group_name = ram_group.developers.name
}
