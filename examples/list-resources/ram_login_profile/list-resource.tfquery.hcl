# Users that can log on to the console without MFA.
list "ram_login_profile" "without_mfa" {
  provider = ram

  config {
    status      = "Active"
    without_mfa = true
  }
}

# Users whose console logon is disabled.
list "ram_login_profile" "off" {
  provider = ram

  config {
    name_regex = "^contractor-"
    status     = "Inactive"
  }
}
