# Devices that are not bound to a user.
list "ram_virtual_mfa_device" "left_over" {
  provider = ram

  config {
    unbound = true
  }
}

list "ram_virtual_mfa_device" "of_alice" {
  provider = ram

  config {
    user_name = "alice"
  }
}
