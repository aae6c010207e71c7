variable "lost_by" {
  type        = string
  description = "The RAM user whose phone is lost."
}

# The device goes with the binding, so that the seed on the phone is worth nothing.
# terraform apply -invoke=action.ram_unbind_mfa.lost -var lost_by=alice
action "ram_unbind_mfa" "lost" {
  config {
    user_name     = var.lost_by
    delete_device = true
  }
}
