// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

// A baseline is a named set of controls. Its name holds a version, and what a
// version says never changes: a new version is a new baseline.
type baseline struct {
	name, title string
	controls    []control
}

// A control asks something of one attribute of a setting.
type control struct {
	id, title          string
	setting, attribute string
	give               any  // what the baseline gives: bool, int or string; nil where the value is the account's own
	wanted             rule // what passes
	source             string
	conflict           string // the benchmarks that ask for something else
}

const (
	inPreference = "security_preference"
	inPolicy     = "password_policy"
	inKeyPolicy  = "account_access_key_policy"
)

// Where the values come from.
const (
	cis         = "CIS Alibaba Cloud Foundation Benchmark, section Identity and Access Management"
	configCheck = "Alibaba Cloud Config, managed rule ram-password-policy-check with its default parameters"
	own         = "No benchmark and no managed rule asks for it; it is this baseline's own"
)

// baselines are the baselines, the newest last.
//
// Of a CIS benchmark they hold the controls that a setting of the account can
// satisfy. The others look at the root account (1.1 to 1.3), at the age of keys
// (1.6) and at policies (1.15, 1.16): the credential report has what they ask for.
var baselines = []baseline{
	{
		name: "cis-1.0.0", title: "CIS Alibaba Cloud Foundation Benchmark 1.0.0",
		controls: cisControls(control{
			id: "1.13", title: "Passwords expire within 90 days",
			setting: inPolicy, attribute: "max_password_age", give: 90, wanted: within(1, 90), source: cis + ", 1.13 of 1.0.0",
			conflict: "Version 2.0.0 asks for 365 days or more: no value satisfies both.",
		}),
	},
	{
		name: "cis-2.0.0", title: "CIS Alibaba Cloud Foundation Benchmark 2.0.0",
		controls: cisControls(control{
			id: "1.13", title: "Passwords last 365 days or longer, and expire",
			setting: inPolicy, attribute: "max_password_age", give: 365, wanted: within(365, 1095), source: cis + ", 1.13 of 2.0.0",
			conflict: "Version 1.0.0, Checkov, KICS and Alibaba Cloud Config ask for 90 days or less: no value satisfies both. Prowler also takes 0, which never expires.",
		}),
	},
	{
		name: "alibaba-2026", title: "what Alibaba Cloud's own rules and the scanners for it ask for in 2026, and the settings that are newer than the benchmarks",
		controls: []control{
			{
				id: "mfa-at-logon", title: "Every logon to the console needs a second factor",
				setting: inPreference, attribute: "mfa_operation_for_login", give: mandatory, wanted: equals(mandatory),
				source: "Alibaba Cloud Config, managed rule ram-user-mfa-check, which this setting enforces for all users",
			},
			{
				id: "mfa-not-remembered", title: "No device is remembered for seven days without a second factor",
				setting: inPreference, attribute: "enable_save_mfa_ticket", give: false, wanted: equals(false), source: own,
			},
			{
				id: "access-keys-by-administrators", title: "Users do not manage their own AccessKey pairs",
				setting: inPreference, attribute: "allow_user_to_manage_access_keys", give: false, wanted: equals(false), source: own,
			},
			{
				id: "session-duration", title: "A console session ends after 8 hours at most",
				setting: inPreference, attribute: "login_session_duration", give: 8, wanted: most(8), source: own,
			},
			{
				id: "idle-users", title: "Console logon is switched off after 90 days without one",
				setting: inPreference, attribute: "max_idle_days_for_users", give: 90, wanted: most(90),
				source: "Alibaba Cloud Config, managed rule ram-user-last-login-expired-check with its default of 90 days",
			},
			{
				id: "idle-access-keys", title: "AccessKey pairs are disabled after 90 days without use",
				setting: inPreference, attribute: "max_idle_days_for_access_keys", give: 90, wanted: most(90),
				source: "Alibaba Cloud Config, managed rule ram-user-ak-used-expired-check with its default of 90 days",
			},
			{
				id: "logon-masks", title: "The console is open to known networks only",
				setting: inPreference, attribute: "login_network_masks", wanted: some(), source: own,
			},
			{
				id: "password-length", title: "Passwords have 14 characters or more",
				setting: inPolicy, attribute: "minimum_password_length", give: 14, wanted: least(14),
				source: "Checkov CKV_ALI_13", conflict: "Alibaba Cloud Config is content with 8.",
			},
			{
				id: "password-uppercase", title: "Passwords hold an upper-case letter",
				setting: inPolicy, attribute: "require_uppercase_characters", give: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-lowercase", title: "Passwords hold a lower-case letter",
				setting: inPolicy, attribute: "require_lowercase_characters", give: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-symbol", title: "Passwords hold a special character",
				setting: inPolicy, attribute: "require_symbols", give: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-number", title: "Passwords hold a digit",
				setting: inPolicy, attribute: "require_numbers", give: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-reuse", title: "None of the last 24 passwords may be used again",
				setting: inPolicy, attribute: "password_reuse_prevention", give: 24, wanted: least(24),
				source: "Checkov CKV_ALI_18", conflict: "CIS asks for 5, and Steampipe's check of it passes at exactly 5; Alibaba Cloud Config is content with 3.",
			},
			{
				id: "password-age", title: "Passwords expire within 90 days",
				setting: inPolicy, attribute: "max_password_age", give: 90, wanted: within(1, 90),
				source: configCheck + "; Checkov CKV_ALI_16", conflict: "CIS 2.0.0 asks for 365 days or more: no value satisfies both.",
			},
			{
				id: "password-hard-expiry", title: "Only an administrator can reset a password that has expired",
				setting: inPolicy, attribute: "hard_expiry", give: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-attempts", title: "Five wrong passwords lock the logon",
				setting: inPolicy, attribute: "max_login_attempts", give: 5, wanted: within(1, 5), source: configCheck,
				conflict: "Prowler asks for 5 or more, Checkov, KICS and Steampipe for 5 or less: only 5 pleases all.",
			},
			{
				id: "access-key-networks", title: "AccessKey pairs work from known networks only",
				setting: inKeyPolicy, attribute: "status", wanted: equals("Active"), source: own,
			},
		},
	},
}

// cisControls are the controls that both versions of the CIS benchmark share,
// with the one on which they differ.
func cisControls(expiry control) []control {
	return []control{
		{
			id: "1.4", title: "Every logon to the console needs a second factor",
			setting: inPreference, attribute: "mfa_operation_for_login", give: mandatory, wanted: equals(mandatory), source: cis + ", 1.4",
			conflict: "Checkov CKV_ALI_24 and KICS look for enforce_mfa_for_login, which the service no longer has.",
		},
		{
			id: "1.5", title: "Console logon is switched off after 90 days without one",
			setting: inPreference, attribute: "max_idle_days_for_users", give: 90, wanted: most(90), source: cis + ", 1.5",
		},
		{
			id: "1.7", title: "Passwords hold an upper-case letter",
			setting: inPolicy, attribute: "require_uppercase_characters", give: true, wanted: equals(true), source: cis + ", 1.7",
		},
		{
			id: "1.8", title: "Passwords hold a lower-case letter",
			setting: inPolicy, attribute: "require_lowercase_characters", give: true, wanted: equals(true), source: cis + ", 1.8",
		},
		{
			id: "1.9", title: "Passwords hold a special character",
			setting: inPolicy, attribute: "require_symbols", give: true, wanted: equals(true), source: cis + ", 1.9",
		},
		{
			id: "1.10", title: "Passwords hold a digit",
			setting: inPolicy, attribute: "require_numbers", give: true, wanted: equals(true), source: cis + ", 1.10",
		},
		{
			id: "1.11", title: "Passwords have 14 characters or more",
			setting: inPolicy, attribute: "minimum_password_length", give: 14, wanted: least(14), source: cis + ", 1.11",
		},
		{
			id: "1.12", title: "None of the last 5 passwords may be used again",
			setting: inPolicy, attribute: "password_reuse_prevention", give: 5, wanted: least(5), source: cis + ", 1.12",
			conflict: "More than 5 passes here and with Prowler, but Steampipe's check passes at exactly 5; Checkov CKV_ALI_18 asks for 24.",
		},
		expiry,
		{
			id: "1.14", title: "Five wrong passwords lock the logon",
			setting: inPolicy, attribute: "max_login_attempts", give: 5, wanted: within(1, 5), source: cis + ", 1.14",
			conflict: "Prowler asks for 5 or more, Checkov, KICS and Steampipe for 5 or less: only 5 pleases all.",
		},
	}
}
