import {
  to = ram_user_credentials_exclusive.deploy
  id = "deploy"
}
