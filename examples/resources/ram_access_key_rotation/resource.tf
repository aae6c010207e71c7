resource "ram_user" "deploy" {
  name = "deploy"
}

# A new key every 90 days. The old one works for 7 days more, is then disabled, and
# deleted another 7 days later. Each step is done by the first apply after it is due.
resource "ram_access_key_rotation" "deploy" {
  user_name         = ram_user.deploy.name
  rotate_after_days = 90
  overlap_days      = 7
  delete_after_days = 7
}

output "access_key_id" {
  value = ram_access_key_rotation.deploy.current_access_key_id
}
