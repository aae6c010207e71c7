variable "profile" {
  description = "The baseline to follow: cis-1.0.0, cis-2.0.0, alibaba-2026, mlps-2.0-level-3 or nist-800-63b-4. The documentation of the provider's function baseline lists the values."
  type        = string
  nullable    = false

  validation {
    condition     = can(provider::ram::baseline(var.profile))
    error_message = "The profile must be cis-1.0.0, cis-2.0.0, alibaba-2026, mlps-2.0-level-3 or nist-800-63b-4."
  }
}

variable "security_preference" {
  description = "Values that override the baseline or add to it. An attribute that is null has the value of the baseline; if the baseline has none, the attribute is not managed."
  type = object({
    allow_user_to_change_password            = optional(bool)
    allow_user_to_manage_access_keys         = optional(bool)
    allow_user_to_manage_mfa_devices         = optional(bool)
    allow_user_to_manage_personal_ding_talk  = optional(bool)
    allow_user_to_manage_service_credentials = optional(bool)
    allow_user_to_login_with_passkey         = optional(bool)
    allow_user_long_term_login               = optional(bool)
    allow_user_to_manage_public_keys         = optional(bool)
    enable_save_mfa_ticket                   = optional(bool)
    login_session_duration                   = optional(number)
    login_network_masks                      = optional(set(string))
    mfa_operation_for_login                  = optional(string)
    verification_types                       = optional(set(string))
    max_idle_days_for_users                  = optional(number)
    max_idle_days_for_access_keys            = optional(number)
    must_allow                               = optional(set(string))
    allow_lock_out                           = optional(bool)
  })
  default  = {}
  nullable = false
}

variable "password_policy" {
  description = "Values that override the baseline or add to it. An attribute that is null has the value of the baseline; if the baseline has none, the attribute is not managed."
  type = object({
    minimum_password_length              = optional(number)
    require_lowercase_characters         = optional(bool)
    require_uppercase_characters         = optional(bool)
    require_numbers                      = optional(bool)
    require_symbols                      = optional(bool)
    minimum_password_different_character = optional(number)
    password_not_contain_user_name       = optional(bool)
    max_password_age                     = optional(number)
    hard_expiry                          = optional(bool)
    password_reuse_prevention            = optional(number)
    max_login_attempts                   = optional(number)
    initial_password_age                 = optional(number)
    intercept_risk_password_on_api       = optional(bool)
    allow_lock_out                       = optional(bool)
  })
  default  = {}
  nullable = false
}

variable "account_access_key_policy" {
  description = "The network policy of the account's AccessKey pairs. If null, the policy is neither managed nor read. Baselines contain no networks."
  type = object({
    status             = optional(string)
    classic_allow_list = optional(set(string))
    vpc_allow_list     = optional(map(set(string)))
    must_allow         = optional(set(string))
    allow_lock_out     = optional(bool)
  })
  default = null
}

variable "account_alias" {
  description = "The alias of the account. If null, the alias is not managed. A change of the alias changes the logon name of every RAM user."
  type        = string
  default     = null
}

variable "user_sso_settings" {
  description = "User-based single sign-on. If null, it is not managed."
  type = object({
    sso_enabled           = optional(bool)
    metadata_document     = optional(string)
    auxiliary_domain      = optional(string)
    sso_login_with_domain = optional(bool)
    authn_sign_algo       = optional(string)
  })
  default = null
}

variable "keep_stricter" {
  description = "If true, an attribute keeps the value of the account if it passes its control. If false, it has the value of the baseline, which may be weaker than that of the account. Overrides of the caller always apply."
  type        = bool
  default     = true
  nullable    = false
}

variable "unmanaged" {
  description = "Attributes of the baseline that are not managed, such as password_policy.hard_expiry. They are still evaluated."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = length(setsubtract(var.unmanaged, flatten([
      for setting, arguments in provider::ram::baseline("cis-2.0.0") : [for name in keys(arguments) : "${setting}.${name}"]
    ]))) == 0
    error_message = "Each entry must be the name of a setting and of one of its attributes, such as password_policy.hard_expiry."
  }
}

variable "exceptions" {
  description = "Controls that may fail: a map from the id of the control to the reason. They are reported separately, and do not fail the check."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.exceptions), provider::ram::evaluate({}, var.profile)[*].id)) == 0
    error_message = "Each key must be the id of a control of the baseline: ${join(", ", provider::ram::evaluate({}, var.profile)[*].id)}."
  }

  validation {
    condition     = alltrue([for reason in values(var.exceptions) : length(trimspace(reason)) > 0])
    error_message = "Each exception must have a reason."
  }
}

variable "allowed_access_key_ids" {
  description = "The AccessKey pairs that users may have: a map from the name of the user to a set of key ids. An empty set allows no key. Other keys of these users are reported and not changed."
  type        = map(set(string))
  default     = {}
  nullable    = false
}

variable "on_destroy" {
  description = "The effect of a destroy on the settings: retain does not change the account, restore restores the values from before the adoption, reset writes the values of a new account."
  type        = string
  default     = "retain"
  nullable    = false

  validation {
    condition     = contains(["retain", "restore", "reset"], var.on_destroy)
    error_message = "on_destroy must be retain, restore or reset."
  }
}
