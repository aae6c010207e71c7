# A user that logs on with a password and an MFA device, and an AccessKey pair for a program.
# The state contains none of the three secrets in plain text.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

provider "ram" {}

variable "pgp_key" {
  description = "The PGP public key of the recipient of the secrets, armored or in Base64."
  type        = string
}

resource "ram_user" "alice" {
  name         = "alice"
  display_name = "Alice Liddell"
}

# A password for the first logon that meets the password policy of the account. Each run
# generates a new one, and sends it only if password_wo_version changes.
ephemeral "ram_password" "first" {}

resource "ram_login_profile" "alice" {
  user_name               = ram_user.alice.name
  password_wo             = ephemeral.ram_password.first.password
  password_wo_version     = 1
  password_reset_required = true
  mfa_bind_required       = true
}

# The provider binds the device in the same apply: it computes the two codes that the
# service requires.
resource "ram_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
  bind_to_user            = ram_user.alice.name
  pgp_key                 = var.pgp_key
}

resource "ram_access_key" "alice" {
  user_name = ram_user.alice.name
  pgp_key   = var.pgp_key
}

# terraform output -raw encrypted_secret | base64 --decode | gpg --decrypt
output "encrypted_secret" {
  description = "The secret of the AccessKey pair, for the holder of the private key."
  value       = ram_access_key.alice.encrypted_secret
}

output "encrypted_seed" {
  description = "The seed of the MFA device, for the authenticator app."
  value       = ram_virtual_mfa_device.alice.encrypted_seed
}
