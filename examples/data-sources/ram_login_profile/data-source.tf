resource "ram_user" "robot" {
  name = "robot"
}

data "ram_login_profile" "robot" {
  user_name = ram_user.robot.name
}

check "robots_do_not_log_on" {
  assert {
    condition     = !data.ram_login_profile.robot.exists
    error_message = "A user for programs has a login profile."
  }
}
