data "ram_password_policy" "this" {}

output "minimum_password_length" {
  value = data.ram_password_policy.this.minimum_password_length
}
