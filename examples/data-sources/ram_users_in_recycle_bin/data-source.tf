# All RAM users that can be restored.
data "ram_users_in_recycle_bin" "this" {}

output "deleted_users" {
  value = { for user in data.ram_users_in_recycle_bin.this.users : user.user_id => "${user.user_name}, until ${user.delete_date}" }
}
