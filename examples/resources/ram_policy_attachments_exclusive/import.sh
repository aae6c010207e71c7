# user, group or role, and its name. The resource starts with enforce = "report".
terraform import ram_policy_attachments_exclusive.operators group:operators
