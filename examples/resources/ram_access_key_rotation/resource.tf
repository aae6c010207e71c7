resource "ram_user" "deploy" {
  name = "deploy"
}

# Creates a new key every 90 days. The old key stays active for 7 more days, is then
# disabled, and is deleted after another 7 days. The first apply after a step is due performs it.
resource "ram_access_key_rotation" "deploy" {
  user_name         = ram_user.deploy.name
  rotate_after_days = 90
  overlap_days      = 7
  delete_after_days = 7

  # Each key is accepted from this network only, from its creation to its deletion.
  network_policy = {
    classic_allow_list = ["203.0.113.0/24"]
  }
}

output "access_key_id" {
  value = ram_access_key_rotation.deploy.current_access_key_id
}
