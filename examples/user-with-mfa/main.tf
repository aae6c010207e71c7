# A user who logs on with a password and an MFA device, and a program of hers that
# uses an AccessKey pair. Not one of the three secrets is in the state in clear.

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
  description = "The PGP public key of the person who is to read the secrets, armoured or in Base64."
  type        = string
}

resource "ram_user" "alice" {
  name         = "alice"
  display_name = "Alice Liddell"
}

# Made to the password policy of the account, for the first logon. It is another one at
# each run, and only a new password_wo_version sends it.
ephemeral "ram_password" "first" {}

resource "ram_login_profile" "alice" {
  user_name               = ram_user.alice.name
  password_wo             = ephemeral.ram_password.first.password
  password_wo_version     = 1
  password_reset_required = true
  mfa_bind_required       = true
}

# Bound in the same apply: the provider computes the two codes that the service wants.
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
  description = "The seed of the MFA device, for her authenticator app."
  value       = ram_virtual_mfa_device.alice.encrypted_seed
}
