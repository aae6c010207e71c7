# The name of the user and the name of the group.
terraform import ram_group_membership.alice alice:developers
