# By the id of the account, or by "current" for the account that the credentials open.
terraform import ram_account_access_key_policy.this 1234567890123456
terraform import ram_account_access_key_policy.this current
