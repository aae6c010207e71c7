# Attributes that are not in the configuration keep their values in the account.
resource "ram_password_policy" "this" {
  minimum_password_length      = 14
  require_lowercase_characters = true
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  password_reuse_prevention    = 5
  max_login_attempts           = 5

  on_destroy = "restore" # restore the values from before the adoption
}
