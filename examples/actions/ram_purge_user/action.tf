variable "purged_user" {
  type        = string
  default     = null
  description = "The id of a deleted RAM user that must not be restored."
}

# terraform apply -invoke=action.ram_purge_user.compromised -var purged_user=201234567890123456
action "ram_purge_user" "compromised" {
  config {
    user_id = var.purged_user
  }
}
