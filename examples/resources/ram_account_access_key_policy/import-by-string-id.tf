import {
  to = ram_account_access_key_policy.this
  id = "1234567890123456"
}
