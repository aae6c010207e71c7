# The name, the principal name (alice@example.onaliyun.com) or the id of the user. The user keeps the password.
terraform import ram_login_profile.alice alice
