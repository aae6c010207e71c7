# Applies each profile to an account, which then passes it.

variables {
  on_destroy = "reset"
}

run "cis_1_0_0" {
  variables {
    profile = "cis-1.0.0"
  }

  assert {
    condition     = length(output.failed_controls) == 0 && output.controls_not_evaluated[*].id == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.15", "1.16"] && output.totals.passed == 8
    error_message = "The account fails controls of the applied profile: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.max_password_age == 90
    error_message = "CIS 1.0.0 requires 90 days."
  }

  assert {
    condition     = output.conflicts["cis-2.0.0"][*].id == ["1.13"]
    error_message = "The conflict with CIS 2.0.0 is not shown: ${jsonencode(output.conflicts)}"
  }
}

# A different version on the same account results in updates and not in replacements.
run "cis_2_0_0" {
  variables {
    profile = "cis-2.0.0"
  }

  assert {
    condition     = length(output.failed_controls) == 0 && output.controls_not_evaluated[*].id == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.15", "1.16"] && output.totals.passed == 8
    error_message = "The account fails controls of the applied profile: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.max_password_age == 365
    error_message = "CIS 2.0.0 requires 365 days."
  }

  assert {
    condition     = output.conflicts["cis-1.0.0"][*].id == ["1.13"] && length(output.conflicts) == 4
    error_message = "The conflict with CIS 1.0.0 is not shown: ${jsonencode(output.conflicts)}"
  }
}

# Baselines contain no networks: without logon masks, their control fails.
run "alibaba_2026_without_networks" {
  variables {
    profile = "alibaba-2026"
  }

  expect_failures = [check.baseline]

  assert {
    condition     = output.failed_controls[*].id == ["logon-masks"]
    error_message = "Other controls than the logon masks fail: ${jsonencode(output.failed_controls)}"
  }
}

run "nist_800_63b_4" {
  variables {
    profile = "nist-800-63b-4"
  }

  assert {
    condition     = length(output.failed_controls) == 0 && length(output.controls_not_evaluated) == 0
    error_message = "The account fails controls of the applied profile: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 14 && output.effective.security_preference.login_session_duration == 6
    error_message = "Values that pass their controls were changed."
  }
}

run "mlps_2_0_level_3" {
  variables {
    profile             = "mlps-2.0-level-3"
    security_preference = { login_network_masks = ["203.0.113.0/24"], must_allow = ["203.0.113.10"] }
  }

  assert {
    condition     = length(output.failed_controls) == 0 && length(output.controls_not_evaluated) == 0
    error_message = "The account fails controls of the applied profile: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 14
    error_message = "A longer minimum length was changed."
  }
}

run "exact" {
  variables {
    profile             = "mlps-2.0-level-3"
    security_preference = { login_network_masks = ["203.0.113.0/24"], must_allow = ["203.0.113.10"] }
    keep_stricter       = false
  }

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 8
    error_message = "The account does not have the values of the baseline."
  }
}

run "alibaba_2026" {
  variables {
    profile             = "alibaba-2026"
    security_preference = { login_network_masks = ["203.0.113.0/24"], must_allow = ["203.0.113.10"] }
    account_access_key_policy = {
      status             = "Active"
      classic_allow_list = ["203.0.113.0/24"]
      must_allow         = ["203.0.113.10"]
    }
  }

  assert {
    condition     = length(output.failed_controls) == 0 && length(output.controls_not_evaluated) == 0
    error_message = "The account fails controls of the applied profile: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.account_access_key_policy.status == "Active"
    error_message = "The policy of the account's keys is not enforced."
  }
}
