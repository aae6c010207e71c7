# Actions for an incident. Each command names one action, and the variables that it needs; the
# other actions are not executed. Actions need Terraform 1.14 or later.
terraform {
  required_version = ">= 1.14"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

variable "account_id" {
  type        = string
  default     = null
  description = "The id of the account. If it is set and the credentials are of another account, nothing is done."
}

variable "user" {
  type        = string
  default     = null
  description = "The name of the RAM user, such as alice: not the principal name."
}

variable "key" {
  type        = string
  default     = null
  description = "The id of the AccessKey pair."
}

variable "credential" {
  type        = string
  default     = null
  description = "The id of the service credential."
}

# Disables one key of a user, and no other. An action that is called without its variables is an error.
action "ram_deactivate_access_keys" "leaked" {
  config {
    account_id     = var.account_id
    user_name      = var.user
    access_key_ids = [var.key]
  }
}

# Disables one service credential of a user, and no other.
action "ram_deactivate_service_credentials" "leaked" {
  config {
    account_id             = var.account_id
    user_name              = var.user
    service_credential_ids = [var.credential]
  }
}

# Disables console logon, all AccessKey pairs and all service credentials, and deletes all passkeys.
action "ram_lock_user" "suspect" {
  config {
    account_id = var.account_id
    user_name  = var.user
  }
}

# The steps of ram_lock_user, one by one.
action "ram_disable_console_logon" "suspect" {
  config {
    account_id = var.account_id
    user_name  = var.user
  }
}

action "ram_deactivate_access_keys" "suspect" {
  config {
    account_id = var.account_id
    user_name  = var.user
  }
}

action "ram_deactivate_service_credentials" "suspect" {
  config {
    account_id = var.account_id
    user_name  = var.user
  }
}

action "ram_delete_passkeys" "suspect" {
  config {
    account_id = var.account_id
    user_name  = var.user
  }
}

# Unbinds and deletes the MFA device of a user whose phone is lost.
action "ram_unbind_mfa" "lost" {
  config {
    account_id    = var.account_id
    user_name     = var.user
    delete_device = true
  }
}

action "ram_generate_credential_report" "now" {
  config {
    account_id = var.account_id
  }
}

# Restores a key that was deleted by mistake.
action "ram_restore_access_key" "deleted" {
  config {
    account_id    = var.account_id
    access_key_id = var.key
  }
}

# Deletes a key in the recycle bin permanently.
action "ram_purge_access_key" "leaked" {
  config {
    account_id    = var.account_id
    access_key_id = var.key
  }
}
