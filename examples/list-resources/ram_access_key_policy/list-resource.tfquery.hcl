list "ram_access_key_policy" "inactive" {
  provider = ram

  config {
    status = "Inactive"
  }
}
