terraform {
  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# Credentials are read from the block, from ALIBABA_CLOUD_ACCESS_KEY_ID and related
# variables, or from a profile of the aliyun CLI, in this order.
provider "ram" {
  allowed_account_ids = ["1234567890123456"] # credentials of any other account are rejected
}
