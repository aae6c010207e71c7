list "ram_user_sso_settings" "this" {
  provider = ram
}
