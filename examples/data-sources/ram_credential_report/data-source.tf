data "ram_credential_report" "this" {
  max_age = "24h"
}

# Users that have a password and no MFA device.
output "without_mfa" {
  value = [for row in data.ram_credential_report.this.rows : row.user if row.password_active == true && row.mfa_active == false]
}

# Active keys that have never been used.
output "never_used" {
  value = [
    for row in data.ram_credential_report.this.rows : row.user
    if row.access_key_1_active == true && lookup(row.notes, "access_key_1_last_used", "") == "never"
  ]
}

check "root" {
  assert {
    condition     = data.ram_credential_report.this.rows[0].access_key_1_exist != true
    error_message = "The root account has an AccessKey pair."
  }
}
