# The name, the principal name (alice@example.onaliyun.com) or the id of the user.
terraform import ram_user.alice alice
