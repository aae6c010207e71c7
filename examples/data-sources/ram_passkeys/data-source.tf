data "ram_passkeys" "this" {}

# Passkeys that have never been used.
output "unused_passkeys" {
  value = [for passkey in data.ram_passkeys.this.passkeys : "${passkey.user_name}: ${passkey.passkey_name}" if passkey.last_use_date == null]
}
