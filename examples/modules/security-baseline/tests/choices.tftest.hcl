# Overrides of the caller. The assertions do not call functions of the provider, because
# OpenTofu 1.12 crashes on them.

variables {
  profile    = "cis-2.0.0"
  on_destroy = "reset"
}

run "override_weaker" {
  variables {
    password_policy     = { minimum_password_length = 10, require_symbols = false, max_password_age = 400 }
    security_preference = { login_session_duration = 2 }
  }

  expect_failures = [check.baseline]

  assert {
    condition     = output.failed_controls[*].id == ["1.9", "1.11"]
    error_message = "The failed controls do not match the overrides: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 10 && output.effective.security_preference.login_session_duration == 2
    error_message = "The account does not have the overridden values."
  }

  assert {
    condition     = output.effective.password_policy.require_numbers
    error_message = "Values that were not overridden do not match the baseline."
  }
}

run "exceptions_fail_no_check" {
  variables {
    password_policy = { minimum_password_length = 10 }
    exceptions      = { "1.11" = "Agreed with the auditor until the directory is gone." }
  }

  assert {
    condition     = length(output.failed_controls) == 0 && output.accepted_controls[*].id == ["1.11"] && output.accepted_controls[0].reason != ""
    error_message = "The exception is not reported separately: ${jsonencode(output.accepted_controls)}"
  }
}

run "unmanaged_stays" {
  variables {
    unmanaged = ["password_policy.minimum_password_length"]
  }

  expect_failures = [check.baseline]

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 10
    error_message = "An attribute that is not managed was changed."
  }

  assert {
    condition     = output.failed_controls[*].id == ["1.11"]
    error_message = "Attributes that are not managed are not evaluated: ${jsonencode(output.failed_controls)}"
  }
}

run "alias" {
  variables {
    account_alias = "example-corp"
  }

  assert {
    condition     = ram_account_alias.this[0].login_url == "https://signin.alibabacloud.com/example-corp.onaliyun.com/login.htm"
    error_message = "The account does not have the alias."
  }
}
