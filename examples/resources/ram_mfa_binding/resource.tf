resource "ram_user" "alice" {
  name = "alice"
}

resource "ram_virtual_mfa_device" "shared" {
  virtual_mfa_device_name = "break-glass"
}

# The seed is write-only. Read it from a vault with an ephemeral resource; in this example,
# it comes from the device.
resource "ram_mfa_binding" "alice" {
  user_name       = ram_user.alice.name
  serial_number   = ram_virtual_mfa_device.shared.serial_number
  seed_wo         = ram_virtual_mfa_device.shared.base32_string_seed
  seed_wo_version = 1
}
