data "ram_account_alias" "this" {}

# alice@example-corp.onaliyun.com, or what the domain of the account is now.
output "alice" {
  value = provider::ram::principal_name("alice", data.ram_account_alias.this.default_domain)
}
