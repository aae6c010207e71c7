# user, group or role, the name and the type of the policy, and the name of the user, group or role.
terraform import ram_policy_attachment.alice user:AliyunOSSReadOnlyAccess:System:alice
