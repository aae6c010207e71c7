# Network policies that are not enforced.
list "ram_access_key_policy" "inactive" {
  provider = ram

  config {
    status = "Inactive"
  }
}

list "ram_access_key_policy" "deploy" {
  provider = ram

  config {
    user_name = "deploy"
  }
}
