# The same configuration, imported with the blocks of import.tf. The account does not change.
# The login profiles and the key are moved, because an import prints the passwords and loses
# the secret.

terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}

resource "ram_security_preference" "this" {
  # mfa_operation_for_login = "mandatory" replaces enforce_mfa_for_login = true.
  # Add it when all users have a second factor.
  login_network_masks    = ["203.0.113.0/24", "198.51.100.7"]
  login_session_duration = 8
}

resource "ram_password_policy" "this" {
  minimum_password_length = 14
  require_numbers         = true
  max_login_attempts      = 5
}

resource "ram_account_alias" "this" {
  account_alias = "acme"
}

resource "ram_user" "people" {
  for_each      = toset(["alice", "bob"])
  name          = each.key
  display_name  = title(each.key)
  force_destroy = true
}

# The users keep their passwords. To set a password, add password_wo and
# password_wo_version; the first version is saved but not sent.
resource "ram_login_profile" "people" {
  for_each          = ram_user.people
  user_name         = each.value.name
  mfa_bind_required = true
}

resource "ram_user" "deploy" {
  name     = "deploy"
  comments = "Deploys from CI"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

resource "ram_access_key_policy" "deploy" {
  user_name          = ram_user.deploy.name
  access_key_id      = ram_access_key.deploy.access_key_id
  status             = "Active"
  classic_allow_list = ["203.0.113.0/24"]
}
