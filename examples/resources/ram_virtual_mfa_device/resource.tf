resource "ram_user" "alice" {
  name = "alice"
}

# A device that the provider binds by itself. Its QR code is in the state, for
# alice's authenticator app; with pgp_key only an encrypted seed would be.
resource "ram_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
  bind_to_user            = ram_user.alice.name
}

# terraform output -raw qr_code | base64 --decode > alice.png
output "qr_code" {
  value     = ram_virtual_mfa_device.alice.qr_code_png
  sensitive = true
}
