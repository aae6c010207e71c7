// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

const (
	preference = "ram_security_preference"
	policy     = "ram_password_policy"
	alias      = "ram_account_alias"
)

// old is an account whose owners once chose masks and long sessions in the console.
func old(t *testing.T, behave ...func(*ramtest.Behaviour)) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t)
	for _, b := range behave {
		srv.SetBehaviour(b)
	}
	srv.Change(func(a *ramtest.Account) {
		a.Preference.LoginNetworkMasks = "203.0.113.0/24;198.51.100.7"
		a.Preference.LoginSessionDuration = 24
		a.Preference.VerificationTypes = []string{"sms"}
		a.Policy.MinimumPasswordLength = 10
		a.Policy.RequireNumbers = true
		a.Policy.PasswordReusePrevention = 3
		a.AccessKeyPolicy = oldKeyPolicy
		a.UserSso.AuxiliaryDomain, a.UserSso.MetadataDocument, a.UserSso.LoginWithDomain = "old.example.com", idpMetadata, false
	})
	return srv
}

// models are the two ways in which the service may understand a request that leaves fields out.
var models = map[string]func(*ramtest.Behaviour){
	"omitted is reset": func(*ramtest.Behaviour) {},
	"omitted is kept": func(b *ramtest.Behaviour) {
		b.KeepOmittedPreferences, b.KeepOmittedPolicies, b.KeepOmittedSsoSettings = true, true, true
	},
}

// clean fails the test if there is an error among the diagnostics.
func clean(t *testing.T, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	if len(acctest.Errors(diags)) > 0 {
		t.Fatal(acctest.Messages(acctest.Errors(diags)))
	}
}

func TestSetting_unmanagedValuesAreNeverChanged(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, onDestroy := range []string{setting.Retain, setting.Restore} {
				srv := old(t, model)
				c := newCore(t, srv.Getenv, fakeClock())
				o, diags := c.Create(preference, attributes{"enable_save_mfa_ticket": true, "on_destroy": onDestroy})
				clean(t, diags)
				o, diags = c.Apply(preference, attributes{"enable_save_mfa_ticket": false, "on_destroy": onDestroy}, o)
				clean(t, diags)
				_, diags = c.Destroy(preference, o)
				clean(t, diags)
				expectUnchanged(t, srv, "LoginNetworkMasks", "LoginSessionDuration", "VerificationTypes", "MaxIdleDaysForUsers", "MFAOperationForLogin")
				expect(t, "masks", account(srv).Preference.LoginNetworkMasks, "203.0.113.0/24;198.51.100.7")
				expect(t, "hours", account(srv).Preference.LoginSessionDuration, 24)
			}
		})
	}
}

func TestSetting_zeroValuesAreSent(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, fakeClock())
			_, diags := c.Create(policy, attributes{"require_numbers": false, "password_reuse_prevention": 0, "initial_password_age": 0})
			clean(t, diags)
			_, diags = c.Create(preference, attributes{"login_network_masks": []string{}, "verification_types": []string{}, "allow_user_to_login_with_passkey": false})
			clean(t, diags)
			a := account(srv)
			expect(t, "digits", a.Policy.RequireNumbers, false)
			expect(t, "reuse", a.Policy.PasswordReusePrevention, 0)
			expect(t, "initial age", a.Policy.InitialPasswordAge, 0)
			expect(t, "length", a.Policy.MinimumPasswordLength, 10)
			expect(t, "masks", a.Preference.LoginNetworkMasks, "")
			expect(t, "verification", len(a.Preference.VerificationTypes), 0)
			expect(t, "passkey", a.Preference.AllowUserToLoginWithPasskey, false)
			expect(t, "hours", a.Preference.LoginSessionDuration, 24)
		})
	}
}

func TestSetting_adoptionListsTheChanges(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	plan, diags := c.Plan(preference, attributes{"login_session_duration": 8, "login_network_masks": []string{"203.0.113.0/24", "198.51.100.7/32", "192.0.2.0/24"}}, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Adopting the security preference changes the account", "login_session_duration: 24 → 8\n",
		`login_network_masks: ["198.51.100.7","203.0.113.0/24"] → ["192.0.2.0/24","198.51.100.7/32","203.0.113.0/24"] (weaker)`)
	expect(t, "the account of the plan", in(t, c.Planned(preference, plan), "account_id"), "1234567890123456")
	expect(t, "an unmanaged value in the plan", in(t, c.Planned(preference, plan), "verification_types"), acctest.Unknown{})
	expect(t, "reads", len(srv.Calls("GetSecurityPreference")), 1)
	expect(t, "writes", len(writes(srv)), 0)

	_, diags = c.Plan(preference, attributes{"login_session_duration": 24, "login_network_masks": []string{"198.51.100.7/32", "203.0.113.0/24"}}, c.Null(preference))
	if strings.Contains(acctest.Messages(diags), "Adopting") {
		t.Errorf("nothing changes, but:\n%s", acctest.Messages(diags))
	}
}

func TestSetting_adoptionOfEqualValuesWritesNothing(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"login_session_duration": 24, "login_network_masks": []string{"203.0.113.0/24", "198.51.100.7/32"}})
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "the spelling of the configuration", in(t, o.State, "login_network_masks"), []string{"198.51.100.7/32", "203.0.113.0/24"})
}

func TestSetting_readAfterReadChangesNothing(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for kind, config := range map[string]attributes{
		preference: {"login_network_masks": []string{"198.51.100.7/32"}, "timeouts": attributes{"read": "1m"}},
		policy:     {"max_login_attempts": 5},
		alias:      {"account_alias": "acme"},
	} {
		o, diags := c.Create(kind, config)
		clean(t, diags)
		again, diags := c.Read(kind, o)
		clean(t, diags)
		if !o.State.Equal(again.State) || !bytes.Equal(o.Private, again.Private) || fmt.Sprint(o.Identity) != fmt.Sprint(again.Identity) && !bytes.Equal(o.Identity.IdentityData.MsgPack, again.Identity.IdentityData.MsgPack) {
			t.Errorf("%s: a refresh changed %v to %v, %s to %s", kind, o.State, again.State, o.Private, again.Private)
		}
		plan, diags := c.Plan(kind, config, again)
		clean(t, diags)
		if planned := c.Planned(kind, plan); !planned.Equal(o.State) {
			t.Errorf("%s: the next plan is not empty: %v", kind, planned)
		}
	}
}

func TestSetting_repairsDriftOfManagedValues(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"minimum_password_length": 14}
	o, diags := c.Create(policy, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength, a.Policy.MaxPasswordAge = 9, 30 })
	o, diags = c.Read(policy, o)
	clean(t, diags)
	expect(t, "drift of a managed value", in(t, o.State, "minimum_password_length"), int64(9))
	expect(t, "drift of another", in(t, o.State, "max_password_age"), int64(30))
	o, diags = c.Apply(policy, config, o)
	clean(t, diags)
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
	expect(t, "age", account(srv).Policy.MaxPasswordAge, 30)
	expect(t, "age in the state", in(t, o.State, "max_password_age"), int64(30))
}

// An administrator changes an unmanaged value after the plan.
func TestSetting_changeAfterThePlanIsKept(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(policy, attributes{"minimum_password_length": 12})
			clean(t, diags)
			config := attributes{"minimum_password_length": 14}
			plan, diags := c.Plan(policy, config, o)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) { a.Policy.MaxPasswordAge = 77 })
			after, diags := c.ApplyPlan(policy, config, o, plan)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "The password policy changed since the plan", "max_password_age changed from 0 to 77")
			expect(t, "age in the account", account(srv).Policy.MaxPasswordAge, 77)
			expect(t, "age in the state", in(t, after.State, "max_password_age"), int64(0))
			after, _ = c.Read(policy, after)
			expect(t, "age after a refresh", in(t, after.State, "max_password_age"), int64(77))
		})
	}
}

// A write does not start from the cached read of the plan, even if this run has not written yet.
func TestSetting_changeBeforeTheFirstWriteIsKept(t *testing.T) {
	t.Parallel()
	srv := old(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Import(policy, "current")
	clean(t, diags)
	c, config := newCore(t, srv.Getenv, fakeClock()), attributes{"minimum_password_length": 14}
	o, diags = c.Read(policy, o)
	clean(t, diags)
	plan, diags := c.Plan(policy, config, o)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Policy.MaxPasswordAge = 77 })
	_, diags = c.ApplyPlan(policy, config, o, plan)
	clean(t, acctest.Errors(diags))
	expect(t, "age in the account", account(srv).Policy.MaxPasswordAge, 77)
	expect(t, "length in the account", account(srv).Policy.MinimumPasswordLength, 14)
}

// SING-05: two resources that were imported from one setting are written at the same time. Each read and its write
// are one step, so neither undoes the other.
func TestSetting_concurrentWritesLoseNothing(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, fakeClock())
			// As long as one write is under way, the other has time to read.
			srv.Inject(ramtest.Rule{Action: "SetPasswordPolicy", Fault: "delay", Delay: 50 * time.Millisecond})
			var wait sync.WaitGroup
			for _, config := range []attributes{{"minimum_password_length": 14}, {"max_login_attempts": 5}} {
				o, diags := c.Import(policy, "current")
				clean(t, diags)
				plan, diags := c.Plan(policy, config, o)
				clean(t, acctest.Errors(diags))
				wait.Go(func() {
					_, diags := c.ApplyPlan(policy, config, o, plan)
					if wrong := acctest.Errors(diags); len(wrong) > 0 {
						t.Error(acctest.Messages(wrong))
					}
				})
			}
			wait.Wait()
			expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
			expect(t, "attempts", account(srv).Policy.MaxLoginAttempts, 5)
		})
	}
}

func TestSetting_removedAttributeIsNoLongerManaged(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "max_login_attempts": 5})
	clean(t, diags)
	plan, diags := c.Plan(policy, attributes{"minimum_password_length": 14}, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Attributes of the password policy are no longer managed", "max_login_attempts stays 5")
	if !c.Planned(policy, plan).Equal(o.State) {
		t.Error("removing a line changes something")
	}
	o, diags = c.Apply(policy, attributes{"minimum_password_length": 15}, o)
	clean(t, diags)
	expect(t, "attempts", account(srv).Policy.MaxLoginAttempts, 5)
	if _, diags = c.Plan(policy, attributes{"minimum_password_length": 15}, o); len(diags) > 0 {
		t.Errorf("the note does not end:\n%s", acctest.Messages(diags))
	}
}

func TestSetting_argumentsOfTheProviderWriteNothing(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"login_session_duration": 8})
	clean(t, diags)
	srv.ForgetCalls()
	_, diags = c.Apply(preference, attributes{
		"login_session_duration": 8, "on_destroy": setting.Restore, "allow_lock_out": true, "must_allow": []string{"203.0.113.9"}, "timeouts": attributes{"update": "1m"},
	}, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestSetting_warnsOfWeakerValues(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.Preference = ramtest.Preference{
			LoginNetworkMasks: "192.0.2.0/24", LoginSessionDuration: 4, MFAOperationForLogin: "mandatory", MaxIdleDaysForUsers: 90, MaxIdleDaysForAccessKeys: 90,
			AllowUserToChangePassword: true, AllowUserToManageMFADevices: true,
		}
		a.Policy = ramtest.PasswordPolicy{
			MinimumPasswordLength: 20, RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, RequireSymbols: true,
			MinimumPasswordDifferentCharacter: 4, PasswordNotContainUserName: true, MaxPasswordAge: 90, PasswordReusePrevention: 5, MaxLoginAttempts: 5,
			InitialPasswordAge: 3, InterceptRiskPasswordOnAPI: true, HardExpiry: true,
		}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	held := map[string]acctest.Object{}
	for _, kind := range []string{preference, policy} {
		o, diags := c.Import(kind, "current")
		clean(t, diags)
		held[kind] = o
	}
	for _, weak := range []struct {
		kind, attribute string
		value           any
	}{
		{preference, "login_network_masks", []string{}},
		{preference, "login_network_masks", []string{"192.0.2.0/23"}},
		{preference, "login_network_masks", []string{"192.0.2.0/24", "198.51.100.1"}},
		{preference, "login_session_duration", 5},
		{preference, "mfa_operation_for_login", "adaptive"},
		{preference, "mfa_operation_for_login", "independent"},
		{preference, "max_idle_days_for_users", 180},
		{preference, "max_idle_days_for_access_keys", 730},
		{preference, "allow_user_to_manage_access_keys", true},
		{preference, "allow_user_to_manage_service_credentials", true},
		{preference, "enable_save_mfa_ticket", true},
		{policy, "minimum_password_length", 19},
		{policy, "require_lowercase_characters", false},
		{policy, "require_uppercase_characters", false},
		{policy, "require_numbers", false},
		{policy, "require_symbols", false},
		{policy, "minimum_password_different_character", 3},
		{policy, "password_not_contain_user_name", false},
		{policy, "max_password_age", 0},
		{policy, "max_password_age", 91},
		{policy, "hard_expiry", false},
		{policy, "password_reuse_prevention", 4},
		{policy, "max_login_attempts", 0},
		{policy, "max_login_attempts", 6},
		{policy, "initial_password_age", 0},
		{policy, "initial_password_age", 4},
		{policy, "intercept_risk_password_on_api", false},
	} {
		_, diags := c.Plan(weak.kind, attributes{weak.attribute: weak.value}, held[weak.kind])
		clean(t, diags)
		contains(t, acctest.Messages(diags), "gets weaker", weak.attribute+": ", setting.WeakerMark)
	}
	for _, strong := range []struct {
		kind, attribute string
		value           any
	}{
		{preference, "login_network_masks", []string{"192.0.2.0/25"}},
		{preference, "login_network_masks", []string{"192.0.2.0/25", "192.0.2.128/25"}},
		{preference, "login_session_duration", 3},
		{policy, "minimum_password_length", 21},
		{policy, "max_password_age", 30},
		{policy, "max_login_attempts", 4},
		{policy, "password_reuse_prevention", 24},
	} {
		_, diags := c.Plan(strong.kind, attributes{strong.attribute: strong.value}, held[strong.kind])
		clean(t, diags)
		if strings.Contains(acctest.Messages(diags), setting.WeakerMark) {
			t.Errorf("%s = %v is no weaker, but:\n%s", strong.attribute, strong.value, acctest.Messages(diags))
		}
	}
}
