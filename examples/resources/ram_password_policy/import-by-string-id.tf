import {
  to       = ram_password_policy.this
  provider = ram
  id       = "1234567890123456"
}
