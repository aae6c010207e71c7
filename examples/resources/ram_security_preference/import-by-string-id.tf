import {
  to       = ram_security_preference.this
  provider = ram
  id       = "1234567890123456"
}
