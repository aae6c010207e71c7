# The values of the account before the plan. They do not depend on the resources, so every
# plan reads them at once.
data "ram_security_preference" "before" {}

data "ram_password_policy" "before" {}

# The baseline with the overrides of the caller. A null attribute is not managed.
locals {
  baseline = provider::ram::baseline(var.profile)

  before = {
    security_preference = data.ram_security_preference.before
    password_policy     = data.ram_password_policy.before
  }

  # The attributes that pass their controls already, such as a longer minimum length.
  passing = [for c in provider::ram::evaluate(local.before, var.profile) : c.attribute if c.status == "passed"]

  overrides = {
    security_preference       = var.security_preference
    password_policy           = var.password_policy
    account_access_key_policy = var.account_access_key_policy
  }

  wanted = {
    for setting, arguments in local.baseline : setting => {
      for name, given in arguments : name => (
        contains(var.unmanaged, "${setting}.${name}") ? null :
        try(local.overrides[setting][name], null) != null ? local.overrides[setting][name] :
        var.keep_stricter && given != null && contains(local.passing, "${setting}.${name}") ? local.before[setting][name] :
        given
      )
    }
  }

  # The network policy of AccessKey pairs is managed and read only if the caller configures it.
  key_policy = var.account_access_key_policy != null || anytrue([for given in local.baseline.account_access_key_policy : given != null])
}

resource "ram_security_preference" "this" {
  allow_user_to_change_password            = local.wanted.security_preference.allow_user_to_change_password
  allow_user_to_manage_access_keys         = local.wanted.security_preference.allow_user_to_manage_access_keys
  allow_user_to_manage_mfa_devices         = local.wanted.security_preference.allow_user_to_manage_mfa_devices
  allow_user_to_manage_personal_ding_talk  = local.wanted.security_preference.allow_user_to_manage_personal_ding_talk
  allow_user_to_manage_service_credentials = local.wanted.security_preference.allow_user_to_manage_service_credentials
  allow_user_to_login_with_passkey         = local.wanted.security_preference.allow_user_to_login_with_passkey
  allow_user_long_term_login               = local.wanted.security_preference.allow_user_long_term_login
  allow_user_to_manage_public_keys         = local.wanted.security_preference.allow_user_to_manage_public_keys
  enable_save_mfa_ticket                   = local.wanted.security_preference.enable_save_mfa_ticket
  login_session_duration                   = local.wanted.security_preference.login_session_duration
  login_network_masks                      = local.wanted.security_preference.login_network_masks
  mfa_operation_for_login                  = local.wanted.security_preference.mfa_operation_for_login
  verification_types                       = local.wanted.security_preference.verification_types
  max_idle_days_for_users                  = local.wanted.security_preference.max_idle_days_for_users
  max_idle_days_for_access_keys            = local.wanted.security_preference.max_idle_days_for_access_keys

  must_allow     = var.security_preference.must_allow
  allow_lock_out = var.security_preference.allow_lock_out
  on_destroy     = var.on_destroy
}

resource "ram_password_policy" "this" {
  minimum_password_length              = local.wanted.password_policy.minimum_password_length
  require_lowercase_characters         = local.wanted.password_policy.require_lowercase_characters
  require_uppercase_characters         = local.wanted.password_policy.require_uppercase_characters
  require_numbers                      = local.wanted.password_policy.require_numbers
  require_symbols                      = local.wanted.password_policy.require_symbols
  minimum_password_different_character = local.wanted.password_policy.minimum_password_different_character
  password_not_contain_user_name       = local.wanted.password_policy.password_not_contain_user_name
  max_password_age                     = local.wanted.password_policy.max_password_age
  hard_expiry                          = local.wanted.password_policy.hard_expiry
  password_reuse_prevention            = local.wanted.password_policy.password_reuse_prevention
  max_login_attempts                   = local.wanted.password_policy.max_login_attempts
  initial_password_age                 = local.wanted.password_policy.initial_password_age
  intercept_risk_password_on_api       = local.wanted.password_policy.intercept_risk_password_on_api

  allow_lock_out = var.password_policy.allow_lock_out
  on_destroy     = var.on_destroy
}

resource "ram_account_access_key_policy" "this" {
  count = local.key_policy ? 1 : 0

  status             = local.wanted.account_access_key_policy.status
  classic_allow_list = local.wanted.account_access_key_policy.classic_allow_list
  vpc_allow_list     = local.wanted.account_access_key_policy.vpc_allow_list

  must_allow     = try(var.account_access_key_policy.must_allow, null)
  allow_lock_out = try(var.account_access_key_policy.allow_lock_out, null)
  on_destroy     = var.on_destroy
}

resource "ram_account_alias" "this" {
  count = var.account_alias == null ? 0 : 1

  account_alias = var.account_alias
  on_destroy    = var.on_destroy
}

resource "ram_user_sso_settings" "this" {
  count = var.user_sso_settings == null ? 0 : 1

  sso_enabled           = var.user_sso_settings.sso_enabled
  metadata_document     = var.user_sso_settings.metadata_document
  auxiliary_domain      = var.user_sso_settings.auxiliary_domain
  sso_login_with_domain = var.user_sso_settings.sso_login_with_domain
  authn_sign_algo       = var.user_sso_settings.authn_sign_algo

  on_destroy = var.on_destroy
}

# Reports every other key of these users, and does not change it.
resource "ram_user_credentials_exclusive" "this" {
  for_each = var.allowed_access_key_ids

  user_name              = each.key
  allowed_access_key_ids = each.value
  enforce                = "report"
}
