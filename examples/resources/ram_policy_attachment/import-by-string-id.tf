import {
  to = ram_policy_attachment.alice
  id = "user:AliyunOSSReadOnlyAccess:System:alice"
}
