# The baseline of one account: the one that the workspace is named after. fleet.sh runs
# it for each account of accounts.json. Terraform and OpenTofu alike.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }

  # Any backend that knows workspaces, such as backend "oss". Without one, the states
  # are files in terraform.tfstate.d.
}

variable "accounts_file" {
  description = "JSON of the accounts: an object by account id."
  type        = string
  default     = "../accounts.json"
}

locals {
  account_id = terraform.workspace
  account    = jsondecode(file(var.accounts_file))[local.account_id]
}

# The credentials of the environment open the account from which the role is assumed.
# The state of one account can never be applied to another.
provider "ram" {
  allowed_account_ids = [local.account_id]

  assume_role = {
    role_arn     = "acs:ram::${local.account_id}:role/security-baseline"
    session_name = "fleet"
  }
}

module "baseline" {
  source = "../../modules/security-baseline"

  profile         = "cis-2.0.0"
  password_policy = try(local.account.password_policy, {})
}

output "failed" {
  description = "The controls that do not hold."
  value       = module.baseline.failed_controls
}
