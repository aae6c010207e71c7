// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const defaultAccount = "1234567890123456"

// planned checks what a step plans for the one resource of a test.
func planned(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// known checks an attribute in the state.
func known(address, attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), want)
}

func TestAccSecurityPreference_lifecycle(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			const address = "ram_security_preference.this"
			scenario(t, srv,
				resource.TestStep{
					Config: `resource "ram_security_preference" "this" { enable_save_mfa_ticket = true }`,
					ConfigStateChecks: []statecheck.StateCheck{
						known(address, "account_id", knownvalue.StringExact(defaultAccount)),
						known(address, "enable_save_mfa_ticket", knownvalue.Bool(true)),
						known(address, "login_session_duration", knownvalue.Int64Exact(24)),
						known(address, "login_network_masks", knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("198.51.100.7"), knownvalue.StringExact("203.0.113.0/24")})),
						known(address, "allow_user_long_term_login", knownvalue.Null()),
					},
				},
				resource.TestStep{ // another user changes both what is managed and what is not
					PreConfig: func() {
						srv.Change(func(a *ramtest.Account) {
							a.Preference.EnableSaveMFATicket, a.Preference.VerificationTypes = false, []string{"email"}
						})
					},
					Config:           `resource "ram_security_preference" "this" { enable_save_mfa_ticket = true }`,
					ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{
						known(address, "verification_types", knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("email")})),
					},
				},
				resource.TestStep{ // another spelling of what is there is no change
					Config: `resource "ram_security_preference" "this" {
						enable_save_mfa_ticket = true
						login_network_masks    = ["203.0.113.0/24", "198.51.100.7/32"]
					}`,
					ConfigPlanChecks: planned(address, plancheck.ResourceActionNoop),
				},
				resource.TestStep{
					Config: `resource "ram_security_preference" "this" {
						enable_save_mfa_ticket = false
						login_network_masks    = []
						verification_types     = []
						login_session_duration = 24
					}`,
					ConfigStateChecks: []statecheck.StateCheck{
						known(address, "login_network_masks", knownvalue.SetSizeExact(0)),
						known(address, "verification_types", knownvalue.SetSizeExact(0)),
					},
				},
			)
			a := account(srv)
			expect(t, "masks", a.Preference.LoginNetworkMasks, "")
			expect(t, "hours", a.Preference.LoginSessionDuration, 24)
			expectUnchanged(t, srv, "LoginSessionDuration", "MaxIdleDaysForUsers", "MFAOperationForLogin", "AllowUserToChangePassword")
			expect(t, "violations", len(srv.Violations()), 0)
		})
	}
}

func TestAccPasswordPolicy_lifecycle(t *testing.T) {
	t.Parallel()
	srv := old(t)
	const address = "ram_password_policy.this"
	scenario(t, srv,
		resource.TestStep{
			Config: `resource "ram_password_policy" "this" {
				minimum_password_length = 14
				max_login_attempts      = 5
				on_destroy              = "restore"
			}`,
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "minimum_password_length", knownvalue.Int64Exact(14)),
				known(address, "require_numbers", knownvalue.Bool(true)),
			},
		},
		resource.TestStep{ // removing a line changes nothing
			Config: `resource "ram_password_policy" "this" {
				minimum_password_length = 14
				on_destroy              = "restore"
			}`,
			ConfigPlanChecks: planned(address, plancheck.ResourceActionNoop),
		},
	)
	a := account(srv)
	expect(t, "length is restored", a.Policy.MinimumPasswordLength, 10)
	expect(t, "attempts are restored", a.Policy.MaxLoginAttempts, 0)
	expect(t, "calls that write", strings.Join(writes(srv), " "), "SetPasswordPolicy SetPasswordPolicy")
	expectUnchanged(t, srv, "RequireNumbers", "PasswordReusePrevention")
}

func TestAccAccountAccessKeyPolicy_lifecycle(t *testing.T) {
	t.Parallel()
	srv := old(t)
	const address = "ram_account_access_key_policy.this"
	config := func(public string) string {
		return `resource "ram_account_access_key_policy" "this" {
			status             = "Active"
			classic_allow_list = ` + public + `
			must_allow         = ["203.0.113.9"]
			on_destroy         = "restore"
		}`
	}
	scenario(t, srv,
		resource.TestStep{Config: config(`["192.0.2.0/24"]`), ExpectError: regexp.MustCompile(`(?s)excludes addresses that must be allowed.*203\.0\.113\.9`)},
		resource.TestStep{
			Config: config(`["203.0.113.0/24", "2001:DB8::/32"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "vpc_allow_list", knownvalue.MapExact(map[string]knownvalue.Check{"vpc-old": knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("10.0.0.0/8")})})),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				srv.Change(func(a *ramtest.Account) {
					a.AccessKeyPolicy = strings.Replace(a.AccessKeyPolicy, "203.0.113.0/24", "0.0.0.0/0", 1)
				})
			},
			Config:           config(`["2001:db8::/32", "203.0.113.0/24"]`),
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
		},
	)
	expect(t, "restored", strings.Contains(account(srv).AccessKeyPolicy, `"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.7","203.0.113.0/24"]}`), true)
}

func TestAccUserSsoSettings_lifecycle(t *testing.T) {
	t.Parallel()
	srv := old(t, models["omitted is reset"])
	const address = "ram_user_sso_settings.this"
	scenario(t, srv,
		resource.TestStep{
			Config:            `resource "ram_user_sso_settings" "this" { sso_enabled = true }`,
			ConfigStateChecks: []statecheck.StateCheck{known(address, "metadata_document", knownvalue.StringExact(idpMetadata))},
		},
		resource.TestStep{
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { a.UserSso.Enabled = false }) },
			Config:           `resource "ram_user_sso_settings" "this" { sso_enabled = true }`,
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
		},
	)
	expect(t, "account", account(srv).UserSso.Enabled, true)
	expectUnchanged(t, srv, "MetadataDocument", "AuxiliaryDomain", "LoginWithDomain", "AuthnSignAlgo")
}

func TestAccAccountAlias_lifecycle(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	const address = "ram_account_alias.this"
	scenario(t, srv,
		resource.TestStep{
			Config: `resource "ram_account_alias" "this" { account_alias = "acme" }`,
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "default_domain", knownvalue.StringExact("acme.onaliyun.com")),
			},
		},
		resource.TestStep{
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { a.Alias = "" }) },
			Config:           `resource "ram_account_alias" "this" { account_alias = "acme" }`,
			ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			Config: `resource "ram_account_alias" "this" { account_alias = "acme-two" }`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("default_domain")),
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				known(address, "login_url", knownvalue.StringExact("https://signin.alibabacloud.com/acme-two.onaliyun.com/login.htm")),
			},
		},
	)
	expect(t, "alias after a destroy that retains", account(srv).Alias, "acme-two")
}

// whole is a configuration of each setting, with the address it has there.
var whole = map[string]string{
	"ram_security_preference.this": `resource "ram_security_preference" "this" {
		login_session_duration = 8
		login_network_masks    = ["203.0.113.0/24"]
	}`,
	"ram_password_policy.this": `resource "ram_password_policy" "this" { minimum_password_length = 14 }`,
	"ram_account_alias.this":   `resource "ram_account_alias" "this" { account_alias = "acme" }`,
	"ram_account_access_key_policy.this": `resource "ram_account_access_key_policy" "this" {
		classic_allow_list = ["203.0.113.0/24"]
		vpc_allow_list     = { AllowAllVPC = ["0.0.0.0/0", "::/0"] }
	}`,
	"ram_user_sso_settings.this": `resource "ram_user_sso_settings" "this" { authn_sign_algo = "rsa-sha256" }`,
}

func TestAccSetting_importById(t *testing.T) {
	t.Parallel()
	for address, config := range whole {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			scenario(t, old(t),
				resource.TestStep{Config: config},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: defaultAccount,
					ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "account_id",
				},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: "current",
					ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "account_id",
				},
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: defaultAccount, ImportStateKind: resource.ImportBlockWithID},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateId: "9999999999999999",
					ExpectError: regexp.MustCompile(`Cannot import the`),
				},
			)
		})
	}
}

func TestAccSetting_importByIdentity(t *testing.T) {
	t.Parallel()
	for address, config := range whole {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			srv := old(t)
			acceptance(t, srv, resource.TestCase{
				TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
				Steps: []resource.TestStep{
					{
						Config: config,
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"account_id": knownvalue.StringExact(defaultAccount)}),
							statecheck.ExpectIdentityValueMatchesState(address, tfjsonpath.New("account_id")),
						},
					},
					{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
				},
			})
		})
	}
}

func TestAccSetting_list(t *testing.T) {
	t.Parallel()
	srv := old(t)
	acceptance(t, srv, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: `provider "ram" {}`},
			{
				Query:  true,
				Config: "list \"ram_security_preference\" \"all\" {\n  provider = ram\n  include_resource = true\n}",
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("ram_security_preference.all", 1),
					querycheck.ExpectResourceKnownValues("ram_security_preference.all",
						queryfilter.ByResourceIdentity(map[string]knownvalue.Check{"account_id": knownvalue.StringExact(defaultAccount)}),
						[]querycheck.KnownValueCheck{{Path: tfjsonpath.New("login_session_duration"), KnownValue: knownvalue.Int64Exact(24)}}),
				},
			},
		},
	})
}

// Values that depend on other resources are unknown in the plan.
func TestAccSetting_unknownValuesInThePlan(t *testing.T) {
	t.Parallel()
	srv := old(t)
	scenario(t, srv, resource.TestStep{
		Config: `
			resource "terraform_data" "hours" { input = 12 }
			resource "terraform_data" "masks" { input = ["192.0.2.0/24"] }
			resource "ram_security_preference" "this" {
				login_session_duration = terraform_data.hours.output
				login_network_masks    = terraform_data.masks.output
			}`,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownValue("ram_security_preference.this", tfjsonpath.New("login_session_duration")),
		}},
		ConfigStateChecks: []statecheck.StateCheck{known("ram_security_preference.this", "login_session_duration", knownvalue.Int64Exact(12))},
	})
	expect(t, "masks", account(srv).Preference.LoginNetworkMasks, "192.0.2.0/24")
	expectUnchanged(t, srv, "VerificationTypes")
}

func TestAccSetting_timeout(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Inject(ramtest.Rule{Action: "SetPasswordPolicy", Fault: "stall"})
	scenario(t, srv, resource.TestStep{
		Config: `resource "ram_password_policy" "this" {
			minimum_password_length = 14
			timeouts                = { create = "1s" }
		}`,
		ExpectError: regexp.MustCompile(`(?s)Cannot create the password policy.*timeout of\s+the\s+operation`),
	})
}

func TestAccDataSources(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Change(func(a *ramtest.Account) { a.Alias = "acme" })
	scenario(t, srv, resource.TestStep{
		Config: `
			data "ram_caller_identity" "this" {}
			data "ram_account_summary" "this" {}
			data "ram_security_preference" "this" {}
			data "ram_password_policy" "this" {}
			data "ram_account_alias" "this" {}`,
		ConfigStateChecks: []statecheck.StateCheck{
			known("data.ram_caller_identity.this", "account_id", knownvalue.StringExact(defaultAccount)),
			known("data.ram_caller_identity.this", "arn", knownvalue.StringExact("acs:ram::"+defaultAccount+":user/admin")),
			known("data.ram_caller_identity.this", "identity_type", knownvalue.StringExact("RAMUser")),
			known("data.ram_caller_identity.this", "role_id", knownvalue.Null()),
			known("data.ram_account_summary.this", "users", knownvalue.Int64Exact(1)),
			known("data.ram_account_summary.this", "access_keys_per_user_quota", knownvalue.Int64Exact(2)),
			known("data.ram_account_summary.this", "root_mfa_activated", knownvalue.Bool(false)),
			known("data.ram_security_preference.this", "login_session_duration", knownvalue.Int64Exact(24)),
			known("data.ram_password_policy.this", "password_reuse_prevention", knownvalue.Int64Exact(3)),
			known("data.ram_account_alias.this", "account_alias", knownvalue.StringExact("acme")),
			known("data.ram_account_alias.this", "default_domain", knownvalue.StringExact("acme.onaliyun.com")),
		},
	})
	expect(t, "writes", writes(srv), []string(nil))
}

// The calls for two accounts in one configuration are never mixed, however many run concurrently.
func TestAccTwoAccounts_areIndependent(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	other := srv.AddAccount("2222222222222222")
	mine := srv.Credential(defaultAccount)
	for _, id := range []string{defaultAccount, "2222222222222222"} {
		srv.ChangeAccount(id, func(a *ramtest.Account) { a.Preference.VerificationTypes = []string{"sms"} })
	}
	blocks := `
		provider "ram" {
			alias               = "one"
			access_key          = "` + mine.AccessKeyID + `"
			secret_key          = "` + mine.AccessKeySecret + `"
			allowed_account_ids = ["1234567890123456"]
		}
		provider "ram" {
			alias               = "two"
			access_key          = "` + other.AccessKeyID + `"
			secret_key          = "` + other.AccessKeySecret + `"
			allowed_account_ids = ["2222222222222222"]
		}
		resource "ram_security_preference" "one" {
			provider               = ram.one
			login_session_duration = 11
		}
		resource "ram_security_preference" "two" {
			provider               = ram.two
			login_session_duration = 22
		}
		resource "ram_password_policy" "one" {
			provider                = ram.one
			minimum_password_length = 11
		}
		resource "ram_password_policy" "two" {
			provider                = ram.two
			minimum_password_length = 22
		}
		resource "ram_account_alias" "one" {
			provider      = ram.one
			account_alias = "one-one"
		}
		resource "ram_account_alias" "two" {
			provider      = ram.two
			account_alias = "two-two"
		}`
	c := newCLI(t, srv.Getenv, blocks)
	c.run(0, "apply", "-auto-approve", "-parallelism=50")
	c.run(0, "plan", "-detailed-exitcode", "-parallelism=50")
	for id, want := range map[string]int{defaultAccount: 11, "2222222222222222": 22} {
		srv.ChangeAccount(id, func(a *ramtest.Account) {
			expect(t, id, []int{a.Preference.LoginSessionDuration, a.Policy.MinimumPasswordLength}, []int{want, want})
		})
	}
	for _, call := range srv.Calls() {
		if (call.AccessKeyID == mine.AccessKeyID) != (call.AccountID == defaultAccount) {
			t.Errorf("%s of account %s was called with the key of another", call.Action, call.AccountID)
		}
	}
}

// A configuration that the CLI writes for what it imports applies unchanged.
func TestAccSetting_generatedConfigurationAppliesUnchanged(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Change(func(a *ramtest.Account) { a.Alias = "acme" })
	c := newCLI(t, srv.Getenv, "")
	c.generate(`
		import {
			to = ram_security_preference.this
			id = "current"
		}
		import {
			to = ram_password_policy.this
			id = "1234567890123456"
		}
		import {
			to = ram_account_alias.this
			id = "current"
		}`)
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
}

// The provider's own secret is only in the environment: not in any output on success, and not if the service returns
// the string that was signed.
func TestAccProvider_doesNotPrintItsSecret(t *testing.T) {
	t.Parallel()
	srv := old(t)
	secret := srv.Credential(defaultAccount).AccessKeySecret
	c := newCLI(t, srv.Getenv, `resource "ram_password_policy" "this" { minimum_password_length = 14 }`).trace()
	printed := c.run(0, "plan", "-out=plan")
	printed += c.run(0, "show", "-json", "plan")
	srv.Inject(
		ramtest.Rule{Action: "SetPasswordPolicy", Nth: "1", Fault: "code", Status: 400, Code: "SignatureDoesNotMatch", Message: "not matched with our calculation. server string to sign is:POST&" + secret},
		ramtest.Rule{Action: "SetPasswordPolicy", Nth: "2", Fault: "html", Status: 400, Body: "<html>" + secret + "</html>"},
		ramtest.Rule{Action: "SetPasswordPolicy", Nth: "3", Fault: "code", Status: 400, Code: "Odd", Message: "you sent " + secret},
	)
	printed += c.run(1, "apply", "plan")
	printed += c.run(1, "apply", "-auto-approve")
	c.Environment = append(c.Environment, "IMS_ENDPOINT=http://127.0.0.1:1")
	printed += c.run(1, "plan")
	c.scan(srv, printed, secret, nil)
}
