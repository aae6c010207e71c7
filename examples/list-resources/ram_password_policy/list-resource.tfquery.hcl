list "ram_password_policy" "this" {
  provider = ram
}
