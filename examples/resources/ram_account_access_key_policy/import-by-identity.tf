import {
  to       = ram_account_access_key_policy.this
  provider = ram
  identity = {
    account_id = "1234567890123456"
  }
}
