output "account_id" {
  description = "The id of the account."
  value       = ram_password_policy.this.account_id
}

output "profile" {
  description = "The baseline that the account follows."
  value       = var.profile
}

output "effective" {
  description = "The values of the account, including attributes that are not managed. account_access_key_policy is null if it is not managed."
  value       = local.settings
}

output "totals" {
  description = "The numbers of controls that passed, failed, failed with an exception, and were not evaluated."
  value       = local.totals
}

output "failed_controls" {
  description = "The controls of the baseline that the account fails, as the function evaluate returns them."
  value       = local.failed
}

output "accepted_controls" {
  description = "The controls that fail with a reason given in exceptions."
  value       = local.accepted
}

output "controls_not_evaluated" {
  description = "The controls that were not evaluated, because the module does not read users and policies, or because their setting is not managed or not returned by the service. Each has a note."
  value       = local.not_evaluated
}

output "conflicts" {
  description = "The controls that the account fails, for each of the other baselines. No account passes all of them."
  value       = local.conflicts
}

output "undeclared_access_key_ids" {
  description = "The undeclared keys of each user in allowed_access_key_ids."
  value       = local.undeclared_access_key_ids
}
