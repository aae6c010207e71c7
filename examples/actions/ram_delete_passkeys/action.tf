variable "suspect" {
  type        = string
  default     = null
  description = "The RAM user whose passkeys are deleted."
}

# terraform apply -invoke=action.ram_delete_passkeys.suspect -var suspect=alice
action "ram_delete_passkeys" "suspect" {
  config {
    user_name = var.suspect
  }
}
