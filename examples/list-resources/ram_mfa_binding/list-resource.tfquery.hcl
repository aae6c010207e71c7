list "ram_mfa_binding" "admins" {
  provider = ram

  config {
    name_regex = "^admin-"
  }
}
