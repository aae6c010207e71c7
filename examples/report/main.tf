# What an auditor asks: how many controls of a benchmark pass, which fail and for whom,
# and which could not be evaluated. It changes no setting of the account; the service is
# requested a credential report if the last one is too old.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

provider "ram" {}

variable "benchmark" {
  description = "The baseline to evaluate the account by, such as cis-2.0.0."
  type        = string
  default     = "cis-2.0.0"
}

variable "details" {
  description = "Whether the output controls has every control."
  type        = bool
  default     = false
}

data "ram_security_preference" "this" {}

data "ram_password_policy" "this" {}

data "ram_account_access_key_policy" "this" {}

data "ram_credential_report" "this" {
  max_age = "4h"
}

# The permissions of users take two calls for each user and each group, so an account of
# thousands of users takes minutes.
data "ram_user_access" "this" {}

data "ram_policies" "this" {
  policy_type = "Custom"
}

locals {
  controls = provider::ram::evaluate({
    security_preference       = data.ram_security_preference.this
    password_policy           = data.ram_password_policy.this
    account_access_key_policy = data.ram_account_access_key_policy.this
    credential_report         = data.ram_credential_report.this
    user_access               = data.ram_user_access.this
    policies                  = data.ram_policies.this
  }, var.benchmark)

  failed        = [for control in local.controls : control if control.status == "failed"]
  not_evaluated = [for control in local.controls : control if control.status == "not_evaluated"]
  passed        = length(local.controls) - length(local.failed) - length(local.not_evaluated)

  # The five places for keys that a row has. Only old accounts have additional keys.
  keys = ["access_key_1", "access_key_2", "additional_access_key_1", "additional_access_key_2", "additional_access_key_3"]
}

output "controls" {
  description = "Every control, if details is true. ramreport makes a page of this output."
  value       = var.details ? local.controls : null
}

output "summary" {
  description = "The totals, the controls that fail and for whom, the controls that were not evaluated and why, and the root account and each user."
  value = join("\n", concat(
    ["${var.benchmark}: ${local.passed} of ${length(local.controls)} controls passed, ${length(local.failed)} failed, ${length(local.not_evaluated)} not evaluated."],
    ["", "Failed:"],
    [for c in local.failed : length(c.who) > 0 ? "  ${c.id} ${c.title}: ${join(", ", c.who)}" : "  ${c.id} ${c.title}: wanted ${c.wanted}, found ${c.found}"],
    length(local.not_evaluated) > 0 ? ["", "Not evaluated:"] : [],
    [for c in local.not_evaluated : "  ${c.id} ${c.title}: ${c.note}"],
    ["", "Users (report of ${data.ram_credential_report.this.generated_time}):"],
    [for u in local.users : "  ${u.user}: ${u.password ? "password" : "no password"}, ${u.mfa ? "MFA" : "no MFA"}, ${length(u.keys)} active of ${u.existing} AccessKey pairs"],
  ))
}

locals {
  users = [
    for row in data.ram_credential_report.this.rows : {
      user     = row.user
      password = row.password_active == true || row.password_active == null && row.password_exist == true
      mfa      = row.mfa_active == true
      keys     = [for key in local.keys : key if row["${key}_active"] == true]
      existing = length([for key in local.keys : key if row["${key}_exist"] == true])
    }
  ]
}
