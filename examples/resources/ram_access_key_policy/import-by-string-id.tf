import {
  to = ram_access_key_policy.deploy
  id = "deploy:LTAI5tExampleExampleExam"
}
