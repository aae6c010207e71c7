data "ram_service_credentials" "expiring" {
  status              = "Active"
  expires_within_days = 30
}

check "expiration" {
  assert {
    condition = length(data.ram_service_credentials.expiring.service_credentials) == 0
    error_message = "These service credentials expire within 30 days: ${join(", ", [
      for credential in data.ram_service_credentials.expiring.service_credentials : "${credential.user_name} ${credential.service_credential_id}"
    ])}."
  }
}
