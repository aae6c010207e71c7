provider "ram" {
  allowed_account_ids = ["1234567890123456"]
}
