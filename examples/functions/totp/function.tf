variable "seed" {
  description = "The seed of a virtual MFA device, from a vault."
  type        = string
  sensitive   = true
  default     = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
}

variable "at" {
  description = "The time of the code; timestamp() is now."
  type        = string
  default     = "2026-11-23T08:00:00Z"
}

# As secret as the seed while it lasts. Of a sensitive or ephemeral seed the code
# is sensitive or ephemeral too.
output "code" {
  value     = provider::ram::totp(var.seed, var.at)
  sensitive = true
}
