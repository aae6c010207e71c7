// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// outputs checks an output.
func outputs(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownOutputValue(name, want)
}

// The small functions, in locals and outputs.
func TestAccFunctions_values(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.Alias = "example-corp"
		a.Preference.LoginNetworkMasks = "203.0.113.0/24"
	})
	scenario(t, srv, resource.TestStep{
		Config: `
data "ram_account_alias" "this" {}
data "ram_security_preference" "this" {}
data "ram_caller_identity" "this" {}
locals {
  arn = provider::ram::parse_arn(data.ram_caller_identity.this.arn)
}
output "principal" { value = provider::ram::principal_name("alice", data.ram_account_alias.this.default_domain) }
output "same_url" { value = provider::ram::login_url(data.ram_account_alias.this.account_alias) == data.ram_account_alias.this.login_url }
output "in" { value = provider::ram::allows(data.ram_security_preference.this.login_network_masks, "203.0.113.7") }
output "out" { value = provider::ram::allows(["203.0.113.0/24", "2001:db8::/32"], "198.51.100.1") }
output "all" { value = provider::ram::allows([], "198.51.100.1") }
output "same_account" { value = local.arn.account_id == data.ram_caller_identity.this.account_id }
output "type" { value = local.arn.resource_type }
output "code" { value = provider::ram::totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "2005-03-18T01:58:29Z") }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			outputs("principal", knownvalue.StringExact("alice@example-corp.onaliyun.com")),
			outputs("same_url", knownvalue.Bool(true)),
			outputs("in", knownvalue.Bool(true)),
			outputs("out", knownvalue.Bool(false)),
			outputs("all", knownvalue.Bool(true)),
			outputs("same_account", knownvalue.Bool(true)),
			outputs("type", knownvalue.StringExact("user")),
			outputs("code", knownvalue.StringExact("081804")),
		},
	})
}

// followed is an account that follows a baseline, and what is left to say about it:
// by its own resources, and by the data sources that read it afterwards.
const followed = `
locals {
  b = provider::ram::baseline("cis-2.0.0")
}
resource "ram_security_preference" "this" {
  mfa_operation_for_login = local.b.security_preference.mfa_operation_for_login
  max_idle_days_for_users = local.b.security_preference.max_idle_days_for_users
  login_network_masks     = local.b.security_preference.login_network_masks
  login_session_duration  = local.b.security_preference.login_session_duration
}
resource "ram_password_policy" "this" {
  minimum_password_length      = local.b.password_policy.minimum_password_length
  require_lowercase_characters = local.b.password_policy.require_lowercase_characters
  require_uppercase_characters = local.b.password_policy.require_uppercase_characters
  require_numbers              = local.b.password_policy.require_numbers
  require_symbols              = local.b.password_policy.require_symbols
  max_password_age             = local.b.password_policy.max_password_age
  password_reuse_prevention    = local.b.password_policy.password_reuse_prevention
  max_login_attempts           = local.b.password_policy.max_login_attempts
}
data "ram_password_policy" "this" {
  depends_on = [ram_password_policy.this]
}
output "by_resources" {
  value = [for c in provider::ram::evaluate({
    security_preference = ram_security_preference.this
    password_policy     = ram_password_policy.this
  }, "cis-2.0.0") : c if c.status == "failed"]
}
output "by_data_source" {
  value = [for c in provider::ram::evaluate({ password_policy = data.ram_password_policy.this, security_preference = null }, "cis-1.0.0") : c if c.status != "passed" && c.attribute != ""]
}
check "baseline" {
  assert {
    condition     = length([for c in provider::ram::evaluate({ password_policy = ram_password_policy.this }, "cis-2.0.0") : c if c.status == "not_evaluated"]) == 8
    error_message = "not so"
  }
}
`

// A configuration with the values of a baseline is applied, and the account passes. Unknown values in the plan make
// the verdicts unknown.
func TestAccFunctions_baselineToVerdicts(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Preference.LoginSessionDuration = 7 })
	left := func(id, wanted, found, status string) knownvalue.Check {
		return knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"id": knownvalue.StringExact(id), "wanted": knownvalue.StringExact(wanted), "found": knownvalue.StringExact(found), "status": knownvalue.StringExact(status),
		})
	}
	scenario(t, srv, resource.TestStep{
		Config: followed,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("by_resources"), plancheck.ExpectUnknownOutputValue("by_data_source"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			outputs("by_resources", knownvalue.ListExact([]knownvalue.Check{})),
			outputs("by_data_source", knownvalue.ListExact([]knownvalue.Check{
				left("1.4", `[]`, "null", notEvaluated),
				left("1.5", `[]`, "null", notEvaluated),
				left("1.13", `{"minimum":1,"maximum":90}`, "365", failed),
			})),
		},
	})
	expect(t, "what the baseline has no opinion on", account(srv).Preference.LoginSessionDuration, 7)
}

// The report of an auditor: totals first, then who fails and what was not evaluated; the
// root account and additional keys are in it.
func TestAccReport_readable(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Keys = append(a.Keys, &ramtest.AccessKey{ID: "LTAIroot", Secret: "s", Status: "Active", CreateDate: now})
		a.Users["alice"] = &ramtest.User{ID: aliceID, Name: "alice", CreateDate: now.AddDate(-2, 0, 0), LoginProfile: &ramtest.LoginProfile{Status: "Active", CreateDate: now.AddDate(-2, 0, 0)}, Policies: []string{"Custom/all"}}
		a.Policies = map[string]*ramtest.Policy{"all": {Name: "all", DefaultVersion: "v1", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: everything}}}}
	})
	c := newCLI(t, srv.Getenv, "")
	directory := filepath.Join(c.Directory, "report")
	must(t, os.CopyFS(directory, os.DirFS(filepath.Join(examples, "report"))))
	c.Directory = directory
	out := c.run(0, "apply", "-auto-approve")
	contains(t, out,
		"cis-2.0.0: 3 of 16 controls passed, 13 failed, 0 not evaluated.", "  1.2 The root account has no AccessKey pair: access_key_1", "  1.3 The root account has MFA: <root>", "  1.4 Each user with a console password has MFA: alice@",
		"  1.5 Users that did not log on for 90 days cannot log on to the console: alice@", "  1.11 Passwords have 14 characters or more: wanted {",
		"  1.15 No custom policy that allows everything is attached: all", "  1.16 Policies are attached to groups and roles only: alice",
		"  <root>: password, no MFA, 1 active of 1 AccessKey pairs", ": password, no MFA, 0 active of 0 AccessKey pairs",
	)
	lacks(t, out, "tolist", "wanted\"", "Not evaluated:")
}

func TestAccFunctions_errors(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	step := func(expression string, says string) resource.TestStep {
		return resource.TestStep{
			Config:      `output "x" { value = provider::ram::` + expression + ` }`,
			ExpectError: regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(says), " ", `[\s│]+`)), PlanOnly: true,
		}
	}
	scenario(t, srv,
		step(`baseline("cis-9")`, `There is no baseline "cis-9"; there are cis-1.0.0, cis-2.0.0, alibaba-2026, mlps-2.0-level-3, nist-800-63b-4.`),
		step(`evaluate({ password_policy = { require_symbols = 1 } }, "cis-1.0.0")`, `Settings.password_policy.require_symbols is a number, not true or false.`),
		step(`evaluate(null, "cis-1.0.0")`, `argument must not be null`),
		step(`allows(["10.1.2.3/33"], "10.0.0.1")`, `is neither an IP address nor a CIDR block`),
		step(`parse_arn("arn:aws:iam::1:root")`, `begins with "acs:"`),
		step(`totp("not base 32!", "2026-11-23T08:00:00Z")`, `The seed is not Base32.`),
	)
}

// A sensitive seed is not in the output or the log of a run, also if the arguments of totp are in the wrong order.
func TestAccTOTP_sensitiveSeedIsNotPrinted(t *testing.T) {
	t.Parallel()
	const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for arguments, code := range map[string]int{
		`var.seed, "2005-03-18T01:58:29Z"`: 0, `"2005-03-18T01:58:29Z", var.seed`: 1, `"${var.seed}0189", "2005-03-18T01:58:29Z"`: 1, `var.seed, var.seed`: 1,
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCLI(t, srv.Getenv, `
				variable "seed" {
					type      = string
					sensitive = true
				}
				output "code" {
					sensitive = true
					value     = provider::ram::totp(`+arguments+`)
				}`).trace()
			c.Environment = append(c.Environment, "TF_VAR_seed="+seed)
			printed := c.run(code, "apply", "-auto-approve")
			if code == 0 {
				expect(t, "code", strings.TrimSpace(c.run(0, "output", "-raw", "code")), "081804")
			} else {
				contains(t, printed, "totp")
			}
			c.scan(srv, printed, seed, nil)
		})
	}
}

// The code of an ephemeral seed is ephemeral: it may be a password, and no output.
func TestAccFunctions_ephemeral(t *testing.T) {
	t.Parallel()
	const seed = `
variable "seed" {
  type      = string
  ephemeral = true
  default   = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
}
locals {
  code = provider::ram::totp(var.seed, "2005-03-18T01:58:29Z")
}
`
	srv := ramtest.New(t)
	set := ""
	scenario(t, srv,
		resource.TestStep{Config: seed + `output "x" { value = local.code }`, ExpectError: regexp.MustCompile(`(?i)ephemeral`)},
		resource.TestStep{
			Config: seed + `
resource "ram_user" "alice" {
  name = "alice"
}
resource "ram_login_profile" "alice" {
  user_name           = ram_user.alice.name
  password_wo         = "Made-of-${local.code}"
  password_wo_version = 1
}`,
			Check: func(*terraform.State) error {
				set = account(srv).Users["alice"].LoginProfile.Password
				return nil
			},
		},
	)
	expect(t, "the password", set, "Made-of-081804")
}
