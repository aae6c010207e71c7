# The name of the group.
terraform import ram_group.developers developers
