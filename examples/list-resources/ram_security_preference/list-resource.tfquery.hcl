list "ram_security_preference" "this" {
  provider = ram
}
