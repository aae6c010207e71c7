resource "ram_user" "alice" {
  name         = "alice"
  display_name = "Alice"
  comments     = "Platform team"

  tags = {
    team = "platform"
  }

  # Destroying the user also removes its login profile, keys, MFA binding, groups and
  # policies that Terraform does not manage.
  force_destroy = true
}
