resource "ram_user" "bot" {
  name = "bot"
}

resource "terraform_data" "half_year" {
  input = "2027-H1"
}

# The secret is encrypted with the PGP public key. A new value of rotate_when_changed
# creates a new service credential before the old one is deleted.
resource "ram_service_credential" "bot" {
  user_name               = ram_user.bot.name
  service_name            = "dashscope.aliyuncs.com"
  service_credential_name = "bot"
  credential_age_days     = 200
  rotate_when_changed     = { half_year = terraform_data.half_year.input }

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
  value = ram_service_credential.bot.encrypted_secret
}
