# The name of the user.
terraform import ram_mfa_binding.alice alice
