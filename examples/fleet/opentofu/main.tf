# One provider instance and one baseline for each account of accounts.json, in one
# run and one state. Needs OpenTofu 1.9 for for_each on a provider; the provider
# itself needs 1.11.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

variable "accounts_file" {
  description = "JSON of the accounts: an object by account id."
  type        = string
  default     = "../accounts.json"
}

variable "leaving" {
  description = "Accounts that are to leave the fleet. Apply with the id here first, and take it out of the file afterwards: what is in the state still needs its provider."
  type        = set(string)
  default     = []
}

locals {
  accounts = jsondecode(file(var.accounts_file))
}

# The credentials of the environment open the account from which the roles are assumed.
provider "ram" {
  alias    = "by_account"
  for_each = local.accounts

  allowed_account_ids = [each.key]

  assume_role = {
    role_arn     = "acs:ram::${each.key}:role/security-baseline"
    session_name = "fleet"
  }
}

module "baseline" {
  source   = "../../modules/security-baseline"
  for_each = { for id, account in local.accounts : id => account if !contains(var.leaving, id) }

  providers = {
    ram = ram.by_account[each.key]
  }

  profile         = "cis-2.0.0"
  password_policy = try(each.value.password_policy, {})
}

output "failed" {
  description = "The controls that do not hold, by account."
  value       = { for id, baseline in module.baseline : id => baseline.failed_controls }
}
