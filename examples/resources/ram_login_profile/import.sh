# The name of the user, without a domain. The user keeps the password.
terraform import ram_login_profile.alice alice
