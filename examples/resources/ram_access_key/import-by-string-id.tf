import {
  to = ram_access_key.deploy
  id = "deploy:LTAI5tExampleExampleExam"
}
