// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestDestroy_retainLeavesTheAccountAndSaysWhatStays(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	srv.ForgetCalls()
	gone, diags := c.destroy(policy, o)
	clean(t, diags)
	contains(t, said(diags), "Destroying the password policy leaves the account as it is", "minimum_password_length = 14")
	if strings.Contains(said(diags), "require_numbers") {
		t.Error("a value that was never managed is said to stay")
	}
	expect(t, "state", gone.state.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
}

func TestDestroy_restorePutsBackWhatWasManaged(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, hurried())
			o, diags := c.create(policy, attributes{"minimum_password_length": 14, "on_destroy": restore})
			clean(t, diags)
			o, diags = c.apply(policy, attributes{"minimum_password_length": 16, "password_reuse_prevention": 5, "on_destroy": restore}, o)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 4 }) // somebody else's
			_, diags = c.destroyPlan(policy, o)
			clean(t, diags)
			contains(t, said(diags), "minimum_password_length: 16 → 10 (weaker)", "password_reuse_prevention: 5 → 3 (weaker)")
			_, diags = c.destroy(policy, o)
			clean(t, diags)
			a := account(srv)
			expect(t, "length", a.Policy.MinimumPasswordLength, 10)
			expect(t, "reuse", a.Policy.PasswordReusePrevention, 3)
			expect(t, "attempts", a.Policy.MaxLoginAttempts, 4)
			expect(t, "numbers", a.Policy.RequireNumbers, true)
		})
	}
}

func TestDestroy_resetPutsWhatANewAccountHas(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	fresh := ramtest.NewAccount("")
	for kind, config := range map[string]attributes{
		preference: {"login_session_duration": 8, "on_destroy": reset},
		policy:     {"minimum_password_length": 14, "on_destroy": reset},
		alias:      {"account_alias": "acme", "on_destroy": reset},
	} {
		o, diags := c.create(kind, config)
		clean(t, diags)
		_, diags = c.destroy(kind, o)
		clean(t, diags)
		contains(t, said(diags), "changes the account")
	}
	a := account(srv)
	fresh.Preference.AllowUserLongTermLogin = a.Preference.AllowUserLongTermLogin
	expect(t, "preference", a.Preference, fresh.Preference)
	expect(t, "policy", a.Policy, fresh.Policy)
	expect(t, "alias", a.Alias, "")
}

// on_destroy counts as it was last applied, not as it stands in a file.
func TestDestroy_countsAsLastApplied(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(policy, attributes{"minimum_password_length": 14, "on_destroy": reset})
	clean(t, diags)
	o, diags = c.apply(policy, attributes{"minimum_password_length": 14}, o)
	clean(t, diags)
	_, diags = c.destroy(policy, o)
	clean(t, diags)
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
}

func TestDestroy_restoreNeedsWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(policy, "current")
	clean(t, diags)
	_, diags = c.plan(policy, attributes{"minimum_password_length": 14, "on_destroy": restore}, o)
	contains(t, said(errorsIn(diags)), "Cannot plan the password policy", `AttributeName("on_destroy")`, "imported")
}

func TestDestroy_ofAnImportedSettingListsAllThatStays(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(preference, "1234567890123456")
	clean(t, diags)
	_, diags = c.destroyPlan(preference, o)
	clean(t, diags)
	contains(t, said(diags), "login_session_duration = 24", `login_network_masks = ["198.51.100.7","203.0.113.0/24"]`, "allow_user_to_change_password = true")
}

func TestDestroy_ofTheAliasSaysThatItBecomesFree(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(alias, attributes{"account_alias": "acme", "on_destroy": reset})
	clean(t, diags)
	_, diags = c.destroyPlan(alias, o)
	contains(t, said(diags), `The alias "acme" becomes free`)
	o, diags = c.apply(alias, attributes{"account_alias": "acme", "on_destroy": retain}, o)
	clean(t, diags)
	_, diags = c.destroyPlan(alias, o)
	if strings.Contains(said(diags), "becomes free") {
		t.Error("a retained alias is said to become free")
	}
}

func TestImport_isFollowedByAnEmptyPlan(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{preference, policy, alias} {
		srv := old(t)
		c := newCore(t, srv.Getenv, hurried())
		for _, id := range []string{"current", "1234567890123456"} {
			o, diags := c.adopt(kind, id)
			clean(t, diags)
			expect(t, kind, in(t, o.state, "account_id"), "1234567890123456")
			config := attributes{}
			for _, a := range c.schemas.ResourceSchemas[kind].Block.Attributes {
				if v := in(t, o.state, a.Name); a.Optional && a.NestedType == nil && v != nil {
					config[a.Name] = v
					if n, ok := v.(int64); ok {
						config[a.Name] = int(n)
					}
				}
			}
			plan, diags := c.plan(kind, config, o)
			clean(t, diags)
			if planned := c.planned(kind, plan); !planned.Equal(o.state) {
				t.Errorf("the plan after the import of %s is not empty:\n%v\n%v", kind, o.state, planned)
			}
		}
		expect(t, "writes", writes(srv), []string(nil))
	}
}

func TestImport_ofAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	_, diags := c.adopt(preference, "9999999999999999")
	contains(t, said(diags), "Cannot import the security preference", "9999999999999999", "1234567890123456")
}

func TestWrongAccount_nothingIsReadAndNothingWritten(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.AddAccount("2222222222222222")
	mine := newCore(t, srv.Getenv, hurried())
	other := newCore(t, srv.GetenvFor("2222222222222222"), hurried())
	config := attributes{"minimum_password_length": 14}
	o, diags := mine.create(policy, config)
	clean(t, diags)
	plan, diags := mine.plan(policy, attributes{"minimum_password_length": 15}, o)
	clean(t, diags)
	fresh, diags := mine.plan(policy, config, mine.nothing(policy))
	clean(t, diags)
	srv.ForgetCalls()

	kept, diags := other.refresh(policy, o)
	contains(t, said(diags), "Cannot read the password policy", "1234567890123456", "2222222222222222")
	expect(t, "state", kept.state.Equal(o.state), true)
	_, diags = other.carryOut(policy, attributes{"minimum_password_length": 15}, o, plan)
	contains(t, said(diags), "Cannot update the password policy", "Nothing was")
	_, diags = other.carryOut(policy, config, mine.nothing(policy), fresh)
	contains(t, said(diags), "Cannot create the password policy", "Nothing was")
	_, diags = other.apply(policy, attributes{"minimum_password_length": 15}, o)
	contains(t, said(diags), "Cannot plan the password policy")
	for _, call := range srv.Calls() {
		if call.Action != "GetCallerIdentity" {
			t.Errorf("%s was called with the credentials of another account", call.Action)
		}
	}
}

func TestSecondResourceForOneSettingIsRefused(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	_, diags = c.create(policy, attributes{"minimum_password_length": 9})
	contains(t, said(errorsIn(diags)), "Cannot create the password policy", "another resource")
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
	_, diags = c.destroy(policy, o) // as a replacement does
	clean(t, diags)
	_, diags = c.create(policy, attributes{"minimum_password_length": 9})
	clean(t, diags)
}

func TestList_findsTheOneSettingOfTheAccount(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, hurried())
	for _, kind := range []string{preference, policy, alias} {
		bare := c.list(kind, attributes{}, false, 100)
		expect(t, kind, len(bare), 1)
		clean(t, bare[0].diags)
		expect(t, kind+" identity", in(t, bare[0].identity, "account_id"), "1234567890123456")
		expect(t, kind+" without its state", bare[0].state.IsNull(), true)

		whole := c.list(kind, attributes{}, true, 100)
		clean(t, whole[0].diags)
		imported, diags := c.adopt(kind, "current")
		clean(t, diags)
		if !whole[0].state.Equal(imported.state) {
			t.Errorf("%s: listed as %v, imported as %v", kind, whole[0].state, imported.state)
		}
	}
	srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
	fresh := newCore(t, srv.Getenv, hurried())
	contains(t, said(fresh.list(policy, attributes{}, true, 100)[0].diags), "Cannot list the password policy", "NoPermission")
}

// The switch that the service's reference is silent about is sent, and shown only if it was set.
func TestSecurityPreference_longTermLoginIsOnlyIfSet(t *testing.T) {
	t.Parallel()
	for _, ignored := range []bool{false, true} {
		srv := ramtest.New(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.IgnoreLongTermLogin = ignored })
		c := newCore(t, srv.Getenv, hurried())
		o, diags := c.create(preference, attributes{"allow_user_long_term_login": true})
		clean(t, diags)
		expect(t, "warned", strings.Contains(said(diags), "may have had no effect"), ignored)
		expect(t, "account", account(srv).Preference.AllowUserLongTermLogin, !ignored)
		expect(t, "state", in(t, o.state, "allow_user_long_term_login"), true)
		o, diags = c.apply(preference, attributes{"login_session_duration": 8}, o)
		clean(t, diags)
		expect(t, "not managed any more", in(t, o.state, "allow_user_long_term_login"), nil)
		expect(t, "account keeps it", account(srv).Preference.AllowUserLongTermLogin, !ignored)
		again, diags := c.refresh(preference, o)
		clean(t, diags)
		expect(t, "a refresh shows nothing", in(t, again.state, "allow_user_long_term_login"), nil)
	}
}
