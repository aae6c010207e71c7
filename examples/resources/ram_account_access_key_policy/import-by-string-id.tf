import {
  to       = ram_account_access_key_policy.this
  provider = ram
  id       = "1234567890123456"
}
