# Three settings of a security baseline. Attributes that are not in the configuration
# keep their values in the account.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# The credentials come from the environment or from an aliyun CLI profile.
provider "ram" {}

resource "ram_security_preference" "this" {
  login_session_duration           = 8
  allow_user_to_manage_access_keys = false
  enable_save_mfa_ticket           = false
}

resource "ram_password_policy" "this" {
  minimum_password_length      = 14
  require_lowercase_characters = true
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  password_reuse_prevention    = 5
  max_login_attempts           = 5
}

resource "ram_account_alias" "this" {
  account_alias = "example-corp"
}

output "login_url" {
  description = "Where RAM users log on to the console."
  value       = ram_account_alias.this.login_url
}
