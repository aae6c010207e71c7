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

# If a vault needs the password as well, let the login profile make it. The vault then takes it
# from the state, and both have the same password even if one of the writes fails:
#
#   resource "ram_login_profile" "alice" {
#     user_name           = ram_user.alice.name
#     pgp_key             = file("vault.asc")
#     password_wo_version = local.password_version
#   }
#
#   ephemeral "ram_decrypted_secret" "alice" {
#     encrypted_secret = ram_login_profile.alice.encrypted_password
#     private_key      = var.private_key
#   }
#
#   resource "vault_kv_secret_v2" "alice" {
#     mount                = "kv"
#     name                 = "console/alice"
#     data_json_wo         = jsonencode({ password = ephemeral.ram_decrypted_secret.alice.secret })
#     data_json_wo_version = ram_login_profile.alice.password_wo_version
#   }
