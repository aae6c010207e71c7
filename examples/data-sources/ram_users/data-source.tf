data "ram_users" "robots" {
  name_regex = "^robot-"
}

output "robots_that_log_on" {
  value = [for user in data.ram_users.robots.users : user.user_name if user.last_login_date != null]
}
