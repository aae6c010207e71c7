# What an auditor asks: which controls of a benchmark fail, and which users log on
# with a password alone. It changes nothing in the account.

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
  description = "The profile to compare the account with."
  type        = string
  default     = "cis-2.0.0"
}

data "ram_security_preference" "this" {}

data "ram_password_policy" "this" {}

data "ram_credential_report" "this" {
  max_age = "4h"
}

locals {
  findings = provider::ram::evaluate({
    security_preference = data.ram_security_preference.this
    password_policy     = data.ram_password_policy.this
  }, var.benchmark)
}

output "failed_controls" {
  description = "The controls that fail: what the benchmark wants, and what the account has."
  value       = [for finding in local.findings : finding if finding.status == "failed"]
}

output "users" {
  description = "Every RAM user: whether there is a password, MFA and an active AccessKey pair."
  value = [
    for row in data.ram_credential_report.this.rows : {
      user     = row.user_name
      password = row.password_active == true
      mfa      = row.mfa_active == true
      key      = row.access_key_1_active == true || row.access_key_2_active == true
    } if row.user_name != null
  ]
}
