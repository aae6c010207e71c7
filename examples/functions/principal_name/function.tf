data "ram_account_alias" "this" {}

# alice@example-corp.onaliyun.com, with the current domain of the account.
output "alice" {
  value = provider::ram::principal_name("alice", data.ram_account_alias.this.default_domain)
}
