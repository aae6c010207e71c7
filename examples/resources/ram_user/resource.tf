resource "ram_user" "alice" {
  name         = "alice"
  display_name = "Alice"
  comments     = "Platform team"

  tags = {
    team = "platform"
  }

  # Also removes the login profile, keys, MFA binding, groups and policies that
  # Terraform does not manage, when the user is destroyed.
  force_destroy = true
}
