list "ram_verification" "all" {
  provider = ram
}
