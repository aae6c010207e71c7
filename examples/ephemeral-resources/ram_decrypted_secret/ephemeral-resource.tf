# Use an ephemeral resource that reads a vault, or TF_VAR_private_key. This key is public
# and only an example.
variable "private_key" {
  type      = string
  ephemeral = true
  sensitive = true
  default   = "xVgEauaBABYJKwYBBAHaRw8BAQdAogkiFwuwYLA78qIslvP1rya1jRUXYQ2WSfAvYh5Sd3IAAQCgBVxJXmzBsnL6qJx7F6726hCj5CNOQE1KzPllq65vMhBbzRlFeGFtcGxlIDxvcHNAZXhhbXBsZS5jb20+wr0EExYIAG8FgmrmgQACCwcJEGx8TK9jvY/XNRQAAAAAABwAEHNhbHRAbm90YXRpb25zLm9wZW5wZ3Bqcy5vcmfRQWZ4jsZ5ONPS/XzJy+31AhUIAhYAAhkBApsDAh4BFiEEA3nqzW4TyuJXQ4LybHxMr2O9j9cAADTzAP0cl+qCt7Ei8C3EtwWEldgrw9W2/5gVimMjMHs9ExF4XAD/X5Fo6oTHa64RpFZBM8Bg/S5E4farHss2BF1hxOjX4grHXQRq5oEAEgorBgEEAZdVAQUBAQdAGkCbh8WzyCU5cXP/j2MQkuwddoQJZTumlR86YGf5RxoDAQoJAAD/bwEvVt7p3X924/EU09rXpBVtmntvcmM3iakv/sNNeZgSL8KuBBgWCABgBYJq5oEACRBsfEyvY72P1zUUAAAAAAAcABBzYWx0QG5vdGF0aW9ucy5vcGVucGdwanMub3Jn+74p5VORX4JTZmrNbzm44gKbDBYhBAN56s1uE8riV0OC8mx8TK9jvY/XAAA8OgD/fmgr5ytmMSJ0391MIjFwBWfpipLUy5IKU8NWnIB8yAYA/jo5WT4xvXWcQEfc9UohIx1LdcyFR64m4LgVs6Trn0gL"
}

resource "ram_user" "alice" {
  name = "alice"
}

# The state contains the seed in encrypted form only.
resource "ram_virtual_mfa_device" "shared" {
  virtual_mfa_device_name = "break-glass"
  pgp_key                 = "xjMEauaBABYJKwYBBAHaRw8BAQdAogkiFwuwYLA78qIslvP1rya1jRUXYQ2WSfAvYh5Sd3LNGUV4YW1wbGUgPG9wc0BleGFtcGxlLmNvbT7CvQQTFggAbwWCauaBAAILBwkQbHxMr2O9j9c1FAAAAAAAHAAQc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ9FBZniOxnk409L9fMnL7fUCFQgCFgACGQECmwMCHgEWIQQDeerNbhPK4ldDgvJsfEyvY72P1wAANPMA/RyX6oK3sSLwLcS3BYSV2CvD1bb/mBWKYyMwez0TEXhcAP9fkWjqhMdrrhGkVkEzwGD9LkTh9qseyzYEXWHE6NfiCs44BGrmgQASCisGAQQBl1UBBQEBB0AaQJuHxbPIJTlxc/+PYxCS7B12hAllO6aVHzpgZ/lHGgMBCgnCrgQYFggAYAWCauaBAAkQbHxMr2O9j9c1FAAAAAAAHAAQc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ/u+KeVTkV+CU2ZqzW85uOICmwwWIQQDeerNbhPK4ldDgvJsfEyvY72P1wAAPDoA/35oK+crZjEidN/dTCIxcAVn6YqS1MuSClPDVpyAfMgGAP46OVk+Mb11nEBH3PVKISMdS3XMhUeuJuC4FbOk659ICw=="
}

ephemeral "ram_decrypted_secret" "seed" {
  encrypted_secret = ram_virtual_mfa_device.shared.encrypted_seed
  private_key      = var.private_key
}

resource "ram_mfa_binding" "alice" {
  user_name       = ram_user.alice.name
  serial_number   = ram_virtual_mfa_device.shared.serial_number
  seed_wo         = ephemeral.ram_decrypted_secret.seed.secret
  seed_wo_version = 1
}

# Decrypt the secret of an AccessKey pair in the same way, from encrypted_secret of
# ram_access_key, and pass it to a write-only argument of a vault.
