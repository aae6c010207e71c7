import {
  to       = ram_access_key_rotation.deploy
  provider = ram
  id       = "deploy"
}
