# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# One of every type, as a person writes it. The state beside this file is what the
# version of this directory wrote for it. Nothing in here exists outside of the fake.

terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}

resource "ram_account_alias" "this" {
  account_alias = "example-corp"
  on_destroy    = "restore"
}

resource "ram_security_preference" "this" {
  allow_user_to_manage_access_keys = false
  login_session_duration           = 8
  login_network_masks              = ["198.51.100.0/24", "203.0.113.7"]
  must_allow                       = ["198.51.100.9"]
  on_destroy                       = "restore"
}

resource "ram_password_policy" "this" {
  minimum_password_length   = 14
  require_symbols           = true
  password_reuse_prevention = 5
}

resource "ram_account_access_key_policy" "this" {
  status             = "Inactive"
  classic_allow_list = ["203.0.113.0/24", "2001:db8::/48"]
}

resource "ram_user_sso_settings" "this" {
  auxiliary_domain = "example.com"
  authn_sign_algo  = "rsa-sha256"
}

resource "ram_user" "alice" {
  name          = "alice"
  display_name  = "Alice"
  email         = "alice@example.com"
  tags          = { team = "ops" }
  force_destroy = true
}

resource "ram_user" "others" {
  for_each = toset(["bob", "carol"])
  name     = each.key
}

resource "ram_group" "operators" {
  name          = "operators"
  comments      = "on call"
  force_destroy = true
}

resource "ram_group_membership" "bob" {
  user_name  = ram_user.others["bob"].name
  group_name = ram_group.operators.name
}

resource "ram_policy_attachment" "operators" {
  group_name  = ram_group.operators.name
  policy_type = "System"
  policy_name = "ReadOnlyAccess"
}

resource "ram_group_members_exclusive" "operators" {
  group_name         = ram_group.operators.name
  allowed_user_names = [ram_group_membership.bob.user_name]
}

resource "ram_policy_attachments_exclusive" "alice" {
  user_name        = ram_user.alice.name
  allowed_policies = ["System:ReadOnlyAccess"]
}

resource "ram_login_profile" "alice" {
  user_name           = ram_user.alice.name
  password_wo         = "Chosen-4-the-first-logon!"
  password_wo_version = 1
  mfa_bind_required   = true
}

resource "ram_access_key" "plain" {
  user_name = ram_user.alice.name
}

resource "ram_access_key" "sealed" {
  user_name           = ram_user.others["bob"].name
  pgp_key             = trimspace(file("pgp.txt"))
  rotate_when_changed = { quarter = "2026-4" }
}

resource "ram_service_credential" "plain" {
  user_name               = ram_user.alice.name
  service_name            = "dashscope.aliyuncs.com"
  service_credential_name = "plain"
  credential_age_days     = 200
}

resource "ram_service_credential" "sealed" {
  user_name               = ram_user.others["bob"].name
  service_name            = "dashscope.aliyuncs.com"
  service_credential_name = "sealed"
  pgp_key                 = trimspace(file("pgp.txt"))
  rotate_when_changed     = { quarter = "2026-4" }
}

resource "ram_access_key_policy" "plain" {
  user_name          = ram_access_key.plain.user_name
  access_key_id      = ram_access_key.plain.access_key_id
  status             = "Active"
  classic_allow_list = ["198.51.100.0/28"]
}

resource "ram_access_key_rotation" "carol" {
  user_name         = ram_user.others["carol"].name
  rotate_after_days = 90
  overlap_days      = 7
  delete_after_days = 7
}

resource "ram_user_credentials_exclusive" "alice" {
  user_name              = ram_user.alice.name
  allowed_access_key_ids = [ram_access_key.plain.access_key_id]
}

resource "ram_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  bind_to_user            = ram_user.alice.name
}

resource "ram_virtual_mfa_device" "tablet" {
  virtual_mfa_device_name = "tablet"
}

resource "ram_mfa_binding" "bob" {
  user_name       = ram_user.others["bob"].name
  serial_number   = ram_virtual_mfa_device.tablet.serial_number
  seed_wo         = ram_virtual_mfa_device.tablet.base32_string_seed
  seed_wo_version = 1
}

resource "ram_verification" "alice" {
  user_name      = ram_user.alice.name
  security_email = "alice@example.com"
}
