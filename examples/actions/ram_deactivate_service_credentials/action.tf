variable "suspect" {
  type        = string
  default     = null
  description = "The RAM user whose service credentials are disabled."
}

# terraform apply -invoke=action.ram_deactivate_service_credentials.suspect -var suspect=alice
action "ram_deactivate_service_credentials" "suspect" {
  config {
    user_name = var.suspect
  }
}

# Disables only the leaked credential, and only if the credentials of the provider belong to this account.
action "ram_deactivate_service_credentials" "leaked" {
  config {
    account_id             = "1234567890123456"
    user_name              = "bot"
    service_credential_ids = ["SCExampleExampleExample1"]
  }
}
