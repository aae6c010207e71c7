// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

func TestDestroy_retainChangesNothing(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	srv.ForgetCalls()
	gone, diags := c.Destroy(policy, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Destroying the password policy leaves the account as it is", "minimum_password_length = 14")
	if strings.Contains(acctest.Messages(diags), "require_numbers") {
		t.Error("a value that was never managed is said to stay")
	}
	expect(t, "state", gone.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
}

func TestDestroy_restoreWritesTheCapturedValues(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Restore})
			clean(t, diags)
			o, diags = c.Apply(policy, attributes{"minimum_password_length": 16, "password_reuse_prevention": 5, "on_destroy": setting.Restore}, o)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 4 }) // another user's
			_, diags = c.PlanDestroy(policy, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "minimum_password_length: 16 → 10 (weaker)", "password_reuse_prevention: 5 → 3 (weaker)")
			_, diags = c.Destroy(policy, o)
			clean(t, diags)
			a := account(srv)
			expect(t, "length", a.Policy.MinimumPasswordLength, 10)
			expect(t, "reuse", a.Policy.PasswordReusePrevention, 3)
			expect(t, "attempts", a.Policy.MaxLoginAttempts, 4)
			expect(t, "numbers", a.Policy.RequireNumbers, true)
		})
	}
}

func TestDestroy_resetWritesTheValuesOfANewAccount(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	fresh := ramtest.NewAccount("")
	for kind, config := range map[string]attributes{
		preference: {"login_session_duration": 8, "on_destroy": setting.Reset, "reset_may_weaken": []string{"login_network_masks"}},
		policy:     {"minimum_password_length": 14, "on_destroy": setting.Reset, "reset_may_weaken": []string{"minimum_password_length", "require_numbers", "password_reuse_prevention"}},
		alias:      {"account_alias": "acme", "on_destroy": setting.Reset},
	} {
		o, diags := c.Create(kind, config)
		clean(t, diags)
		_, diags = c.Destroy(kind, o)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "changes the account")
	}
	a := account(srv)
	fresh.Preference.AllowUserLongTermLogin = a.Preference.AllowUserLongTermLogin
	expect(t, "preference", a.Preference, fresh.Preference)
	expect(t, "policy", a.Policy, fresh.Policy)
	expect(t, "alias", a.Alias, "")
}

// A reset makes no value weaker than it was before the provider managed it.
func TestDestroy_resetDoesNotWeakenUnmanagedValues(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Change(func(a *ramtest.Account) {
		a.Policy.RequireLowercaseCharacters, a.Preference.MaxIdleDaysForUsers, a.Preference.MFAOperationForLogin = true, 365, access.Mandatory
	})
	c := newCore(t, srv.Getenv, fakeClock())
	for kind, config := range map[string]attributes{
		preference: {"login_session_duration": 8, "max_idle_days_for_users": 90, "on_destroy": setting.Reset},
		policy:     {"minimum_password_length": 14, "on_destroy": setting.Reset},
	} {
		o, diags := c.Create(kind, config)
		clean(t, diags)
		_, diags = c.Destroy(kind, o)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "reset_may_weaken can name them")
	}
	a := account(srv)
	expect(t, "length as found", a.Policy.MinimumPasswordLength, 10)
	expect(t, "letters", a.Policy.RequireLowercaseCharacters, true)
	expect(t, "second factor", a.Preference.MFAOperationForLogin, access.Mandatory)
	expect(t, "idle days as found", a.Preference.MaxIdleDaysForUsers, 365)
	expect(t, "masks", a.Preference.LoginNetworkMasks, "203.0.113.0/24;198.51.100.7")
	expect(t, "session of a new account", a.Preference.LoginSessionDuration, 6)
}

func TestDestroy_restoreKeepsUnmanagedValues(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "max_login_attempts": 5, "on_destroy": setting.Restore})
	clean(t, diags)
	o, diags = c.Apply(policy, attributes{"minimum_password_length": 15, "on_destroy": setting.Restore}, o)
	clean(t, diags)
	_, diags = c.Destroy(policy, o)
	clean(t, diags)
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 10)
	expect(t, "attempts", account(srv).Policy.MaxLoginAttempts, 5)
}

// A saved plan of a destroy lists what it makes weaker, so nothing else is made weaker.
func TestDestroy_ofASavedPlanIsCheckedAgain(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{setting.Restore, setting.Reset} {
		srv := old(t)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "on_destroy": onDestroy})
		clean(t, diags)
		plan, diags := c.PlanDestroy(policy, o)
		clean(t, diags)
		srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 20 })
		_, diags = c.ApplyPlan(policy, nil, o, plan)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot destroy the password policy", "from 14 to 20", "Plan again")
		expect(t, "length", account(srv).Policy.MinimumPasswordLength, 20)
	}
}

// Two configurations that manage one attribute revert each other at every apply.
func TestSetting_warnsOfAValueThatIsSetBack(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"minimum_password_length": 14}
	o, diags := c.Create(policy, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 12 })
	o, _ = c.Read(policy, o)
	o, diags = c.Apply(policy, config, o)
	clean(t, diags)
	if strings.Contains(acctest.Messages(diags), "was changed back") {
		t.Error("a first change outside Terraform is said to be a reversal")
	}
	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 12 })
	o, _ = c.Read(policy, o)
	_, diags = c.Plan(policy, config, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "minimum_password_length of the password policy was changed back to 12", "from 12 to 14", "manages it too")
}

// A destroy uses the on_destroy that was last applied, not that of the configuration.
func TestDestroy_usesTheLastAppliedOnDestroy(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Reset})
	clean(t, diags)
	o, diags = c.Apply(policy, attributes{"minimum_password_length": 14}, o)
	clean(t, diags)
	_, diags = c.Destroy(policy, o)
	clean(t, diags)
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
}

func TestDestroy_restoreNeedsCapturedValues(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(policy, "current")
	clean(t, diags)
	_, diags = c.Plan(policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Restore}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the password policy", `AttributeName("on_destroy")`, "imported")
}

func TestDestroy_ofAnImportedSettingListsWhatStays(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(preference, "1234567890123456")
	clean(t, diags)
	_, diags = c.PlanDestroy(preference, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "login_session_duration = 24", `login_network_masks = ["198.51.100.7","203.0.113.0/24"]`, "allow_user_to_change_password = true")
}

func TestDestroy_ofTheAliasWarnsThatItBecomesAvailable(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(alias, attributes{"account_alias": "acme", "on_destroy": setting.Reset})
	clean(t, diags)
	_, diags = c.PlanDestroy(alias, o)
	contains(t, acctest.Messages(diags), `The alias "acme" becomes free`)
	o, diags = c.Apply(alias, attributes{"account_alias": "acme", "on_destroy": setting.Retain}, o)
	clean(t, diags)
	_, diags = c.PlanDestroy(alias, o)
	if strings.Contains(acctest.Messages(diags), "becomes free") {
		t.Error("a retained alias is said to become free")
	}
}

func TestImport_isFollowedByAnEmptyPlan(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{preference, policy, alias} {
		srv := old(t)
		c := newCore(t, srv.Getenv, fakeClock())
		for _, id := range []string{"current", "1234567890123456"} {
			o, diags := c.Import(kind, id)
			clean(t, diags)
			expect(t, kind, in(t, o.State, "account_id"), "1234567890123456")
			config := attributes{}
			for _, a := range c.Schemas.ResourceSchemas[kind].Block.Attributes {
				if v := in(t, o.State, a.Name); a.Optional && a.NestedType == nil && v != nil {
					config[a.Name] = v
					if n, ok := v.(int64); ok {
						config[a.Name] = int(n)
					}
				}
			}
			plan, diags := c.Plan(kind, config, o)
			clean(t, diags)
			if planned := c.Planned(kind, plan); !planned.Equal(o.State) {
				t.Errorf("the plan after the import of %s is not empty:\n%v\n%v", kind, o.State, planned)
			}
		}
		expect(t, "writes", writes(srv), []string(nil))
	}
}

func TestImport_ofAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Import(preference, "9999999999999999")
	contains(t, acctest.Messages(diags), "Cannot import the security preference", "9999999999999999", "1234567890123456")
}

func TestWrongAccount_nothingIsReadAndNothingWritten(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.AddAccount("2222222222222222")
	mine := newCore(t, srv.Getenv, fakeClock())
	other := newCore(t, srv.GetenvFor("2222222222222222"), fakeClock())
	config := attributes{"minimum_password_length": 14}
	o, diags := mine.Create(policy, config)
	clean(t, diags)
	plan, diags := mine.Plan(policy, attributes{"minimum_password_length": 15}, o)
	clean(t, diags)
	first := newCore(t, srv.Getenv, fakeClock())
	fresh, diags := first.Plan(policy, config, first.Null(policy))
	clean(t, diags)
	srv.ForgetCalls()

	kept, diags := other.Read(policy, o)
	contains(t, acctest.Messages(diags), "Cannot read the password policy", "1234567890123456", "2222222222222222")
	expect(t, "state", kept.State.Equal(o.State), true)
	_, diags = other.ApplyPlan(policy, attributes{"minimum_password_length": 15}, o, plan)
	contains(t, acctest.Messages(diags), "Cannot update the password policy", "Nothing was")
	_, diags = other.ApplyPlan(policy, config, mine.Null(policy), fresh)
	contains(t, acctest.Messages(diags), "Cannot create the password policy", "Nothing was")
	_, diags = other.Apply(policy, attributes{"minimum_password_length": 15}, o)
	contains(t, acctest.Messages(diags), "Cannot plan the password policy")
	for _, call := range srv.Calls() {
		if call.Action != "GetCallerIdentity" {
			t.Errorf("%s was called with the credentials of another account", call.Action)
		}
	}
}

func TestSecondResourceForOneSettingIsRefused(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	_, diags = c.Create(policy, attributes{"minimum_password_length": 9})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the password policy", "Another resource")
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
	_, diags = c.Destroy(policy, o) // as a replacement does
	clean(t, diags)
	_, diags = c.Create(policy, attributes{"minimum_password_length": 9})
	clean(t, diags)
}

func TestList_returnsTheSettingOfTheAccount(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, kind := range []string{preference, policy, alias} {
		bare := c.List(kind, attributes{}, false, 100)
		expect(t, kind, len(bare), 1)
		clean(t, bare[0].Diagnostics)
		expect(t, kind+" identity", in(t, bare[0].Identity, "account_id"), "1234567890123456")
		expect(t, kind+" without its state", bare[0].State.IsNull(), true)

		whole := c.List(kind, attributes{}, true, 100)
		clean(t, whole[0].Diagnostics)
		imported, diags := c.Import(kind, "current")
		clean(t, diags)
		if !whole[0].State.Equal(imported.State) {
			t.Errorf("%s: listed as %v, imported as %v", kind, whole[0].State, imported.State)
		}
	}
	srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
	fresh := newCore(t, srv.Getenv, fakeClock())
	contains(t, acctest.Messages(fresh.List(policy, attributes{}, true, 100)[0].Diagnostics), "Cannot list the password policy", "NoPermission")
}

// The field that the service's reference does not document is sent, and returned only if it was set.
func TestSecurityPreference_longTermLoginOnlyIfSet(t *testing.T) {
	t.Parallel()
	for _, ignored := range []bool{false, true} {
		srv := ramtest.New(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.IgnoreLongTermLogin = ignored })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(preference, attributes{"allow_user_long_term_login": true})
		clean(t, diags)
		expect(t, "warned", strings.Contains(acctest.Messages(diags), "may have had no effect"), ignored)
		expect(t, "account", account(srv).Preference.AllowUserLongTermLogin, !ignored)
		expect(t, "state", in(t, o.State, "allow_user_long_term_login"), true)
		o, diags = c.Apply(preference, attributes{"login_session_duration": 8}, o)
		clean(t, diags)
		expect(t, "not managed any more", in(t, o.State, "allow_user_long_term_login"), nil)
		expect(t, "account keeps it", account(srv).Preference.AllowUserLongTermLogin, !ignored)
		again, diags := c.Read(preference, o)
		clean(t, diags)
		expect(t, "a refresh shows nothing", in(t, again.State, "allow_user_long_term_login"), nil)
	}
}

// SING-12: a destroy in the run of a create of the same object changes nothing, whichever is first, and the
// new resource has the values from before the first one.
func TestOwner_destroyInTheRunOfACreateChangesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind   string
		config attributes
	}{
		"restore":      {policy, attributes{"minimum_password_length": 14, "on_destroy": "restore"}},
		"reset":        {policy, attributes{"minimum_password_length": 14, "on_destroy": "reset"}},
		"policy":       {"ram_access_key_policy", attributes{"user_name": "alice", "access_key_id": aliceKey, "status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}}},
		"verification": {verificationKind, securityOfAlice},
		"membership":   {membershipKind, attributes{"user_name": "alice", "group_name": "developers"}},
	} {
		for _, createdFirst := range []bool{false, true} {
			if name == "membership" && !createdFirst {
				continue // it is removed and added again
			}
			t.Run(fmt.Sprintf("%s, created first: %t", name, createdFirst), func(t *testing.T) {
				t.Parallel()
				srv := withPrincipals(t)
				addKey(srv, "alice", aliceKey, day)
				srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 10 })
				o, diags := newCore(t, srv.Getenv, fakeClock()).Create(test.kind, test.config)
				clean(t, diags)
				srv.ForgetHistory()
				c := newCore(t, srv.Getenv, fakeClock())
				replacing := c.Null(test.kind)
				replacing.Private = o.Private // as Terraform plans a replacement
				plan, diags := c.Plan(test.kind, test.config, replacing)
				clean(t, diags)
				destroy := *plan
				destroy.PlannedState = c.Dynamic(c.Null(test.kind).State)
				var created acctest.Object
				for _, creates := range []bool{createdFirst, !createdFirst} {
					var diags []*tfprotov6.Diagnostic
					if creates {
						created, diags = c.ApplyPlan(test.kind, test.config, c.Null(test.kind), plan)
					} else if createdFirst { // a deposed object has its own private state
						_, diags = c.ApplyPlan(test.kind, nil, o, &tfprotov6.PlanResourceChangeResponse{PlannedState: destroy.PlannedState, PlannedPrivate: o.Private})
					} else {
						_, diags = c.ApplyPlan(test.kind, nil, o, &destroy)
					}
					clean(t, diags)
				}
				for _, e := range srv.History() {
					t.Errorf("%s changed %s from %v to %v", e.Actor, e.Field, e.Before, e.After)
				}
				if name == "restore" && !createdFirst {
					_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(test.kind, created)
					clean(t, diags)
					expect(t, "length after the last destroy", account(srv).Policy.MinimumPasswordLength, 10)
				}
			})
		}
	}
}
