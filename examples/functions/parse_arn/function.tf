data "ram_caller_identity" "this" {}

locals {
  caller = provider::ram::parse_arn(data.ram_caller_identity.this.arn)
}

# "user" and "alice" for acs:ram::1234567890123456:user/alice.
output "caller" {
  value = "${local.caller.resource_type} ${coalesce(local.caller.resource_name, "itself")}"
}
