# By the name of the user, without a domain. The password that the user has stays.
terraform import ram_login_profile.alice alice
