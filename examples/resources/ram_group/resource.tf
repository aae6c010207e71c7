resource "ram_group" "developers" {
  name         = "developers"
  display_name = "Developers"
  comments     = "All developers of the platform team"
}

# A new name renames the group: its members and policies stay.
resource "ram_group" "operators" {
  name          = "operators"
  force_destroy = true
}
