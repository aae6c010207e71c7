// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// reportTime is when the reports of the truth table were generated.
var reportTime = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// daysAgo is a time before the report.
func daysAgo(days float64) string {
	return reportTime.Add(-time.Duration(days * 24 * float64(time.Hour))).Format(time.RFC3339)
}

// truth is an account of the truth table. Its verdicts were written from the audit texts
// of CIS, the rules of Cloud Config, GB/T 22239-2019 and SP 800-63B-4. For each baseline,
// want has the controls that fail, and those that are not evaluated with a question mark.
// A baseline that is not in it has the verdicts of the base account.
type truth struct {
	name    string
	account func(a attributes)
	want    map[string]string
}

// baseVerdicts are the verdicts of baseAccount.
var baseVerdicts = map[string]string{
	"cis-1.0.0":        "1.13",
	"cis-2.0.0":        "",
	"alibaba-2026":     "password-age",
	"mlps-2.0-level-3": "8.1.4.1a-age",
	"nist-800-63b-4":   composition + " 3.1.1.2-age",
}

const (
	composition = "3.1.1.2-uppercase 3.1.1.2-lowercase 3.1.1.2-number 3.1.1.2-symbol"
	nistBase    = composition + " 3.1.1.2-age"
)

// baseAccount is an account that follows CIS 2.0.0, with one user.
func baseAccount() attributes {
	return attributes{
		inPreference: attributes{
			"mfa_operation_for_login": "mandatory", "enable_save_mfa_ticket": false, "allow_user_to_manage_access_keys": false, "allow_user_to_login_with_passkey": true,
			"login_session_duration": 8, "max_idle_days_for_users": 90, "max_idle_days_for_access_keys": 90, "login_network_masks": []any{"203.0.113.0/24"},
		},
		inPolicy: attributes{
			"minimum_password_length": 14, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true,
			"password_reuse_prevention": 24, "max_password_age": 365, "hard_expiry": true, "max_login_attempts": 5,
			"minimum_password_different_character": 0, "intercept_risk_password_on_api": true,
		},
		inKeyPolicy: attributes{"status": "Active", "classic_allow_list": []any{"203.0.113.0/24", "2001:db8::/32"}, "vpc_allow_list": attributes{"vpc-a": []any{"0.0.0.0/0"}}},
		fromReport: attributes{"generated_time": reportTime.Format(time.RFC3339), "rows": []any{
			reportRow("<root>", attributes{"password_active": nil, "user_last_logon": nil, "notes": attributes{"user_last_logon": "never", "password_active": "not_applicable"}}),
			reportRow("alice@example.onaliyun.com", attributes{"access_key_1_exist": true, "access_key_1_active": true, "access_key_1_last_rotated": daysAgo(10)}),
		}},
		fromAccess: attributes{"users": []any{attributes{"user_name": "alice", "policies": []any{attributes{"policy_name": "ReadOnlyAccess", "group_name": "readers"}}}}},
		fromPolicies: []any{
			attributes{"policy_name": "AdministratorAccess", "type": "System", "attachment_count": 1, "policy_document": everything},
			attributes{"policy_name": "unused", "type": "Custom", "attachment_count": 0, "policy_document": everything},
			attributes{"policy_name": "buckets", "type": "Custom", "attachment_count": 2, "policy_document": `{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}`},
		},
	}
}

const everything = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// reportRow is the row of a user with a password, MFA and a logon of yesterday.
func reportRow(user string, other attributes) attributes {
	row := attributes{
		"user": user, "user_creation_time": daysAgo(1000), "user_last_logon": daysAgo(1), "password_exist": true, "password_active": true, "mfa_active": true, "notes": attributes{},
		"access_key_1_exist": false, "access_key_2_exist": false,
		"additional_access_key_1_exist": false, "additional_access_key_2_exist": false, "additional_access_key_3_exist": false,
	}
	maps.Copy(row, other)
	return row
}

func setIn(setting, attribute string, v any) func(attributes) {
	return func(a attributes) { a[setting].(attributes)[attribute] = v }
}

func addUser(user string, other attributes) func(attributes) {
	return func(a attributes) {
		report := a[fromReport].(attributes)
		report["rows"] = append(report["rows"].([]any), reportRow(user, other))
	}
}

func changeRoot(other attributes) func(attributes) {
	return func(a attributes) { maps.Copy(a[fromReport].(attributes)["rows"].([]any)[0].(attributes), other) }
}

func all(changes ...func(attributes)) func(attributes) {
	return func(a attributes) {
		for _, change := range changes {
			change(a)
		}
	}
}

var truths = []truth{
	{"the base account", func(attributes) {}, nil},
	{"passwords expire after 90 days", setIn(inPolicy, "max_password_age", 90), map[string]string{
		"cis-1.0.0": "", "cis-2.0.0": "1.13", "alibaba-2026": "", "mlps-2.0-level-3": "",
	}},
	{"passwords never expire", setIn(inPolicy, "max_password_age", 0), map[string]string{"nist-800-63b-4": composition}},
	{"passwords expire after 364 days", setIn(inPolicy, "max_password_age", 364), map[string]string{"cis-2.0.0": "1.13"}},
	{"passwords expire after 1095 days", setIn(inPolicy, "max_password_age", 1095), nil},
	{"13 characters", setIn(inPolicy, "minimum_password_length", 13), map[string]string{
		"cis-1.0.0": "1.11 1.13", "cis-2.0.0": "1.11", "alibaba-2026": "password-length password-age",
	}},
	{"8 characters, MFA not mandatory", all(setIn(inPolicy, "minimum_password_length", 8), setIn(inPreference, "mfa_operation_for_login", "independent")), map[string]string{
		"cis-1.0.0": "1.11 1.13", "cis-2.0.0": "1.11", "alibaba-2026": "mfa-at-logon password-length password-age",
		"mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.1d", "nist-800-63b-4": "2.2.1-mfa 3.1.1.2-length " + nistBase,
	}},
	{"15 characters, MFA not mandatory, all users have it", all(setIn(inPolicy, "minimum_password_length", 15), setIn(inPreference, "mfa_operation_for_login", "adaptive")), map[string]string{
		"alibaba-2026": "mfa-at-logon password-age", "mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.1d", "nist-800-63b-4": "2.2.1-mfa " + nistBase,
	}},
	{"no limit of wrong passwords", setIn(inPolicy, "max_login_attempts", 0), map[string]string{
		"cis-1.0.0": "1.13 1.14", "cis-2.0.0": "1.14", "alibaba-2026": "password-age password-attempts", "mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.1b", "nist-800-63b-4": nistBase + " 3.2.2",
	}},
	{"six wrong passwords", setIn(inPolicy, "max_login_attempts", 6), map[string]string{
		"cis-1.0.0": "1.13 1.14", "cis-2.0.0": "1.14", "alibaba-2026": "password-age password-attempts", "mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.1b",
	}},
	{"three wrong passwords", setIn(inPolicy, "max_login_attempts", 3), nil},
	{"four former passwords", setIn(inPolicy, "password_reuse_prevention", 4), map[string]string{
		"cis-1.0.0": "1.12 1.13", "cis-2.0.0": "1.12", "alibaba-2026": "password-reuse password-age",
	}},
	{"five former passwords", setIn(inPolicy, "password_reuse_prevention", 5), map[string]string{"alibaba-2026": "password-reuse password-age"}},
	{"no classes of characters", all(setIn(inPolicy, "require_uppercase_characters", false), setIn(inPolicy, "require_lowercase_characters", false),
		setIn(inPolicy, "require_numbers", false), setIn(inPolicy, "require_symbols", false)), map[string]string{
		"cis-1.0.0": "1.7 1.8 1.9 1.10 1.13", "cis-2.0.0": "1.7 1.8 1.9 1.10",
		"alibaba-2026":     "password-uppercase password-lowercase password-symbol password-number password-age",
		"mlps-2.0-level-3": "8.1.4.1a-uppercase 8.1.4.1a-lowercase 8.1.4.1a-number 8.1.4.1a-symbol 8.1.4.1a-age", "nist-800-63b-4": "3.1.1.2-age",
	}},
	{"a soft expiry, risky passwords accepted", all(setIn(inPolicy, "hard_expiry", false), setIn(inPolicy, "intercept_risk_password_on_api", false)), map[string]string{
		"alibaba-2026": "password-age password-hard-expiry", "nist-800-63b-4": nistBase + " 3.1.1.2-blocklist",
	}},
	{"the console is open to IPv4", setIn(inPreference, "login_network_masks", []any{"0.0.0.0/0"}), openConsole},
	{"the console has no masks", setIn(inPreference, "login_network_masks", []any{}), openConsole},
	{"the masks are no networks", setIn(inPreference, "login_network_masks", []any{"junk"}), openConsole},
	{"the console is open to both halves", setIn(inPreference, "login_network_masks", []any{"0.0.0.0/1", "128.0.0.0/1"}), openConsole},
	{"the console is open to IPv6", setIn(inPreference, "login_network_masks", []any{"203.0.113.7", "::/0"}), openConsole},
	{"a mask with host bits", setIn(inPreference, "login_network_masks", []any{"203.0.113.7/24"}), nil},
	{"the key policy is not enforced", setIn(inKeyPolicy, "status", "Inactive"), openKeys},
	{"the key policy has no networks", all(setIn(inKeyPolicy, "classic_allow_list", []any{}), setIn(inKeyPolicy, "vpc_allow_list", attributes{})), openKeys},
	{"the key policy allows each VPC", setIn(inKeyPolicy, "vpc_allow_list", attributes{"AllowAllVPC": []any{"10.0.0.0/8"}}), openKeys},
	{"the key policy allows all addresses", setIn(inKeyPolicy, "classic_allow_list", []any{"0.0.0.0/0", "::/0"}), openKeys},
	{"the key policy is known in part", setIn(inKeyPolicy, "classic_allow_list", nil), map[string]string{"alibaba-2026": "password-age ?access-key-networks"}},
	{"keys from a VPC only", setIn(inKeyPolicy, "classic_allow_list", []any{}), nil},
	{"longer sessions, a remembered device", all(setIn(inPreference, "login_session_duration", 9), setIn(inPreference, "enable_save_mfa_ticket", true)), map[string]string{
		"alibaba-2026": "mfa-not-remembered session-duration password-age", "mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.1d-remembered", "nist-800-63b-4": "2.2.1-mfa-remembered " + nistBase,
	}},
	{"idle for 180 days, own keys, no passkeys", all(setIn(inPreference, "max_idle_days_for_users", 180), setIn(inPreference, "max_idle_days_for_access_keys", 180),
		setIn(inPreference, "allow_user_to_manage_access_keys", true), setIn(inPreference, "allow_user_to_login_with_passkey", false)), map[string]string{
		"alibaba-2026":     "access-keys-by-administrators passkeys idle-users idle-access-keys password-age",
		"mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.2c-users 8.1.4.2c-keys",
	}},
	{"the root account logs on without MFA", changeRoot(attributes{"user_last_logon": daysAgo(3), "mfa_active": false}), forCIS("1.1 1.3")},
	{"the root account has a key", changeRoot(attributes{"access_key_1_exist": true, "access_key_1_active": true, "access_key_1_last_rotated": daysAgo(500)}), forCIS("1.2")},
	{"the root account has a disabled additional key", changeRoot(attributes{"additional_access_key_3_exist": true, "additional_access_key_3_active": false}), forCIS("1.2")},
	{"a password of years ago, without MFA and logon", addUser("bob", attributes{"mfa_active": false, "user_last_logon": nil, "notes": attributes{"user_last_logon": "never"}}), forCIS("1.4 1.5")},
	{"a new user without MFA and logon", addUser("bob", attributes{"mfa_active": false, "user_creation_time": daysAgo(2), "user_last_logon": nil, "notes": attributes{"user_last_logon": "never"}}), forCIS("1.4")},
	{"a logon 90 days ago", addUser("bob", attributes{"user_last_logon": daysAgo(90)}), forCIS("1.5")},
	{"a logon 89.9 days ago", addUser("bob", attributes{"user_last_logon": daysAgo(89.9)}), nil},
	{"console logon disabled", addUser("bob", attributes{"password_active": false, "mfa_active": false, "user_last_logon": daysAgo(700)}), nil},
	{"console logon disabled, in the report's own word", addUser("bob", attributes{
		"password_active": nil, "mfa_active": nil, "user_last_logon": daysAgo(700), "notes": attributes{"password_active": "login_disabled", "mfa_active": "login_disabled"},
	}), nil},
	{"a program without a password", addUser("ci", attributes{
		"password_exist": nil, "password_active": nil, "mfa_active": nil, "user_last_logon": nil,
		"notes": attributes{"password_exist": "not_applicable", "password_active": "not_applicable", "mfa_active": "not_applicable", "user_last_logon": "never"},
	}), nil},
	{"a program without a password, in a report without the column of passwords", addUser("ci", attributes{
		"password_exist": nil, "password_active": nil, "mfa_active": nil, "user_last_logon": nil,
		"notes": attributes{"password_active": "not_applicable", "mfa_active": "not_applicable", "user_last_logon": "never"},
	}), nil},
	{"keys of 90 days", addUser("bob", attributes{"access_key_2_exist": true, "access_key_2_last_rotated": daysAgo(90)}), nil},
	{"a disabled key of 90.5 days", addUser("bob", attributes{"access_key_2_exist": true, "access_key_2_active": false, "access_key_2_last_rotated": daysAgo(90.5)}), forCIS("1.6")},
	{"an additional key of 91 days", addUser("bob", attributes{"additional_access_key_2_exist": true, "additional_access_key_2_last_rotated": daysAgo(91)}), forCIS("1.6")},
	{"a key of which the report does not say the age", addUser("bob", attributes{"access_key_1_exist": true, "access_key_1_last_rotated": nil}), forCIS("?1.6")},
	{"MFA in a word that is not known", addUser("bob", attributes{"mfa_active": nil, "notes": attributes{"mfa_active": "unreadable"}}), forCIS("?1.4")},
	{"one user without MFA, another not said", all(addUser("bob", attributes{"mfa_active": nil}), addUser("carol", attributes{"mfa_active": false})), forCIS("1.4")},
	{"a report without the root account", func(a attributes) {
		report := a[fromReport].(attributes)
		report["rows"] = report["rows"].([]any)[1:]
	}, forCIS("?1.1 ?1.2 ?1.3")},
	{"a report without its time", setIn(fromReport, "generated_time", nil), forCIS("?1.4 ?1.5 ?1.6")},
	{"a custom policy that allows everything", func(a attributes) {
		a[fromPolicies] = append(a[fromPolicies].([]any), attributes{"policy_name": "all", "type": "Custom", "attachment_count": 1, "policy_document": `{"Statement":{"Effect":"Allow","Action":["oss:Get*","*:*"],"Resource":["*"]}}`})
	}, forCIS("1.15")},
	{"the policies of ram_policies", func(a attributes) {
		a[fromPolicies] = attributes{"name_regex": nil, "policy_type": "Custom", "policies": []any{
			attributes{"policy_name": "AdministratorAccess", "policy_type": "System", "attachment_count": 1, "policy_document": nil},
			attributes{"policy_name": "unused", "policy_type": "Custom", "attachment_count": 0, "policy_document": everything},
		}}
	}, nil},
	{"a custom policy of ram_policies that allows everything", func(a attributes) {
		a[fromPolicies] = attributes{"name_regex": "^a", "policies": []any{attributes{"policy_name": "all", "policy_type": "Custom", "attachment_count": 1, "policy_document": everything}}}
	}, forCIS("1.15")},
	{"policies with a filter by name", func(a attributes) { a[fromPolicies] = attributes{"name_regex": "^a", "policies": []any{}} }, forCIS("?1.15")},
	{"system policies only", func(a attributes) { a[fromPolicies] = attributes{"policy_type": "System", "policies": []any{}} }, forCIS("?1.15")},
	{"the access of one user", setIn(fromAccess, "user_name", "alice"), forCIS("?1.16")},
	{"the access of users with a filter by name", setIn(fromAccess, "name_regex", "^a"), forCIS("?1.16")},
	{"a policy that is attached to a user", func(a attributes) {
		a[fromAccess].(attributes)["users"] = []any{attributes{"user_name": "alice", "policies": []any{attributes{"policy_name": "ReadOnlyAccess", "group_name": nil}}}}
	}, forCIS("1.16")},
	{"settings only", func(a attributes) {
		delete(a, fromReport)
		delete(a, fromAccess)
		delete(a, fromPolicies)
	}, forCIS("?1.1 ?1.2 ?1.3 ?1.4 ?1.5 ?1.6 ?1.15 ?1.16")},
	{"nothing", func(a attributes) { clear(a) }, map[string]string{
		"cis-1.0.0":        "?1.1 ?1.2 ?1.3 ?1.4 ?1.5 ?1.6 ?1.7 ?1.8 ?1.9 ?1.10 ?1.11 ?1.12 ?1.13 ?1.14 ?1.15 ?1.16",
		"cis-2.0.0":        "?1.1 ?1.2 ?1.3 ?1.4 ?1.5 ?1.6 ?1.7 ?1.8 ?1.9 ?1.10 ?1.11 ?1.12 ?1.13 ?1.14 ?1.15 ?1.16",
		"alibaba-2026":     "?mfa-at-logon ?mfa-not-remembered ?access-keys-by-administrators ?session-duration ?passkeys ?idle-users ?idle-access-keys ?logon-masks ?password-length ?password-uppercase ?password-lowercase ?password-symbol ?password-number ?password-reuse ?password-age ?password-hard-expiry ?password-attempts ?access-key-networks",
		"mlps-2.0-level-3": "?8.1.4.1a-length ?8.1.4.1a-uppercase ?8.1.4.1a-lowercase ?8.1.4.1a-number ?8.1.4.1a-symbol ?8.1.4.1a-age ?8.1.4.1b ?8.1.4.1d ?8.1.4.1d-remembered ?8.1.4.2c-users ?8.1.4.2c-keys ?8.1.4.4c",
		"nist-800-63b-4":   "?2.2.1-mfa ?2.2.1-mfa-remembered ?2.2.3-session ?3.1.1.2-length ?3.1.1.2-uppercase ?3.1.1.2-lowercase ?3.1.1.2-number ?3.1.1.2-symbol ?3.1.1.2-different ?3.1.1.2-age ?3.1.1.2-blocklist ?3.2.2",
	}},
}

var (
	openConsole = map[string]string{"alibaba-2026": "logon-masks password-age", "mlps-2.0-level-3": "8.1.4.1a-age 8.1.4.4c"}
	openKeys    = map[string]string{"alibaba-2026": "password-age access-key-networks"}
)

// forCIS are verdicts that both versions of CIS have, besides those of the base account.
func forCIS(ids string) map[string]string {
	return map[string]string{"cis-1.0.0": ids + " 1.13", "cis-2.0.0": ids}
}

func TestEvaluate_truthTable(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	if len(truths) < 30 || len(baseVerdicts) != len(baselines) {
		t.Fatalf("%d accounts, %d of %d baselines", len(truths), len(baseVerdicts), len(baselines))
	}
	for _, x := range truths {
		a := baseAccount()
		x.account(a)
		for name, base := range baseVerdicts {
			want, differs := x.want[name]
			if !differs {
				want = base
			}
			sorted := func(ids []string) string { slices.Sort(ids); return strings.Join(ids, " ") }
			got := []string{}
			for _, v := range verdicts(t, c, hcl(a), name) {
				switch v.Status {
				case failed:
					got = append(got, v.ID)
				case notEvaluated:
					got = append(got, "?"+v.ID)
					if v.Note == "" {
						t.Errorf("%s, %s %s: not evaluated without a reason", x.name, name, v.ID)
					}
				case passed:
				default:
					t.Errorf("%s, %s %s: status %q", x.name, name, v.ID, v.Status)
				}
			}
			expect(t, fmt.Sprintf("%s, by %s", x.name, name), sorted(got), sorted(strings.Fields(want)))
		}
	}
}

// The guide has a row for each control of the benchmark.
func TestEvaluate_theGuideHasEachControl(t *testing.T) {
	t.Parallel()
	guide := contentOf(t, projectRoot, "templates/guides/cis-benchmark.md.tmpl")
	cis, err := baselineNamed("cis-2.0.0")
	must(t, err)
	for _, c := range cis.controls {
		contains(t, guide, fmt.Sprintf("\n| %s %s | ", c.id, c.title))
	}
	expect(t, "rows", strings.Count(guide, "\n| 1."), len(cis.controls))
}

// A control that fails names the users, keys and policies that fail.
func TestEvaluate_who(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	a := baseAccount()
	all(addUser("carol", attributes{"mfa_active": false}), addUser("bob", attributes{"mfa_active": false}), addUser("dave", attributes{"mfa_active": nil}),
		changeRoot(attributes{"access_key_2_exist": true}))(a)
	found := map[string]verdict{}
	for _, v := range verdicts(t, c, hcl(a), "cis-2.0.0") {
		found[v.ID] = v
	}
	expect(t, "users", found["1.4"], verdict{
		"1.4", "Each user with a console password has MFA", "security_preference.mfa_operation_for_login", "[]", `["bob","carol"]`, failed, []string{"bob", "carol"}, "The report does not say it for dave.",
	})
	expect(t, "keys", found["1.2"].Who, []string{"access_key_2"})
	expect(t, "a setting", found["1.7"], verdict{"1.7", "Passwords contain an upper-case letter", "password_policy.require_uppercase_characters", "true", "true", passed, []string{}, ""})
}

// The evidence may be wrong in any place, and the error names it.
func TestEvaluate_evidence(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	rows := func(row attributes) attributes { return attributes{fromReport: attributes{"rows": []any{row}}} }
	for _, x := range []struct {
		name     string
		settings attributes
		says     string
	}{
		{"a misspelt setting", attributes{"pasword_policy": attributes{}}, "Settings.pasword_policy does not exist; settings may have security_preference, password_policy, account_access_key_policy, credential_report, user_access, policies."},
		{"a misspelt attribute", attributes{inPolicy: attributes{"max_pasword_age": 90}}, "Settings.password_policy.max_pasword_age does not exist; ram_password_policy has no such attribute."},
		{"a report without rows", attributes{fromReport: attributes{}}, "Settings.credential_report has no rows."},
		{"a text for a report", attributes{fromReport: "x"}, "Settings.credential_report is a string, not an object."},
		{"a text for rows", attributes{fromReport: attributes{"rows": "x"}}, "Settings.credential_report.rows is a string, not a list of objects."},
		{"a null row", attributes{fromReport: attributes{"rows": []any{nil}}}, "Settings.credential_report.rows[0] is null, not an object."},
		{"a row without a user", rows(attributes{}), "Settings.credential_report.rows[0] has no user."},
		{"a text for a bool", rows(attributes{"user": "a", "mfa_active": "true"}), "Settings.credential_report.rows[0].mfa_active is a string, not true or false."},
		{"a text for a time", rows(attributes{"user": "a", "user_last_logon": "yesterday"}), "Settings.credential_report.rows[0].user_last_logon is not a time in the format of RFC 3339."},
		{"a list for notes", rows(attributes{"user": "a", "notes": []any{}}), "Settings.credential_report.rows[0].notes is a list or set, not an object."},
		{"access without users", attributes{fromAccess: attributes{}}, "Settings.user_access has no users."},
		{"a user without policies", attributes{fromAccess: attributes{"users": []any{attributes{"user_name": "a"}}}}, "Settings.user_access.users[0] has no policies."},
		{"a policy without a name", attributes{fromPolicies: []any{attributes{}}}, "Settings.policies[0] has no policy_name."},
		{"policies without a list", attributes{fromPolicies: attributes{}}, "Settings.policies has no policies."},
		{"a custom policy without a document", attributes{fromPolicies: []any{attributes{"policy_name": "a", "policy_type": "Custom"}}}, "Settings.policies[0] has no policy_document."},
		{"a text for a count", attributes{fromPolicies: []any{attributes{"policy_name": "a", "policy_document": "{}", "attachment_count": "1"}}}, "Settings.policies[0].attachment_count is a string, not a number."},
	} {
		_, fault := c.Call("evaluate", hcl(x.settings), hcl("cis-1.0.0"))
		if fault == nil {
			t.Errorf("%s: no error", x.name)
			continue
		}
		contains(t, fault.Text+".", x.says)
	}
	// A document that is not JSON, and a count that is not given, are not evaluated.
	for _, policy := range []attributes{{"policy_name": "p", "policy_document": "not JSON"}, {"policy_name": "p", "policy_document": everything}} {
		expect(t, fmt.Sprint(policy), idsOf(t, c, hcl(attributes{fromPolicies: []any{policy}}), "cis-1.0.0", failed), []string{})
	}
}

// Evaluate rejects no attribute of the schemas as misspelled.
func TestEvaluate_knowsTheAttributes(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	extra := map[string]bool{}
	for _, s := range assessedSettings() {
		for _, kind := range []tftypes.Type{c.Schemas.ResourceSchemas["ram_"+s.name].ValueType(), c.Schemas.DataSourceSchemas["ram_"+s.name].ValueType()} {
			for name := range kind.(tftypes.Object).AttributeTypes {
				if !s.has(name) {
					t.Errorf("%s.%s is taken for misspelt", s.name, name)
				}
				if !slices.ContainsFunc(s.arguments, func(a argument) bool { return a.name == name }) {
					extra[name] = true
				}
			}
		}
	}
	expect(t, "attributes beyond the arguments", slices.Sorted(maps.Keys(extra)), beyondArguments)
}
