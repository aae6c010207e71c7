# The name of the user.
terraform import ram_verification.alice alice
