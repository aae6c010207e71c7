data "ram_security_preference" "this" {}

check "second_factor" {
  assert {
    condition     = data.ram_security_preference.this.mfa_operation_for_login == "mandatory"
    error_message = "Console users can log on without a second factor."
  }
}
