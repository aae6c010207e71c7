import {
  to = ram_access_key_policy.deploy
  identity = {
    user_name     = "deploy"
    access_key_id = "LTAI5tExampleExampleExam"
  }
}
