# All values of the baseline except the maximum age of passwords.
locals {
  cis = provider::ram::baseline("cis-2.0.0")
}

resource "ram_password_policy" "this" {
  minimum_password_length      = local.cis.password_policy.minimum_password_length
  require_lowercase_characters = local.cis.password_policy.require_lowercase_characters
  require_uppercase_characters = local.cis.password_policy.require_uppercase_characters
  require_numbers              = local.cis.password_policy.require_numbers
  require_symbols              = local.cis.password_policy.require_symbols
  max_password_age             = 400
  password_reuse_prevention    = local.cis.password_policy.password_reuse_prevention
  max_login_attempts           = local.cis.password_policy.max_login_attempts
}
