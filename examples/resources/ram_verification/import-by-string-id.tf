import {
  to = ram_verification.alice
  id = "alice"
}
