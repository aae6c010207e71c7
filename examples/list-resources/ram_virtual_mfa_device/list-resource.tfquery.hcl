list "ram_virtual_mfa_device" "left_over" {
  provider = ram

  config {
    unbound = true
  }
}
