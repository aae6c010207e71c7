variable "lost_by" {
  type        = string
  default     = null
  description = "The RAM user whose phone is lost."
}

# Also deletes the device: the seed on the phone can then not be used again.
# terraform apply -invoke=action.ram_unbind_mfa.lost -var lost_by=alice
action "ram_unbind_mfa" "lost" {
  config {
    user_name     = var.lost_by
    delete_device = true
  }
}
