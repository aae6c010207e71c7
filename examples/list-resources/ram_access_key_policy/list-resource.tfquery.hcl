# Network policies that are written down and not enforced.
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
