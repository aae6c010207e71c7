data "ram_user_access" "all" {}

output "administrators_without_mfa" {
  value = [for user in data.ram_user_access.all.users : user.user_name if user.administrator && user.mfa_serial_number == null]
}
