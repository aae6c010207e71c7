// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import "github.com/ram-security/terraform-provider-ram/internal/access"

// A baseline is a named set of controls. Its name holds a version, and what a
// version says never changes: a new version is a new baseline.
type baseline struct {
	name, title string
	controls    []control
}

// A control asks something of an attribute of a setting, of the root account, or of
// each user or policy.
type control struct {
	id, title          string
	setting, attribute string     // empty if no attribute of a setting helps to pass
	value              any        // the value of the attribute in the baseline: bool, int or string; nil if the account determines it
	wanted             rule       // what passes
	audit              *procedure // evaluates the control instead of wanted; nil if the attribute does
	source             string
	conflict           string // the benchmarks that require something else, and how this one is read
}

// Where the values come from.
const (
	cis          = "CIS Alibaba Cloud Foundation Benchmark, section Identity and Access Management"
	configCheck  = "Alibaba Cloud Config, managed rule ram-password-policy-check with its default parameters"
	settingsPage = "Alibaba Cloud, Manage the security settings of RAM users, column Configuration suggestions (December 2025)"
	mlps         = "GB/T 22239-2019 (MLPS 2.0), level 3, "
	byConfig     = "; the value is the default of the managed rule "
	nist         = "NIST SP 800-63B-4, "
	own          = "No benchmark and no managed rule requires it; it is this baseline's own"
)

// baselines are the baselines, the newest last.
var baselines = []baseline{
	{
		name: "cis-1.0.0", title: "CIS Alibaba Cloud Foundation Benchmark 1.0.0",
		controls: cisControls(control{
			id: "1.13", title: "Passwords expire within 90 days",
			setting: inPolicy, attribute: "max_password_age", value: 90, wanted: oneTo(90), source: cis + ", 1.13 of 1.0.0",
			conflict: "Version 2.0.0 requires 365 days or more: no value satisfies both.",
		}),
	},
	{
		name: "cis-2.0.0", title: "CIS Alibaba Cloud Foundation Benchmark 2.0.0",
		controls: cisControls(control{
			id: "1.13", title: "Passwords last 365 days or longer",
			setting: inPolicy, attribute: "max_password_age", value: 365, wanted: zeroOrYear(), source: cis + ", 1.13 of 2.0.0",
			conflict: "Version 1.0.0, Checkov, KICS and Alibaba Cloud Config require 90 days or less: no value satisfies both. The audit text and Prowler also take 0, which never expires; the title and Steampipe's check do not.",
		}),
	},
	{
		name: "alibaba-2026", title: "what Alibaba Cloud's own rules and the scanners for it require in 2026, and the settings that are newer than the benchmarks",
		controls: []control{
			{
				id: "mfa-at-logon", title: "Every logon to the console needs a second factor",
				setting: inPreference, attribute: "mfa_operation_for_login", value: access.Mandatory, wanted: equals(access.Mandatory),
				source: settingsPage + "; Alibaba Cloud Config, managed rule ram-user-mfa-check, which this setting enforces for all users",
			},
			{
				id: "mfa-not-remembered", title: "No device is remembered for seven days without a second factor",
				setting: inPreference, attribute: "enable_save_mfa_ticket", value: false, wanted: equals(false), source: own,
			},
			{
				id: "access-keys-by-administrators", title: "Users do not manage their own AccessKey pairs",
				setting: inPreference, attribute: "allow_user_to_manage_access_keys", value: false, wanted: equals(false), source: settingsPage,
			},
			{
				id: "session-duration", title: "A console session ends after 8 hours at most",
				setting: inPreference, attribute: "login_session_duration", value: 8, wanted: most(8), source: settingsPage,
			},
			{
				id: "passkeys", title: "Users can log on with passkeys",
				setting: inPreference, attribute: "allow_user_to_login_with_passkey", value: true, wanted: equals(true), source: settingsPage,
			},
			{
				id: "idle-users", title: "Console logon is disabled after 90 days without a logon",
				setting: inPreference, attribute: "max_idle_days_for_users", value: 90, wanted: most(90),
				source: "Alibaba Cloud Config, managed rule ram-user-last-login-expired-check with its default of 90 days",
			},
			{
				id: "idle-access-keys", title: "AccessKey pairs are disabled after 90 days without use",
				setting: inPreference, attribute: "max_idle_days_for_access_keys", value: 90, wanted: most(90),
				source: "Alibaba Cloud Config, managed rule ram-user-ak-used-expired-check with its default of 90 days",
			},
			{
				id: "logon-masks", title: "The console is open to known networks only",
				setting: inPreference, attribute: "login_network_masks", wanted: knownNetworks(), source: own,
			},
			{
				id: "password-length", title: "Passwords have 14 characters or more",
				setting: inPolicy, attribute: "minimum_password_length", value: 14, wanted: least(14),
				source: "Checkov CKV_ALI_13", conflict: "Alibaba Cloud Config accepts 8.",
			},
			{
				id: "password-uppercase", title: "Passwords contain an upper-case letter",
				setting: inPolicy, attribute: "require_uppercase_characters", value: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-lowercase", title: "Passwords contain a lower-case letter",
				setting: inPolicy, attribute: "require_lowercase_characters", value: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-symbol", title: "Passwords contain a special character",
				setting: inPolicy, attribute: "require_symbols", value: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-number", title: "Passwords contain a digit",
				setting: inPolicy, attribute: "require_numbers", value: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-reuse", title: "None of the last 24 passwords may be used again",
				setting: inPolicy, attribute: "password_reuse_prevention", value: 24, wanted: least(24),
				source: "Checkov CKV_ALI_18", conflict: "CIS requires 5, and Steampipe's check of it passes at exactly 5; Alibaba Cloud Config accepts 3.",
			},
			{
				id: "password-age", title: "Passwords expire within 90 days",
				setting: inPolicy, attribute: "max_password_age", value: 90, wanted: oneTo(90),
				source: configCheck + "; Checkov CKV_ALI_16", conflict: "CIS 2.0.0 requires 365 days or more: no value satisfies both.",
			},
			{
				id: "password-hard-expiry", title: "Only an administrator can reset a password that has expired",
				setting: inPolicy, attribute: "hard_expiry", value: true, wanted: equals(true), source: configCheck,
			},
			{
				id: "password-attempts", title: "Five wrong passwords lock the logon",
				setting: inPolicy, attribute: "max_login_attempts", value: 5, wanted: oneTo(5), source: configCheck,
				conflict: "Prowler requires 5 or more, Checkov, KICS and Steampipe require 5 or less: only 5 satisfies all of them.",
			},
			{
				id: "access-key-networks", title: "AccessKey pairs work from known networks only",
				setting: inKeyPolicy, attribute: "status", source: own,
				wanted: rule{text: `{"description":"Active, with a classic_allow_list of IP networks, IPv4 /8 and IPv6 /12 or longer, or a vpc_allow_list without AllowAllVPC"}`},
				audit:  &procedure{"`account_access_key_policy`", keysFromKnownNetworks},
			},
		},
	},
	{
		name: "mlps-2.0-level-3", title: "China's Multi-Level Protection Scheme 2.0, level 3, GB/T 22239-2019, as far as a setting of RAM can satisfy it; the standard gives no numbers",
		controls: mlpsControls(),
	},
	{
		name: "nist-800-63b-4", title: "NIST SP 800-63B-4 at AAL2, as far as a setting of RAM can satisfy it",
		controls: nistControls(),
	},
}

// cisControls are the controls that both versions of the CIS benchmark share,
// with the one on which they differ.
func cisControls(expiry control) []control {
	return []control{
		{
			id: "1.1", title: "The root account is not used", wanted: rule{text: "null"}, audit: ofRoot(rootUnused), source: cis + ", 1.1",
			conflict: "The audit text describes an alarm of ActionTrail and names no date. As with Steampipe, each logon of the root account that the report has fails.",
		},
		{
			id: "1.2", title: "The root account has no AccessKey pair", wanted: none(), audit: ofRoot(rootWithoutKeys), source: cis + ", 1.2",
			conflict: "The remediation text accepts a disabled key; the title and this baseline require that none exists.",
		},
		{
			id: "1.3", title: "The root account has MFA", wanted: rule{text: "true"}, audit: ofRoot(rootWithMFA), source: cis + ", 1.3",
		},
		{
			id: "1.4", title: "Each user with a console password has MFA",
			setting: inPreference, attribute: "mfa_operation_for_login", value: access.Mandatory, wanted: none(), audit: ofUsers(withoutMFA), source: cis + ", 1.4",
			conflict: "The benchmark audits each user, and so does this baseline; the setting that it gives makes each user bind a device. Checkov CKV_ALI_24 and KICS look for enforce_mfa_for_login, which the service no longer has.",
		},
		{
			id: "1.5", title: "Users that did not log on for 90 days cannot log on to the console",
			setting: inPreference, attribute: "max_idle_days_for_users", value: 90, wanted: none(), audit: ofUsers(notLoggedOn), source: cis + ", 1.5",
			conflict: "The benchmark audits each user, and so does this baseline; the setting that it gives disables them. It does not say what holds for a user that never logged on: the days count from its creation.",
		},
		{
			id: "1.6", title: "AccessKey pairs of users are at most 90 days old", wanted: none(), audit: ofUsers(withOldKey), source: cis + ", 1.6",
			conflict: "The audit text includes disabled keys, and so does this baseline.",
		},
		{
			id: "1.7", title: "Passwords contain an upper-case letter",
			setting: inPolicy, attribute: "require_uppercase_characters", value: true, wanted: equals(true), source: cis + ", 1.7",
		},
		{
			id: "1.8", title: "Passwords contain a lower-case letter",
			setting: inPolicy, attribute: "require_lowercase_characters", value: true, wanted: equals(true), source: cis + ", 1.8",
		},
		{
			id: "1.9", title: "Passwords contain a special character",
			setting: inPolicy, attribute: "require_symbols", value: true, wanted: equals(true), source: cis + ", 1.9",
		},
		{
			id: "1.10", title: "Passwords contain a digit",
			setting: inPolicy, attribute: "require_numbers", value: true, wanted: equals(true), source: cis + ", 1.10",
		},
		{
			id: "1.11", title: "Passwords have 14 characters or more",
			setting: inPolicy, attribute: "minimum_password_length", value: 14, wanted: least(14), source: cis + ", 1.11",
		},
		{
			id: "1.12", title: "None of the last 5 passwords may be used again",
			setting: inPolicy, attribute: "password_reuse_prevention", value: 5, wanted: least(5), source: cis + ", 1.12",
			conflict: "The audit text says 5. More than 5 passes here and with Prowler, but Steampipe's check passes at exactly 5; Checkov CKV_ALI_18 requires 24.",
		},
		expiry,
		{
			id: "1.14", title: "Five wrong passwords lock the logon",
			setting: inPolicy, attribute: "max_login_attempts", value: 5, wanted: oneTo(5), source: cis + ", 1.14",
			conflict: "Prowler requires 5 or more, Checkov, KICS and Steampipe require 5 or less: only 5 satisfies all of them.",
		},
		{
			id: "1.15", title: "No custom policy that allows everything is attached", wanted: none(), source: cis + ", 1.15",
			audit: &procedure{"`policies`, each custom policy", attachedAdministrators},
		},
		{
			id: "1.16", title: "Policies are attached to groups and roles only", wanted: none(), source: cis + ", 1.16",
			audit: &procedure{"`user_access`, each user", directPolicies},
		},
	}
}

// mlpsControls are the controls of MLPS 2.0, level 3. Of 8.1.4.1 b), the service has no
// timeout of an idle session; 8.1.4.1 c), encrypted transport, is the service's own.
func mlpsControls() []control {
	const complexity, config = mlps + "8.1.4.1 a), complexity" + byConfig, "ram-password-policy-check"
	return []control{
		{
			id: "8.1.4.1a-length", title: "Passwords have 8 characters or more",
			setting: inPolicy, attribute: "minimum_password_length", value: 8, wanted: least(8), source: complexity + config,
		},
		{
			id: "8.1.4.1a-uppercase", title: "Passwords contain an upper-case letter",
			setting: inPolicy, attribute: "require_uppercase_characters", value: true, wanted: equals(true), source: complexity + config,
		},
		{
			id: "8.1.4.1a-lowercase", title: "Passwords contain a lower-case letter",
			setting: inPolicy, attribute: "require_lowercase_characters", value: true, wanted: equals(true), source: complexity + config,
		},
		{
			id: "8.1.4.1a-number", title: "Passwords contain a digit",
			setting: inPolicy, attribute: "require_numbers", value: true, wanted: equals(true), source: complexity + config,
		},
		{
			id: "8.1.4.1a-symbol", title: "Passwords contain a special character",
			setting: inPolicy, attribute: "require_symbols", value: true, wanted: equals(true), source: complexity + config,
		},
		{
			id: "8.1.4.1a-age", title: "Passwords expire within 90 days",
			setting: inPolicy, attribute: "max_password_age", value: 90, wanted: oneTo(90), source: mlps + "8.1.4.1 a), periodic change" + byConfig + config,
			conflict: "CIS 2.0.0 requires 365 days or more, and NIST SP 800-63B-4 requires that passwords do not expire: no value satisfies them.",
		},
		{
			id: "8.1.4.1b", title: "Five wrong passwords lock the logon",
			setting: inPolicy, attribute: "max_login_attempts", value: 5, wanted: oneTo(5), source: mlps + "8.1.4.1 b), failed logons" + byConfig + config,
		},
		{
			id: "8.1.4.1d", title: "Every logon to the console needs a second factor",
			setting: inPreference, attribute: "mfa_operation_for_login", value: access.Mandatory, wanted: equals(access.Mandatory), source: mlps + "8.1.4.1 d), two factors",
		},
		{
			id: "8.1.4.1d-remembered", title: "No device is remembered for seven days without a second factor",
			setting: inPreference, attribute: "enable_save_mfa_ticket", value: false, wanted: equals(false), source: mlps + "8.1.4.1 d), two factors",
		},
		{
			id: "8.1.4.2c-users", title: "Console logon is disabled after 90 days without a logon",
			setting: inPreference, attribute: "max_idle_days_for_users", value: 90, wanted: most(90), source: mlps + "8.1.4.2 c), expired accounts" + byConfig + "ram-user-last-login-expired-check",
		},
		{
			id: "8.1.4.2c-keys", title: "AccessKey pairs are disabled after 90 days without use",
			setting: inPreference, attribute: "max_idle_days_for_access_keys", value: 90, wanted: most(90), source: mlps + "8.1.4.2 c), expired accounts" + byConfig + "ram-user-ak-used-expired-check",
		},
		{
			id: "8.1.4.4c", title: "The console is open to known networks only",
			setting: inPreference, attribute: "login_network_masks", wanted: knownNetworks(), source: mlps + "8.1.4.4 c), addresses of management terminals",
		},
	}
}

// nistControls are the controls of NIST SP 800-63B-4 at AAL2.
func nistControls() []control {
	const composition = nist + "3.1.1.2: no composition rules"
	const stricter = "CIS, MLPS 2.0 and Alibaba Cloud Config require the opposite."
	return []control{
		{
			id: "2.2.1-mfa", title: "Every logon to the console needs a second factor",
			setting: inPreference, attribute: "mfa_operation_for_login", value: access.Mandatory, wanted: equals(access.Mandatory), source: nist + "2.2.1: two factors at AAL2",
		},
		{
			id: "2.2.1-mfa-remembered", title: "No device is remembered for seven days without a second factor",
			setting: inPreference, attribute: "enable_save_mfa_ticket", value: false, wanted: equals(false), source: nist + "2.2.1: two factors at AAL2",
		},
		{
			id: "2.2.3-session", title: "A console session ends after 24 hours at most",
			setting: inPreference, attribute: "login_session_duration", value: 24, wanted: most(24), source: nist + "2.2.3: an overall timeout of 24 hours at most at AAL2",
		},
		{
			id: "3.1.1.2-length", title: "Passwords have 15 characters or more, or 8 with a second factor",
			setting: inPolicy, attribute: "minimum_password_length", value: 15,
			wanted: rule{text: `{"description":"15 or more, or 8 or more if mfa_operation_for_login is mandatory"}`},
			audit:  &procedure{"`password_policy.minimum_password_length`, `security_preference.mfa_operation_for_login`", longEnough},
			source: nist + "3.1.1.2: 15 characters as a single factor, 8 as one of two",
		},
		{
			id: "3.1.1.2-uppercase", title: "Passwords need no upper-case letter",
			setting: inPolicy, attribute: "require_uppercase_characters", value: false, wanted: equals(false), source: composition, conflict: stricter,
		},
		{
			id: "3.1.1.2-lowercase", title: "Passwords need no lower-case letter",
			setting: inPolicy, attribute: "require_lowercase_characters", value: false, wanted: equals(false), source: composition, conflict: stricter,
		},
		{
			id: "3.1.1.2-number", title: "Passwords need no digit",
			setting: inPolicy, attribute: "require_numbers", value: false, wanted: equals(false), source: composition, conflict: stricter,
		},
		{
			id: "3.1.1.2-symbol", title: "Passwords need no special character",
			setting: inPolicy, attribute: "require_symbols", value: false, wanted: equals(false), source: composition, conflict: stricter,
		},
		{
			id: "3.1.1.2-different", title: "Passwords need no number of different characters",
			setting: inPolicy, attribute: "minimum_password_different_character", value: 0, wanted: equals(0), source: composition,
		},
		{
			id: "3.1.1.2-age", title: "Passwords do not expire",
			setting: inPolicy, attribute: "max_password_age", value: 0, wanted: equals(0), source: nist + "3.1.1.2: no periodic change",
			conflict: "CIS 1.0.0, MLPS 2.0 and Alibaba Cloud Config require 90 days or less: no value satisfies them.",
		},
		{
			id: "3.1.1.2-blocklist", title: "Passwords that are known to be compromised are refused",
			setting: inPolicy, attribute: "intercept_risk_password_on_api", value: true, wanted: equals(true), source: nist + "3.1.1.2: comparison with a blocklist",
		},
		{
			id: "3.2.2", title: "Wrong passwords lock the logon",
			setting: inPolicy, attribute: "max_login_attempts", value: 5, wanted: least(1),
			source: nist + "3.2.2: 100 failed attempts at most. The service allows up to 32; the value given is that of the other baselines",
		},
	}
}
