import {
  to = ram_user_credentials_exclusive.deploy
  identity = {
    user_name = "deploy"
  }
}
