import {
  to       = ram_account_alias.this
  provider = ram
  id       = "1234567890123456"
}
