# Who may log on to the console with a password alone.
list "ram_login_profile" "without_mfa" {
  provider = ram

  config {
    status      = "Active"
    without_mfa = true
  }
}

# Whose console logon is switched off.
list "ram_login_profile" "off" {
  provider = ram

  config {
    name_regex = "^contractor-"
    status     = "Inactive"
  }
}
