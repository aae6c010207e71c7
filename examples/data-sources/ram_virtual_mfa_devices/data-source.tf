data "ram_virtual_mfa_devices" "left_over" {
  unbound = true
}

check "left_over" {
  assert {
    condition     = length(data.ram_virtual_mfa_devices.left_over.devices) == 0
    error_message = "Devices that are not bound to a user: ${join(", ", data.ram_virtual_mfa_devices.left_over.devices[*].virtual_mfa_device_name)}."
  }
}
