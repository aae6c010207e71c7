data "ram_account_access_key_policy" "this" {}

output "keys_work_from_everywhere" {
  value = data.ram_account_access_key_policy.this.status != "Active"
}
