# By the id of the key, whose user is looked up, or by the user's name and the id.
terraform import ram_access_key_policy.deploy LTAI5tExampleExampleExam
terraform import ram_access_key_policy.deploy deploy:LTAI5tExampleExampleExam
