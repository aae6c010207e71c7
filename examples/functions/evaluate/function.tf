data "ram_security_preference" "this" {}

data "ram_password_policy" "this" {}

locals {
  not_passed = provider::ram::evaluate({
    security_preference = data.ram_security_preference.this
    password_policy     = data.ram_password_policy.this
  }, "cis-2.0.0")

  failed = [for control in local.not_passed : control if control.status == "failed"]
}

# A check warns and never stops a run. Keep the data sources outside of it: one that
# stands inside makes every plan look like a change.
check "baseline" {
  assert {
    condition     = length(local.failed) == 0
    error_message = join("\n", [for c in local.failed : "${c.id} ${c.title}: wanted ${c.wanted}, found ${c.found}"])
  }
}

output "failed" {
  value = local.failed
}
