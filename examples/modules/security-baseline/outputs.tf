output "account_id" {
  description = "The id of the account."
  value       = ram_password_policy.this.account_id
}

output "profile" {
  description = "The baseline that the account follows."
  value       = var.profile
}

output "effective" {
  description = "What the account has, attribute by attribute, whether it is managed or not; account_access_key_policy is null where it is not managed."
  value       = local.settings
}

output "failed_controls" {
  description = "The controls of the baseline that the account fails: a list of id, title, wanted, found and status."
  value       = local.failed
}

output "accepted_controls" {
  description = "The controls that fail with a reason given in exceptions."
  value       = local.accepted
}

output "controls_not_evaluated" {
  description = "The controls that could not be judged, because their setting is not managed or not reported."
  value       = local.not_evaluated
}

output "conflicts" {
  description = "For each of the other baselines, the controls of it that the account fails. No account satisfies all of them."
  value       = local.conflicts
}

output "undeclared_access_key_ids" {
  description = "For each user of allowed_access_key_ids, the keys that nobody declared."
  value       = local.undeclared_access_key_ids
}
