variable "suspect" {
  type        = string
  default     = null
  description = "The RAM user whose AccessKey pairs are disabled."
}

# terraform apply -invoke=action.ram_deactivate_access_keys.suspect -var suspect=alice
action "ram_deactivate_access_keys" "suspect" {
  config {
    user_name = var.suspect
  }
}

# Disables only the leaked key, and only if the credentials belong to this account.
action "ram_deactivate_access_keys" "leaked" {
  config {
    account_id     = "1234567890123456"
    user_name      = "deploy"
    access_key_ids = ["LTAI5tExampleExample"]
  }
}
