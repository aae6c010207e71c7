import {
  to = ram_account_alias.this
  identity = {
    account_id = "1234567890123456"
  }
}
