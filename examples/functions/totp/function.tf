variable "seed" {
  description = "The seed of a virtual MFA device, from a vault."
  type        = string
  sensitive   = true
  default     = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
}

variable "at" {
  description = "The time of the code, such as timestamp()."
  type        = string
  default     = "2026-11-23T08:00:00Z"
}

# The code is a secret while it is valid. It is sensitive or ephemeral if the seed is.
output "code" {
  value     = provider::ram::totp(var.seed, var.at)
  sensitive = true
}
