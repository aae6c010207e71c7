# People of a company: one apply gives a new one everything, and takes everything from one who leaves.
#
# A person is one line of local.people. A new line creates a RAM user with its groups, console logon, AccessKey pair and
# MFA device. Without the line, the next apply deletes all of them, and with force_destroy also what others gave the user.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

provider "ram" {}

variable "pgp_keys" {
  description = "The PGP public key of each person, armored or in Base64. It encrypts the first password, the secret of the AccessKey pair and the seed of the MFA device."
  type        = map(string)
}

locals {
  people = {
    alice = { display_name = "Alice Liddell", groups = ["developers", "operators"] }
    bob   = { display_name = "Bob Cratchit", groups = ["developers"] }
  }

  # The policies of each group.
  groups = {
    developers = ["AliyunOSSReadOnlyAccess"]
    operators  = ["AliyunECSFullAccess", "ReadOnlyAccess"]
  }

  # One element for each person in a group, and for each policy of a group.
  memberships = merge([for name, person in local.people : { for group in person.groups : "${name}/${group}" => { user = name, group = group } }]...)
  attachments = merge([for name, policies in local.groups : { for policy in policies : "${name}/${policy}" => { group = name, policy = policy } }]...)
}

resource "ram_group" "this" {
  for_each = local.groups
  name     = each.key
}

resource "ram_policy_attachment" "this" {
  for_each    = local.attachments
  group_name  = ram_group.this[each.value.group].name
  policy_type = "System"
  policy_name = each.value.policy
}

resource "ram_user" "this" {
  for_each      = local.people
  name          = each.key
  display_name  = each.value.display_name
  force_destroy = true
}

resource "ram_group_membership" "this" {
  for_each   = local.memberships
  user_name  = ram_user.this[each.value.user].name
  group_name = ram_group.this[each.value.group].name
}

# Other members of the groups are reported in each plan.
resource "ram_group_members_exclusive" "this" {
  for_each           = local.groups
  group_name         = ram_group.this[each.key].name
  allowed_user_names = [for membership in local.memberships : membership.user if membership.group == each.key]
  depends_on         = [ram_group_membership.this]
}

# The provider draws the first password. Only the person can decrypt it.
resource "ram_login_profile" "this" {
  for_each                = local.people
  user_name               = ram_user.this[each.key].name
  pgp_key                 = var.pgp_keys[each.key]
  password_wo_version     = 1
  password_reset_required = true
  mfa_bind_required       = true
}

resource "ram_virtual_mfa_device" "this" {
  for_each                = local.people
  virtual_mfa_device_name = each.key
  bind_to_user            = ram_user.this[each.key].name
  pgp_key                 = var.pgp_keys[each.key]
}

resource "ram_access_key" "this" {
  for_each  = local.people
  user_name = ram_user.this[each.key].name
  pgp_key   = var.pgp_keys[each.key]
}

# What a person needs for the first day. Decrypt each value with:
#   base64 --decode | gpg --decrypt
output "welcome" {
  value = { for name, person in local.people : name => {
    user_name          = ram_user.this[name].name
    encrypted_password = ram_login_profile.this[name].encrypted_password
    access_key_id      = ram_access_key.this[name].access_key_id
    encrypted_secret   = ram_access_key.this[name].encrypted_secret
    encrypted_seed     = ram_virtual_mfa_device.this[name].encrypted_seed
  } }
}
