# Security addresses that their owners have not confirmed.
list "ram_verification" "pending" {
  provider = ram

  config {
    status = "pending"
  }
}
