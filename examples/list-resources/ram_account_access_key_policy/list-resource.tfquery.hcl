list "ram_account_access_key_policy" "this" {
  provider = ram
}
