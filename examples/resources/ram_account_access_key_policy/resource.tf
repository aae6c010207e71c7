# Long-lived keys work from the office, from CI, and from inside one VPC.
resource "ram_account_access_key_policy" "this" {
  status             = "Active"
  classic_allow_list = ["203.0.113.0/24", "198.51.100.7", "2001:db8:85a3::/48"]

  vpc_allow_list = {
    "vpc-bp1234567890abcdef" = ["172.16.0.0/16"]
  }

  # From where Terraform runs: it must never lock itself out.
  must_allow = ["198.51.100.7"]
}
