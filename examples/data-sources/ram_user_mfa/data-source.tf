data "ram_caller_identity" "this" {}

data "ram_user_mfa" "admin" {
  user_name = reverse(split("/", data.ram_caller_identity.this.arn))[0]
}

output "admin_has_mfa" {
  value = data.ram_user_mfa.admin.enabled
}
