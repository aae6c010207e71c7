data "ram_account_alias" "this" {}

output "principal_name_of_alice" {
  value = "alice@${data.ram_account_alias.this.default_domain}"
}
