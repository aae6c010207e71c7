import {
  to       = ram_user_credentials_exclusive.deploy
  provider = ram
  identity = {
    user_name = "deploy"
  }
}
