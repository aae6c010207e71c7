import {
  to       = ram_user_sso_settings.this
  provider = ram
  identity = {
    account_id = "1234567890123456"
  }
}
