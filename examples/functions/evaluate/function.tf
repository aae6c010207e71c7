data "ram_security_preference" "this" {}

data "ram_password_policy" "this" {}

data "ram_credential_report" "this" {
  max_age = "24h"
}

data "ram_user_access" "this" {}

data "ram_policies" "this" {
  policy_type = "Custom"
}

locals {
  controls = provider::ram::evaluate({
    security_preference = data.ram_security_preference.this
    password_policy     = data.ram_password_policy.this
    credential_report   = data.ram_credential_report.this
    user_access         = data.ram_user_access.this
    policies            = data.ram_policies.this
  }, "cis-2.0.0")

  failed = [for control in local.controls : control if control.status == "failed"]
}

# A failed check is a warning. Declare data sources outside of the check: a data source
# inside a check makes every plan return exit code 2.
check "baseline" {
  assert {
    condition     = length(local.failed) == 0
    error_message = join("\n", [for c in local.failed : "${c.id} ${c.title}: wanted ${c.wanted}, found ${c.found}"])
  }
}

output "totals" {
  value = { for status in ["passed", "failed", "not_evaluated"] : status => length([for c in local.controls : c if c.status == status]) }
}

output "failed" {
  value = local.failed
}
