# What a caller can want otherwise. (No function of the provider stands in an
# assertion: OpenTofu 1.12 crashes on it.)

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
    error_message = "The verdicts are not those of the overrides: ${jsonencode(output.failed_controls)}"
  }

  assert {
    condition     = output.effective.password_policy.minimum_password_length == 10 && output.effective.security_preference.login_session_duration == 2
    error_message = "The overrides did not reach the account."
  }

  assert {
    condition     = output.effective.password_policy.require_numbers
    error_message = "What was not overridden does not follow the baseline."
  }
}

run "exceptions_fail_no_check" {
  variables {
    password_policy = { minimum_password_length = 10 }
    exceptions      = { "1.11" = "Agreed with the auditor until the directory is gone." }
  }

  assert {
    condition     = length(output.failed_controls) == 0 && output.accepted_controls[*].id == ["1.11"] && output.accepted_controls[0].reason != ""
    error_message = "The exception is not reported apart: ${jsonencode(output.accepted_controls)}"
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
    error_message = "What is not managed is not judged: ${jsonencode(output.failed_controls)}"
  }
}

run "alias" {
  variables {
    account_alias = "example-corp"
  }

  assert {
    condition     = ram_account_alias.this[0].login_url == "https://signin.alibabacloud.com/example-corp.onaliyun.com/login.htm"
    error_message = "The alias did not reach the account."
  }
}
