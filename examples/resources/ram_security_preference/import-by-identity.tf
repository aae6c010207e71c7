import {
  to       = ram_security_preference.this
  provider = ram
  identity = {
    account_id = "1234567890123456"
  }
}
