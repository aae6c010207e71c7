import {
  to       = ram_service_credential.bot
  provider = ram
  id       = "bot:SCExampleExampleExample1"
}
