import {
  to = ram_access_key_rotation.deploy
  identity = {
    user_name = "deploy"
  }
}
