import {
  to       = ram_access_key_policy.deploy
  provider = ram
  id       = "deploy:LTAI5tExampleExampleExam"
}
