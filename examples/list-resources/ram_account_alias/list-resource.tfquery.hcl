list "ram_account_alias" "this" {
  provider = ram
}
