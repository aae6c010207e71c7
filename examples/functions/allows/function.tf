data "ram_security_preference" "this" {}

variable "bastion" {
  description = "The public address of the bastion host."
  default     = "203.0.113.7"
}

output "bastion_may_log_on" {
  value = provider::ram::allows(data.ram_security_preference.this.login_network_masks, var.bastion)
}
