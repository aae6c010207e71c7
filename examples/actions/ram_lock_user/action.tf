variable "suspect" {
  type        = string
  default     = null
  description = "The RAM user to lock."
}

# terraform apply -invoke=action.ram_lock_user.suspect -var suspect=alice
action "ram_lock_user" "suspect" {
  config {
    user_name = var.suspect
  }
}
