import {
  to       = ram_user_sso_settings.this
  provider = ram
  id       = "1234567890123456"
}
