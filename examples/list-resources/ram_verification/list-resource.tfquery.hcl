# Security e-mail addresses and phones that users have not confirmed.
list "ram_verification" "pending" {
  provider = ram

  config {
    status = "pending"
  }
}
