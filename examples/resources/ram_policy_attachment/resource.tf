resource "ram_group" "developers" {
  name = "developers"
}

resource "ram_policy_attachment" "developers_read_buckets" {
  group_name  = ram_group.developers.name
  policy_type = "System"
  policy_name = "AliyunOSSReadOnlyAccess"
}

resource "ram_user" "deploy" {
  name = "deploy"
}

# Only in one resource group.
resource "ram_policy_attachment" "deploy_manages_servers" {
  user_name         = ram_user.deploy.name
  policy_type       = "System"
  policy_name       = "AliyunECSFullAccess"
  resource_group_id = "rg-acfmxazb4ph6aiy"
}
