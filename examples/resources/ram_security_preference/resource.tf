# Attributes that are not in the configuration keep their values in the account.
resource "ram_security_preference" "this" {
  login_session_duration           = 8
  mfa_operation_for_login          = "mandatory"
  enable_save_mfa_ticket           = false
  allow_user_to_manage_access_keys = false

  login_network_masks = ["203.0.113.0/24", "198.51.100.7"]
  must_allow          = ["203.0.113.10"] # the office, which must never be excluded

  max_idle_days_for_users       = 90
  max_idle_days_for_access_keys = 90
}
