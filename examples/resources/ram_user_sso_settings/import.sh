# By the id of the account, or by "current" for the account that the credentials open.
terraform import ram_user_sso_settings.this 1234567890123456
terraform import ram_user_sso_settings.this current
