# Plans that are rejected, and the keys that are reported. OpenTofu allows references to other
# runs in the variables of a run, but not in its assertions.

variables {
  profile    = "cis-2.0.0"
  on_destroy = "reset"
}

run "unknown_profile" {
  command = plan
  variables {
    profile = "cis-9.9.9"
  }
  expect_failures = [var.profile]
}

run "unknown_exception" {
  command = plan
  variables {
    exceptions = { "9.99" = "No such control." }
  }
  expect_failures = [var.exceptions]
}

run "exception_without_reason" {
  command = plan
  variables {
    exceptions = { "1.11" = " " }
  }
  expect_failures = [var.exceptions]
}

run "unknown_attribute" {
  command = plan
  variables {
    unmanaged = ["password_policy.length"]
  }
  expect_failures = [var.unmanaged]
}

run "unknown_on_destroy" {
  command = plan
  variables {
    on_destroy = "forget"
  }
  expect_failures = [var.on_destroy]
}

run "users" {
  module {
    source = "./tests/users"
  }
}

run "reports_keys_that_nobody_declared" {
  variables {
    allowed_access_key_ids = { deploy = [run.users.declared] }
  }

  expect_failures = [check.access_keys]

  assert {
    condition     = length(output.undeclared_access_key_ids["deploy"]) == 1 && !contains(output.undeclared_access_key_ids["deploy"], one(var.allowed_access_key_ids["deploy"]))
    error_message = "The report does not contain exactly the undeclared key: ${jsonencode(output.undeclared_access_key_ids)}"
  }
}

run "quiet_once_all_are_declared" {
  variables {
    allowed_access_key_ids = { deploy = [run.users.declared, run.users.undeclared] }
  }

  assert {
    condition     = length(output.undeclared_access_key_ids["deploy"]) == 0
    error_message = "A declared key is reported."
  }
}
