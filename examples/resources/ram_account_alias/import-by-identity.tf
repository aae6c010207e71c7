import {
  to       = ram_account_alias.this
  provider = ram
  identity = {
    account_id = "1234567890123456"
  }
}
