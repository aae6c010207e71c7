# A new version sends a new password to every argument that uses it.
locals {
  password_version = 1
}

resource "ram_user" "alice" {
  name = "alice"
}

ephemeral "ram_password" "alice" {
  user_name       = ram_user.alice.name
  require_symbols = true
}

resource "ram_login_profile" "alice" {
  user_name               = ram_user.alice.name
  password_wo             = ephemeral.ram_password.alice.password
  password_wo_version     = local.password_version
  password_reset_required = true
}

# To give the password to alice, save it in a vault with the same version:
#
#   resource "vault_kv_secret_v2" "alice" {
#     mount                = "kv"
#     name                 = "console/alice"
#     data_json_wo         = jsonencode({ password = ephemeral.ram_password.alice.password })
#     data_json_wo_version = local.password_version
#   }
