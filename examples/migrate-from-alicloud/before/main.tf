# Before the migration: the settings of the account, two users and a program, with the
# official provider.

terraform {
  required_providers {
    alicloud = { source = "aliyun/alicloud" }
  }
}

variable "first_password" {
  type      = string
  sensitive = true
}

resource "alicloud_ram_security_preference" "this" {
  enforce_mfa_for_login  = true # accepted by the old provider, but never sent
  login_network_masks    = "203.0.113.0/24;198.51.100.7"
  login_session_duration = 8
}

resource "alicloud_ram_password_policy" "this" {
  minimum_password_length = 14
  require_numbers         = true
  max_login_attemps       = 5
}

resource "alicloud_ram_account_alias" "this" {
  account_alias = "acme"
}

resource "alicloud_ram_user" "people" {
  for_each     = toset(["alice", "bob"])
  name         = each.key
  display_name = title(each.key)
  force        = true
}

resource "alicloud_ram_login_profile" "people" {
  for_each                = alicloud_ram_user.people
  user_name               = each.value.name
  password                = var.first_password
  password_reset_required = true
  mfa_bind_required       = true
}

resource "alicloud_ram_user" "deploy" {
  name     = "deploy"
  comments = "Deploys from CI"
}

resource "alicloud_ram_access_key" "deploy" {
  user_name   = alicloud_ram_user.deploy.name
  secret_file = "deploy.txt"
}

resource "alicloud_ram_access_key_policy" "deploy" {
  user_principal_name = "deploy@acme.onaliyun.com"
  user_access_key_id  = alicloud_ram_access_key.deploy.id
  access_key_policy = jsonencode({
    Status     = "Active"
    Statements = [{ Type = "ClassicWhiteList", IPList = ["203.0.113.0/24"] }]
  })
}
