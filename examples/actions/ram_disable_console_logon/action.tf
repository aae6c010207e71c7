variable "suspect" {
  type        = string
  default     = null
  description = "The RAM user whose console logon is disabled."
}

# terraform apply -invoke=action.ram_disable_console_logon.suspect -var suspect=alice
action "ram_disable_console_logon" "suspect" {
  config {
    user_name = var.suspect
  }
}
