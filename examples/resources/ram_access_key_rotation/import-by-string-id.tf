import {
  to = ram_access_key_rotation.deploy
  id = "deploy"
}
