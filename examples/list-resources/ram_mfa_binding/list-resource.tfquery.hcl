list "ram_mfa_binding" "all" {
  provider = ram
}
