data "ram_caller_identity" "this" {}

output "account_id" {
  value = data.ram_caller_identity.this.account_id
}
