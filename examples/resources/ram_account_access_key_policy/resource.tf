# AccessKey pairs can be used from the office, from CI, and from one VPC.
resource "ram_account_access_key_policy" "this" {
  status             = "Active"
  classic_allow_list = ["203.0.113.0/24", "198.51.100.7", "2001:db8:85a3::/48"]

  vpc_allow_list = {
    "vpc-bp1234567890abcdef" = ["172.16.0.0/16"]
  }

  # The address of the machine that runs Terraform: a plan that excludes it is an error.
  must_allow = ["198.51.100.7"]
}
