# What an account has, judged by the baseline, before anything of it is managed.
# fleet.sh runs it for each account of accounts.json. It has no resource, so nothing
# can be changed.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

variable "account_id" {
  description = "The id of the account."
  type        = string
}

variable "profile" {
  description = "The baseline to judge by."
  type        = string
  default     = "cis-2.0.0"
}

variable "users" {
  description = "Whether the credential report, the permissions of users and the policies are read, for the controls of the root account, users and policies. Set TF_VAR_users=false for accounts of more than 3,500 users."
  type        = bool
  default     = true
}

provider "ram" {
  allowed_account_ids = [var.account_id]

  assume_role = {
    role_arn     = "acs:ram::${var.account_id}:role/security-baseline"
    session_name = "fleet-audit"
  }
}

data "ram_security_preference" "this" {}

data "ram_password_policy" "this" {}

data "ram_account_access_key_policy" "this" {}

# One report at most every four hours, and none for an account of more than 3,500 users.
data "ram_credential_report" "this" {
  count = var.users ? 1 : 0

  max_age = "24h"
}

data "ram_user_access" "this" {
  count = var.users ? 1 : 0
}

data "ram_policies" "this" {
  count = var.users ? 1 : 0

  policy_type = "Custom"
}

output "controls" {
  description = "The result of each control."
  value = provider::ram::evaluate({
    security_preference       = data.ram_security_preference.this
    password_policy           = data.ram_password_policy.this
    account_access_key_policy = data.ram_account_access_key_policy.this
    credential_report         = one(data.ram_credential_report.this[*])
    user_access               = one(data.ram_user_access.this[*])
    policies                  = one(data.ram_policies.this[*])
  }, var.profile)
}
