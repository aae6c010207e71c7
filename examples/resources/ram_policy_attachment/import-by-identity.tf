import {
  to = ram_policy_attachment.alice
  identity = {
    user_name   = "alice"
    policy_type = "System"
    policy_name = "AliyunOSSReadOnlyAccess"
  }
}
