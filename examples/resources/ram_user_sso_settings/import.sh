# The id of the account, or "current" for the account of the credentials.
terraform import ram_user_sso_settings.this 1234567890123456
terraform import ram_user_sso_settings.this current
