# By the name of the user. It begins with enforce = "report".
terraform import ram_user_credentials_exclusive.deploy deploy
