variable "deleted_user" {
  type        = string
  default     = null
  description = "The id of a RAM user that was deleted by mistake."
}

# terraform apply -invoke=action.ram_restore_user.back -var deleted_user=201234567890123456
action "ram_restore_user" "back" {
  config {
    user_id = var.deleted_user
  }
}
