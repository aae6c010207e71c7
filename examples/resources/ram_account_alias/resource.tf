resource "ram_account_alias" "this" {
  account_alias = "example-corp"
}

output "login_url" {
  value = ram_account_alias.this.login_url
}
