# The values of the account, including attributes that are not managed. The data sources
# are declared outside of the check, because a data source inside a check makes every
# plan return exit code 2. They depend on the resources: an apply evaluates its result,
# and a plan without changes reads them immediately.
data "ram_security_preference" "this" {
  depends_on = [ram_security_preference.this]
}

data "ram_password_policy" "this" {
  depends_on = [ram_password_policy.this]
}

data "ram_account_access_key_policy" "this" {
  count = local.key_policy ? 1 : 0

  depends_on = [ram_account_access_key_policy.this]
}

locals {
  settings = {
    security_preference       = data.ram_security_preference.this
    password_policy           = data.ram_password_policy.this
    account_access_key_policy = one(data.ram_account_access_key_policy.this[*])
  }

  verdicts = provider::ram::evaluate(local.settings, var.profile)

  failed        = [for c in local.verdicts : c if c.status == "failed" && !contains(keys(var.exceptions), c.id)]
  accepted      = [for c in local.verdicts : merge(c, { reason = var.exceptions[c.id] }) if c.status == "failed" && contains(keys(var.exceptions), c.id)]
  not_evaluated = [for c in local.verdicts : c if c.status == "not_evaluated"]

  totals = {
    passed        = length([for c in local.verdicts : c if c.status == "passed"])
    failed        = length(local.failed)
    accepted      = length(local.accepted)
    not_evaluated = length(local.not_evaluated)
  }

  # The controls of the other baselines that the account fails.
  others = setsubtract(["cis-1.0.0", "cis-2.0.0", "alibaba-2026", "mlps-2.0-level-3", "nist-800-63b-4"], [var.profile])
  conflicts = {
    for name in local.others : name => [for c in provider::ram::evaluate(local.settings, name) : c if c.status == "failed"]
  }

  undeclared_access_key_ids = { for user, keys in ram_user_credentials_exclusive.this : user => keys.undeclared_access_key_ids }
}

check "baseline" {
  assert {
    condition     = length(local.failed) == 0
    error_message = "The account does not follow ${var.profile}: ${join("; ", [for c in local.failed : "${c.id} ${c.title} (wanted ${c.wanted}, found ${c.found})"])}."
  }
}

check "access_keys" {
  assert {
    condition     = alltrue([for ids in values(local.undeclared_access_key_ids) : length(ids) == 0])
    error_message = "Undeclared AccessKey pairs: ${join("; ", [for user, ids in local.undeclared_access_key_ids : "${user} has ${join(", ", ids)}" if length(ids) > 0])}."
  }
}
