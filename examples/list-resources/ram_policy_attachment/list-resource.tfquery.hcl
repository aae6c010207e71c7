# All users, groups and roles that are administrators.
list "ram_policy_attachment" "administrators" {
  provider = ram

  config {
    policy_type = "System"
    policy_name = "AdministratorAccess"
  }
}
