import {
  to       = ram_access_key.deploy
  provider = ram
  identity = {
    user_name     = "deploy"
    access_key_id = "LTAI5tExampleExampleExam"
  }
}
