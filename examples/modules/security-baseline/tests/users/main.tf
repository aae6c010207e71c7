# A user with two keys, for the tests.

terraform {
  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  count     = 2
  user_name = ram_user.deploy.name
}

output "declared" {
  value = ram_access_key.deploy[0].access_key_id
}

output "undeclared" {
  value = ram_access_key.deploy[1].access_key_id
}
