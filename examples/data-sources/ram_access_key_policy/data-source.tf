resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

data "ram_access_key_policy" "deploy" {
  access_key_id = ram_access_key.deploy.access_key_id
}

output "deploy_key_is_restricted" {
  value = data.ram_access_key_policy.deploy.configured
}
