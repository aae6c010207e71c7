import {
  to       = ram_service_credential.bot
  provider = ram
  identity = {
    user_name             = "bot"
    service_credential_id = "SCExampleExampleExample1"
  }
}
