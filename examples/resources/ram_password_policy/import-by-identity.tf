import {
  to       = ram_password_policy.this
  provider = ram
  identity = {
    account_id = "1234567890123456"
  }
}
