# The name of the group. The resource starts with enforce = "report".
terraform import ram_group_members_exclusive.operators operators
