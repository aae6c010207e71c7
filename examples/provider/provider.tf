terraform {
  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# Credentials come from the block, from ALIBABA_CLOUD_ACCESS_KEY_ID and its
# siblings, or from a profile of the aliyun CLI, in this order.
provider "ram" {
  allowed_account_ids = ["1234567890123456"] # a run against any other account is an error
}
