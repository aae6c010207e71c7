import {
  to = ram_access_key.deploy
  identity = {
    user_name     = "deploy"
    access_key_id = "LTAI5tExampleExampleExam"
  }
}
