# The name of the user. The resource starts with enforce = "report".
terraform import ram_user_credentials_exclusive.deploy deploy
