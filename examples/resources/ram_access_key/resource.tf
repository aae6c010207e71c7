resource "ram_user" "deploy" {
  name = "deploy"
}

resource "terraform_data" "quarter" {
  input = "2027-Q1"
}

# The secret is encrypted with the PGP public key. A new value of rotate_when_changed
# creates a new key before the old key is deleted.
resource "ram_access_key" "deploy" {
  user_name           = ram_user.deploy.name
  rotate_when_changed = { quarter = terraform_data.quarter.input }

  pgp_key = <<-EOT
    -----BEGIN PGP PUBLIC KEY BLOCK-----

    xjMEawSU2BYJKwYBBAHaRw8BAQdAnOXm77y7IuK9a4Wq18lhyYuIGgCSonlZFelU
    ILOGr3/NGUV4YW1wbGUgPG9wc0BleGFtcGxlLmNvbT7CvQQTFggAbwWCawSU2AIL
    BwkQ2OMSZkPtYfs1FAAAAAAAHAAQc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9y
    Z831KAkhm6Uo8BV06i/h3mYCFQgCFgACGQECmwMCHgEWIQSWzDfQiIcvSCvtvNbY
    4xJmQ+1h+wAAqeoBAPbK9r0NgkfHnxxKcoFArwM+cJvelmwCzzrOZad/gxRpAQCh
    kMMvJPN4sRbtzEp8/D+mvF0vE7zKAM+DMXOmzRhWAM44BGsElNgSCisGAQQBl1UB
    BQEBB0DF61q2JJCrWLpBYliSeTs4Viwfibc+Oti+2LZZqk9AbwMBCgnCrgQYFggA
    YAWCawSU2AkQ2OMSZkPtYfs1FAAAAAAAHAAQc2FsdEBub3RhdGlvbnMub3BlbnBn
    cGpzLm9yZ8meqXLmBiFiFA3R5oa655oCmwwWIQSWzDfQiIcvSCvtvNbY4xJmQ+1h
    +wAA6G8A/iPTReprUZIcvgoUJDrzqwhU3fMED4O2P59dm+JJjw80AP4taryL6hw4
    ZeUgYCTS2k4hBfEA/v4z4s8gKCzFDrrhBw==
    =zZyz
    -----END PGP PUBLIC KEY BLOCK-----
  EOT

  lifecycle {
    create_before_destroy = true
  }
}

# terraform output -raw encrypted_secret | base64 --decode | gpg --decrypt
output "encrypted_secret" {
  value = ram_access_key.deploy.encrypted_secret
}
