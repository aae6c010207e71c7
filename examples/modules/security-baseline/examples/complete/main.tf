# An account that follows CIS 2.0.0, with two exceptions.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# The credentials come from the environment or from an aliyun CLI profile.
provider "ram" {}

module "baseline" {
  # From another repository:
  # source = "git::https://github.com/ram-security/terraform-provider-ram.git//examples/modules/security-baseline?ref=<tag or commit>"
  source = "../.."

  profile = "cis-2.0.0"

  security_preference = {
    login_session_duration = 8
    login_network_masks    = ["203.0.113.0/24", "2001:db8::/32"]
    must_allow             = ["203.0.113.10"]
  }

  password_policy = {
    password_reuse_prevention = 3
  }

  exceptions = {
    "1.12" = "The directory that the passwords come from remembers three. SEC-1234, until June 2027."
  }
}

output "failed_controls" {
  value = module.baseline.failed_controls
}

output "accepted_controls" {
  value = module.baseline.accepted_controls
}
