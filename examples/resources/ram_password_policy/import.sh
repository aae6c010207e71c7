# The id of the account, or "current" for the account of the credentials.
terraform import ram_password_policy.this 1234567890123456
terraform import ram_password_policy.this current
