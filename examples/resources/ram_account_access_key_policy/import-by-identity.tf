import {
  to = ram_account_access_key_policy.this
  identity = {
    account_id = "1234567890123456"
  }
}
