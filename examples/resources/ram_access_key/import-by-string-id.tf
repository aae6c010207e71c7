import {
  to       = ram_access_key.deploy
  provider = ram
  id       = "deploy:LTAI5tExampleExampleExam"
}
