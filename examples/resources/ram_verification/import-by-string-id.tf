import {
  to       = ram_verification.alice
  provider = ram
  id       = "alice"
}
