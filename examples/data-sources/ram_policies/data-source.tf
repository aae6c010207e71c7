data "ram_policies" "custom" {
  policy_type = "Custom"
}

output "unused_policies" {
  value = [for policy in data.ram_policies.custom.policies : policy.policy_name if policy.attachment_count == 0]
}
