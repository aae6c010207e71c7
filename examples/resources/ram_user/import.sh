# The name of the user, without a domain.
terraform import ram_user.alice alice
