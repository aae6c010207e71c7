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

output "controls" {
  description = "The result of each control."
  value = provider::ram::evaluate({
    security_preference       = data.ram_security_preference.this
    password_policy           = data.ram_password_policy.this
    account_access_key_policy = data.ram_account_access_key_policy.this
  }, var.profile)
}
