variable "suspect" {
  type        = string
  description = "The RAM user who cannot log on to the console any more."
}

# terraform apply -invoke=action.ram_disable_console_logon.suspect -var suspect=alice
action "ram_disable_console_logon" "suspect" {
  config {
    user_name = var.suspect
  }
}
