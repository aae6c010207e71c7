# The id of the key, or the name of the user and the id of the key.
terraform import ram_access_key.deploy LTAI5tExampleExampleExam
terraform import ram_access_key.deploy deploy:LTAI5tExampleExampleExam
