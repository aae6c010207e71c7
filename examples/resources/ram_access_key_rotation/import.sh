# The name of the user. The resource then manages the user's keys; their secrets are not known.
terraform import ram_access_key_rotation.deploy deploy
