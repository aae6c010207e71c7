resource "ram_user" "alice" {
  name = "alice"
}

# The provider creates the device and binds it. The state contains the QR code for
# alice's authenticator app. With pgp_key, it contains only the encrypted seed.
resource "ram_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
  bind_to_user            = ram_user.alice.name
}

# terraform output -raw qr_code | base64 --decode > alice.png
output "qr_code" {
  value     = ram_virtual_mfa_device.alice.qr_code_png
  sensitive = true
}
