variable "profile" {
  description = "The baseline to follow: cis-1.0.0, cis-2.0.0 or alibaba-2026. What each asks for is on the page of the provider's function baseline."
  type        = string
  nullable    = false

  validation {
    condition     = can(provider::ram::baseline(var.profile))
    error_message = "The provider has no such baseline. There are cis-1.0.0, cis-2.0.0 and alibaba-2026."
  }
}

variable "security_preference" {
  description = "What to do otherwise than the baseline, or in addition to it. An attribute that is null follows the baseline; where the baseline has no opinion, it is not managed."
  type = object({
    allow_user_to_change_password            = optional(bool)
    allow_user_to_manage_access_keys         = optional(bool)
    allow_user_to_manage_mfa_devices         = optional(bool)
    allow_user_to_manage_personal_ding_talk  = optional(bool)
    allow_user_to_manage_service_credentials = optional(bool)
    allow_user_to_login_with_passkey         = optional(bool)
    allow_user_long_term_login               = optional(bool)
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
  description = "What to do otherwise than the baseline, or in addition to it. An attribute that is null follows the baseline; where the baseline has no opinion, it is not managed."
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
  description = "From where the account's AccessKey pairs may be used. Null leaves the policy alone, and does not read it either; the networks are the account's own, so no baseline gives any."
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
  description = "The alias of the account. Null leaves it alone. A change changes the logon name of every RAM user."
  type        = string
  default     = null
}

variable "user_sso_settings" {
  description = "User-based single sign-on. Null leaves it alone."
  type = object({
    sso_enabled           = optional(bool)
    metadata_document     = optional(string)
    auxiliary_domain      = optional(string)
    sso_login_with_domain = optional(bool)
    authn_sign_algo       = optional(string)
  })
  default = null
}

variable "unmanaged" {
  description = "Attributes that the baseline has an opinion on and that are left as they are all the same, such as password_policy.hard_expiry. They are still judged."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = length(setsubtract(var.unmanaged, flatten([
      for setting, arguments in provider::ram::baseline("cis-2.0.0") : [for name in keys(arguments) : "${setting}.${name}"]
    ]))) == 0
    error_message = "Each is the name of a setting and of one of its attributes, as in password_policy.hard_expiry."
  }
}

variable "exceptions" {
  description = "Controls that may fail, and why: a map of reasons by the id of the control. They are reported apart, and fail no check."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.exceptions), provider::ram::evaluate({}, var.profile)[*].id)) == 0
    error_message = "The baseline has no such control. It has ${join(", ", provider::ram::evaluate({}, var.profile)[*].id)}."
  }

  validation {
    condition     = alltrue([for reason in values(var.exceptions) : length(trimspace(reason)) > 0])
    error_message = "Each exception needs a reason."
  }
}

variable "allowed_access_key_ids" {
  description = "Which AccessKey pairs a user may have: a map of sets of key ids by the name of the user; an empty set is for none. Any other key of these users is reported, and nothing is done about it."
  type        = map(set(string))
  default     = {}
  nullable    = false
}

variable "on_destroy" {
  description = "What a destroy does to the settings: retain leaves the account as it is, restore puts back what was there before, reset puts what a new account has."
  type        = string
  default     = "retain"
  nullable    = false

  validation {
    condition     = contains(["retain", "restore", "reset"], var.on_destroy)
    error_message = "on_destroy is retain, restore or reset."
  }
}
