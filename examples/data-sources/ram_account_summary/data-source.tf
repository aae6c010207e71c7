data "ram_account_summary" "this" {}

output "room_for_users" {
  value = data.ram_account_summary.this.users_quota - data.ram_account_summary.this.users
}
