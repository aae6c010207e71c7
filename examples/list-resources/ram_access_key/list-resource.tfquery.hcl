list "ram_access_key" "unused" {
  provider = ram

  config {
    status          = "Active"
    unused_for_days = 90
  }
}
