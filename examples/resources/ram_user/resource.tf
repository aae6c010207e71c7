resource "ram_user" "alice" {
  name         = "alice"
  display_name = "Alice"
  comments     = "Platform team"

  tags = {
    team = "platform"
  }

  # Destroying the user also removes its login profile, keys, MFA binding, group
  # memberships and policies, even if Terraform does not manage them.
  force_destroy = true
}
