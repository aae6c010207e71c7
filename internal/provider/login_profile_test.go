// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	profileKind = "ram_login_profile"
	password    = `First-Passw0rd/4 "alice" & co`
	password2   = `Second-Passw0rd/5 "alice" & co`
)

// logon is a configuration of a profile for alice.
func logon(more attributes) attributes {
	config := attributes{"user_name": "alice", "password_wo": password, "password_wo_version": 1}
	for name, value := range more {
		config[name] = value
	}
	return config
}

// profile is alice's profile as the account has it.
func profile(srv *ramtest.Server) *ramtest.LoginProfile {
	return account(srv).Users["alice"].LoginProfile
}

// addProfile lets another user open the console to alice.
func addProfile(a *ramtest.Account) {
	a.Users["alice"].LoginProfile = &ramtest.LoginProfile{Password: "chosen by the user", Status: "Active", CreateDate: srv0(a), UpdateDate: srv0(a), PasswordDate: srv0(a)}
}

// noSecret fails the test if a password is in what was said or in an object.
func noSecret(t *testing.T, text string, o acctest.Object) {
	t.Helper()
	for _, secret := range []string{password, password2} {
		for where, content := range map[string]string{"a message": text, "the state": o.State.String(), "the private state": string(o.Private)} {
			if found := acctest.FindSecret([]byte(content), secret); len(found) > 0 {
				t.Errorf("the password is in %s %v: %s", where, found, content)
			}
		}
	}
}

func TestLoginProfile_createDoesNotStoreThePassword(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	config := logon(attributes{"password_reset_required": true, "mfa_bind_required": true})
	o, diags := c.Create(profileKind, config)
	expect(t, "what was said", acctest.Messages(diags), "")
	noSecret(t, acctest.Messages(diags), o)
	expect(t, "password in the account", profile(srv).Password, password)
	expect(t, "reset", profile(srv).PasswordResetRequired, true)
	expect(t, "mfa", profile(srv).MFABindRequired, true)
	expect(t, "password in the state", in(t, o.State, "password_wo"), nil)
	expect(t, "version", in(t, o.State, "password_wo_version"), int64(1))
	expect(t, "status", stateOf(t, o, "status"), "Active")
	expect(t, "user id", stateOf(t, o, "user_id"), aliceID)
	expect(t, "writes", writes(srv), []string{"CreateLoginProfile"})
	steady(t, c, profileKind, config, o)
	srv.ForgetCalls()
	_, diags = c.Read(profileKind, o)
	clean(t, diags)
	expect(t, "calls of a refresh", len(srv.Calls()), 1)
	_, diags = c.Destroy(profileKind, o)
	clean(t, diags)
	if profile(srv) != nil {
		t.Error("the profile is there")
	}
	expect(t, "violations", srv.Violations(), []string{})
}

func TestLoginProfile_isNotCreatedWithoutAPassword(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	for _, bad := range []struct {
		config attributes
		says   string
	}{
		{attributes{"user_name": "alice"}, "requires a password"},
		{attributes{"user_name": "alice", "password_wo": password}, "password_wo_version"},
		{attributes{"user_name": "alice", "password_wo_version": 1}, "password_wo"},
		{logon(attributes{"pgp_key": "nonsense"}), "Cannot use the PGP key"},
		{attributes{"user_name": "alice", "pgp_key": "nonsense"}, "password_wo_version"},
		{attributes{"user_name": "alice", "password_wo": "", "password_wo_version": 1}, "at least 1"},
		{logon(attributes{"user_name": ""}), `AttributeName("user_name")`},
		{logon(attributes{"user_name": "   "}), `AttributeName("user_name")`},
		{logon(attributes{"user_name": "alice@acme.onaliyun.com"}), "not a principal name"},
		{logon(attributes{"status": "active"}), "Inactive"},
	} {
		o, diags := c.Create(profileKind, bad.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), bad.says)
		noSecret(t, acctest.Messages(diags), o)
		expect(t, "state", o.State.IsNull(), true)
	}
	expect(t, "calls", len(srv.Calls()), 0)

	// Known only at apply: looked at again.
	plan, diags := c.Plan(profileKind, logon(attributes{"password_wo": acctest.Unknown{}, "user_name": acctest.Unknown{}}), c.Null(profileKind))
	clean(t, diags)
	o, diags := c.ApplyPlan(profileKind, logon(attributes{"password_wo": nil}), c.Null(profileKind), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the login profile")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestLoginProfile_missingUserAndMissingProfile(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	_, diags := c.Create(profileKind, logon(attributes{"user_name": "unknown"}))
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the login profile", `There is no RAM user "unknown"`, `AttributeName("user_name")`)
	_, diags = c.Import(profileKind, "unknown")
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the login profile", `There is no RAM user "unknown"`)
	_, diags = c.Import(profileKind, "alice")
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the login profile", "has no login profile")
	_, diags = c.ReadData(profileKind, attributes{"user_name": "unknown"})
	contains(t, acctest.Messages(acctest.Errors(diags)), `There is no RAM user "unknown"`)
	v, diags := c.ReadData(profileKind, attributes{"user_name": "alice"})
	clean(t, diags)
	expect(t, "exists", in(t, v, "exists"), false)
	expect(t, "status", in(t, v, "status"), nil)
	expect(t, "user id", in(t, v, "user_id"), aliceID)
	srv.Change(addProfile)
	v, diags = c.ReadData(profileKind, attributes{"user_name": "alice"})
	clean(t, diags)
	expect(t, "exists", in(t, v, "exists"), true)
	expect(t, "status", in(t, v, "status"), "Active")
	expect(t, "password status", in(t, v, "password_status"), "NotInitial")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestLoginProfile_thatExistsIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	contains(t, acctest.Messages(acctest.Errors(diags)), "already has a login profile", "terraform import <address> alice")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))

	srv = withAlice(t)
	srv.ChangeBefore("CreateLoginProfile", addProfile)
	c = newCore(t, srv.Getenv, clockOf(srv))
	o, diags = c.Create(profileKind, logon(nil))
	contains(t, acctest.Messages(acctest.Errors(diags)), "already has a login profile", "It was created during this apply", "terraform import <address> alice")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "password", profile(srv).Password, "chosen by the user")
}

// After a lost response, a profile with other values than the written ones is not adopted.
func TestLoginProfile_doesNotAdoptAProfileOfAnotherActor(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.ChangeBefore("CreateLoginProfile", addProfile)
	srv.Inject(ramtest.Rule{Action: "CreateLoginProfile", Nth: "1", Fault: "reset"})
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(attributes{"mfa_bind_required": true}))
	contains(t, acctest.Messages(acctest.Errors(diags)), "another administrator created it", "terraform import <address> alice")
	noSecret(t, acctest.Messages(diags), o)
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "password", profile(srv).Password, "chosen by the user")
}

func TestLoginProfile_sendsThePasswordOnlyWhenItsVersionChanges(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(attributes{"password_reset_required": true}))
	clean(t, diags)
	sent := func(config attributes) []ramtest.Call {
		t.Helper()
		srv.ForgetCalls()
		var more string
		o, diags = c.Apply(profileKind, config, o)
		clean(t, diags)
		noSecret(t, acctest.Messages(diags)+more, o)
		steady(t, c, profileKind, config, o)
		return srv.Calls("UpdateLoginProfile")
	}
	expect(t, "another password alone", len(sent(logon(attributes{"password_wo": password2, "password_reset_required": true}))), 0)
	expect(t, "an order without a password", len(sent(logon(attributes{"password_reset_required": false}))), 0)
	calls := sent(logon(attributes{"mfa_bind_required": true}))
	expect(t, "calls", len(calls), 1)
	if _, there := calls[0].Params["Password"]; there {
		t.Error("a flag sends the password")
	}
	expect(t, "password", profile(srv).Password, password)
	calls = sent(logon(attributes{"password_wo": password2, "password_wo_version": 2, "mfa_bind_required": true}))
	expect(t, "calls", len(calls), 1)
	for _, flag := range []string{"MFABindRequired", "Status", "PasswordResetRequired"} {
		if _, there := calls[0].Params[flag]; there {
			t.Errorf("a password sends %s", flag)
		}
	}
	expect(t, "password", profile(srv).Password, password2)

	// The user obeys, and switches nothing back (PWD-04).
	srv.Change(func(a *ramtest.Account) {
		p := a.Users["alice"].LoginProfile
		p.Password, p.PasswordResetRequired, p.PasswordInitial = "her own choice", false, false
	})
	steady(t, c, profileKind, logon(attributes{"password_wo": password2, "password_wo_version": 2, "mfa_bind_required": true}), o)
	expect(t, "status", len(sent(logon(attributes{"password_wo_version": 2, "mfa_bind_required": true, "status": "Inactive"}))), 1)
	expect(t, "password", profile(srv).Password, "her own choice")
	expect(t, "status", profile(srv).Status, "Inactive")
}

func TestLoginProfile_importKeepsThePassword(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Import(profileKind, "alice")
	clean(t, diags)
	expect(t, "version", in(t, o.State, "password_wo_version"), nil)
	expect(t, "reset", in(t, o.State, "password_reset_required"), nil)
	steady(t, c, profileKind, attributes{"user_name": "alice"}, o)
	first := logon(attributes{"password_reset_required": true})
	o, diags = c.Apply(profileKind, first, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The password is not sent")
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "recorded", in(t, o.State, "password_wo_version"), int64(1))
	steady(t, c, profileKind, first, o)
	o, diags = c.Apply(profileKind, logon(attributes{"password_wo_version": 2, "password_reset_required": true}), o)
	clean(t, diags)
	lacks(t, acctest.Messages(diags), "The password is not sent")
	expect(t, "password", profile(srv).Password, password)
	expect(t, "reset", profile(srv).PasswordResetRequired, true)
	noSecret(t, acctest.Messages(diags), o)
}

func TestLoginProfile_unmanagedFlagsAreNeverChanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		p := a.Users["alice"].LoginProfile
		p.Status, p.MFABindRequired = "Inactive", true
	})
	o, diags = c.Read(profileKind, o)
	clean(t, diags)
	expect(t, "status", stateOf(t, o, "status"), "Inactive")
	steady(t, c, profileKind, logon(nil), o)
	o, diags = c.Apply(profileKind, logon(attributes{"password_wo_version": 2, "password_wo": password2}), o)
	clean(t, diags)
	expect(t, "status", profile(srv).Status, "Inactive")
	expect(t, "mfa", profile(srv).MFABindRequired, true)
	plan, diags := c.Plan(profileKind, logon(attributes{"password_wo_version": 2, "status": "Active"}), o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: The console logon will be enabled again")
	expect(t, "replacement", len(plan.RequiresReplace), 0)
}

// What the configuration does not manage may change between the plan and the apply. The state keeps the plan, and a warning names both
// values.
func TestLoginProfile_reportsChangesOfOthersSinceThePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		next   attributes
		others func(*ramtest.LoginProfile)
		want   string
	}{
		"status":            {logon(attributes{"mfa_bind_required": true}), func(p *ramtest.LoginProfile) { p.Status = "Inactive" }, "status is Inactive in the account, and Active in the plan and in the state."},
		"mfa_bind_required": {logon(attributes{"status": "Inactive"}), func(p *ramtest.LoginProfile) { p.MFABindRequired = true }, "mfa_bind_required is true in the account, and false in the plan and in the state."},
	} {
		srv := withAlice(t)
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(profileKind, logon(nil))
		clean(t, diags)
		plan, diags := c.Plan(profileKind, test.next, o)
		clean(t, diags)
		srv.Change(func(a *ramtest.Account) { test.others(a.Users["alice"].LoginProfile) })
		_, diags = c.ApplyPlan(profileKind, test.next, o, plan)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "WARNING: The login profile changed since the plan", test.want)
		expect(t, name+": warnings", len(diags), 1)
	}
}

// An update that the service refuses has changed nothing; of one without a response that is not known.
func TestLoginProfile_saysWhetherAFailedUpdateChangedIt(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{"code": "Nothing was changed.", "reset": "It is not known whether the login profile was changed."} {
		srv := withAlice(t)
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(profileKind, logon(nil))
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "UpdateLoginProfile", Fault: fault, Status: 403, Code: "NoPermission"})
		_, diags = c.Apply(profileKind, logon(attributes{"mfa_bind_required": true}), o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the login profile", want)
	}
}

// In an account that demands MFA of all users, every profile may show it.
func TestLoginProfile_mandatoryMFAOfTheAccountIsNoDrift(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ShowMandatoryMFA = true })
	c := newCore(t, srv.Getenv, clockOf(srv))
	config := logon(attributes{"mfa_bind_required": false})
	o, diags := c.Create(profileKind, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = "mandatory" })
	steady(t, c, profileKind, config, o)
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MFAOperationForLogin = "independent"
		a.Users["alice"].LoginProfile.MFABindRequired = true
	})
	o, diags = newCore(t, srv.Getenv, clockOf(srv)).Read(profileKind, o) // another run
	clean(t, diags)
	expect(t, "real drift", in(t, o.State, "mfa_bind_required"), true)
}

func TestLoginProfile_aPasswordThatBreaksThePolicyIsNotSent(t *testing.T) {
	t.Parallel()
	for _, broken := range []struct {
		password, rule string
		policy         func(*ramtest.PasswordPolicy)
	}{
		{"sh0rt-P", "minimum_password_length", func(p *ramtest.PasswordPolicy) { p.MinimumPasswordLength = 14 }},
		{"NO-LOWER-CASE-1", "require_lowercase_characters", func(p *ramtest.PasswordPolicy) { p.RequireLowercaseCharacters = true }},
		{"no-upper-case-1", "require_uppercase_characters", func(p *ramtest.PasswordPolicy) { p.RequireUppercaseCharacters = true }},
		{"No-Digits-In-It", "require_numbers", func(p *ramtest.PasswordPolicy) { p.RequireNumbers = true }},
		{"NoSymbolsIn1t", "require_symbols", func(p *ramtest.PasswordPolicy) { p.RequireSymbols = true }},
		{"aaaabbbbaaaa", "minimum_password_different_character", func(p *ramtest.PasswordPolicy) { p.MinimumPasswordDifferentCharacter = 4 }},
		{"HerNameIsALICE1", "password_not_contain_user_name", func(p *ramtest.PasswordPolicy) { p.PasswordNotContainUserName = true }},
	} {
		srv := withAlice(t)
		srv.Change(func(a *ramtest.Account) { broken.policy(&a.Policy) })
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(profileKind, logon(attributes{"password_wo": broken.password}))
		text := acctest.Messages(acctest.Errors(diags))
		contains(t, text, "Cannot create the login profile", `AttributeName("password_wo")`, broken.rule, "Nothing was created.")
		if strings.Contains(text, broken.password) {
			t.Errorf("the password is in the message:\n%s", text)
		}
		expect(t, "state", o.State.IsNull(), true)
		expect(t, "creates", len(srv.Calls("CreateLoginProfile")), 0)

		// Where the policy cannot be read, the service refuses, and is passed on.
		srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
		c = newCore(t, srv.Getenv, clockOf(srv)) // another run: each reads the policy once
		o, diags = c.Create(profileKind, logon(attributes{"password_wo": broken.password}))
		text = acctest.Messages(acctest.Errors(diags))
		contains(t, text, "Cannot create the login profile", `AttributeName("password_wo")`, "InvalidParameter.Password.TooWeak", "Nothing was created.")
		if strings.Contains(text, broken.password) {
			t.Errorf("the password is in the message:\n%s", text)
		}
		expect(t, "state", o.State.IsNull(), true)
	}
	// The same on update: the version is not recorded, so the next apply sends it again.
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 32 })
	c = newCore(t, srv.Getenv, clockOf(srv))
	after, diags := c.Apply(profileKind, logon(attributes{"password_wo": password2, "password_wo_version": 2}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the login profile", "minimum_password_length", "Nothing was changed.")
	noSecret(t, acctest.Messages(diags), after)
	expect(t, "state", after.State.Equal(o.State), true)
	expect(t, "password", profile(srv).Password, password)
}

func TestLoginProfile_aResetThatLocksOutIsRefused(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	plan, diags := c.Plan(profileKind, logon(attributes{"password_reset_required": true}), c.Null(profileKind))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToChangePassword = false })
	_, diags = c.Plan(profileKind, logon(attributes{"password_reset_required": acctest.Unknown{}}), c.Null(profileKind))
	clean(t, diags)
	_, diags = c.Plan(profileKind, logon(attributes{"password_reset_required": true}), c.Null(profileKind))
	contains(t, acctest.Messages(acctest.Errors(diags)), `AttributeName("password_reset_required")`, "allow_lock_out = true")
	// The account changed after the plan was made.
	_, diags = c.ApplyPlan(profileKind, logon(attributes{"password_reset_required": true}), c.Null(profileKind), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), `AttributeName("password_reset_required")`)
	expect(t, "writes", writes(srv), []string(nil))
	o, diags := c.Create(profileKind, logon(attributes{"password_reset_required": true, "allow_lock_out": true}))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "allow_lock_out = true accepts this.")
	_, diags = c.Apply(profileKind, logon(attributes{"password_reset_required": true, "password_wo_version": 2, "password_wo": password2}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "allow_lock_out = true")
	_, diags = c.Apply(profileKind, logon(attributes{"password_reset_required": true, "status": "Inactive"}), o)
	clean(t, diags) // no password goes out, so no reset does
}

// renamed gives alice another name behind Terraform's back, and her old one to another user.
func renamed(srv *ramtest.Server, name string, successor bool) {
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.Name = name
		delete(a.Users, "alice")
		a.Users[name] = u
		if successor {
			a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", DisplayName: "alice"}
		}
	})
}

func TestLoginProfile_followsItsUser(t *testing.T) {
	t.Parallel()
	for _, successor := range []bool{false, true} {
		srv := withAlice(t)
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(profileKind, logon(nil))
		clean(t, diags)
		renamed(srv, "alicia", successor)
		stale := o
		c = newCore(t, srv.Getenv, clockOf(srv)) // another run
		o, diags = c.Read(profileKind, o)
		clean(t, diags)
		expect(t, "name", stateOf(t, o, "user_name"), "alicia")
		plan, diags := c.Plan(profileKind, logon(nil), o)
		clean(t, diags)
		expect(t, "replacement", len(plan.RequiresReplace) > 0, successor)
		if successor {
			// An update that was not planned so is refused.
			_, diags = c.ApplyPlan(profileKind, logon(attributes{"status": "Inactive"}), stale, plan)
			contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to the user with id 200000000000000009", "-replace")
		}
		_, diags = c.Apply(profileKind, logon(attributes{"user_name": "alicia", "status": "Inactive"}), o)
		clean(t, diags)
		expect(t, "status", account(srv).Users["alicia"].LoginProfile.Status, "Inactive")
		expect(t, "replaced", len(srv.Calls("CreateLoginProfile")), 1)
		// A destroy without a refresh finds it, too.
		_, diags = c.Destroy(profileKind, stale)
		clean(t, diags)
		expect(t, "profile", account(srv).Users["alicia"].LoginProfile == nil, true)
	}
}

func TestLoginProfile_deletedProfileIsRemovedFromTheState(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*ramtest.Account){
		"profile": func(a *ramtest.Account) { a.Users["alice"].LoginProfile = nil },
		"user":    func(a *ramtest.Account) { delete(a.Users, "alice") },
	} {
		srv := withAlice(t)
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(profileKind, logon(nil))
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "GetLoginProfile", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User.LoginProfile"})
		after, diags := c.Read(profileKind, o)
		expect(t, "a false not-found", acctest.Messages(diags), "")
		expect(t, "state", after.State.Equal(o.State), true)
		srv.Change(lose)
		after, diags = c.Read(profileKind, o)
		contains(t, acctest.Messages(diags), "WARNING: The login profile no longer exists")
		expect(t, "state", after.State.IsNull(), true)
		_, diags = c.Destroy(profileKind, o)
		clean(t, diags)
		_ = name
	}
}

func TestLoginProfile_ofAnotherAccountIsNotChanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.AddAccount("2222222222222222")
	mine, theirs := newCore(t, srv.Getenv, clockOf(srv)), newCore(t, srv.GetenvFor("2222222222222222"), fakeClock())
	o, diags := mine.Create(profileKind, logon(nil))
	clean(t, diags)
	srv.ForgetCalls()
	after, diags := theirs.Read(profileKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	expect(t, "state", after.State.Equal(o.State), true)
	_, diags = theirs.Apply(profileKind, logon(attributes{"status": "Inactive"}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	_, diags = theirs.Destroy(profileKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestLoginProfile_list(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Populate(5)
	c := newCore(t, srv.Getenv, clockOf(srv))
	names := []string{}
	for _, r := range c.List(profileKind, attributes{}, true, 0) {
		clean(t, r.Diagnostics)
		names = append(names, strings.TrimSuffix(r.Name, " (Active)"))
		expect(t, "status", in(t, r.State, "status"), "Active")
	}
	slices.Sort(names)
	expect(t, "profiles", strings.Join(names, " "), "user-0001 user-0002 user-0003 user-0004 user-0005")
	srv.ForgetCalls()
	expect(t, "limit", len(c.List(profileKind, attributes{"name_regex": "^user"}, false, 2)), 2)
	expect(t, "reads", len(srv.Calls("GetLoginProfile")), 2)
}

// A password that the service accepted is refused when it is sent again after a lost response.
func TestLoginProfile_acceptedPasswordIsNotReportedAsRefused(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) { a.Policy.PasswordReusePrevention = 3 })
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	clean(t, diags)
	srv.Advance(time.Hour)
	srv.Inject(ramtest.Rule{Action: "UpdateLoginProfile", Nth: "1", Phase: "after_commit", Fault: "reset"})
	config := logon(attributes{"password_wo": password2, "password_wo_version": 2})
	o, diags = c.Apply(profileKind, config, o)
	clean(t, diags)
	expect(t, "password", profile(srv).Password, password2)
	steady(t, c, profileKind, config, o)
}

// A Ctrl-C while a new password is in flight: if passwords must not be reused, the next apply could not send it
// again, so the provider waits for the response (F17).
func TestLoginProfile_interruptedPasswordIsNotSentAgain(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) { a.Policy.PasswordReusePrevention = 3 })
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	clean(t, diags)
	config := logon(attributes{"password_wo": password2, "password_wo_version": 2})
	plan, diags := c.Plan(profileKind, config, o)
	clean(t, diags)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	srv.ChangeBefore("UpdateLoginProfile", func(*ramtest.Account) { interrupt() })
	resp, err := c.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: profileKind, Config: c.Dynamic(c.Build(c.Schemas.ResourceSchemas[profileKind], config)),
		PriorState: c.Dynamic(o.State), PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	must(t, err)
	clean(t, resp.Diagnostics)
	expect(t, "password in the account", profile(srv).Password, password2)
	expect(t, "version in the state", in(t, c.Value(profileKind, resp.NewState), "password_wo_version"), int64(2))
	after := acctest.Object{State: c.Value(profileKind, resp.NewState), Private: resp.Private, Identity: resp.NewIdentity}
	after, diags = c.Apply(profileKind, config, after)
	clean(t, diags)
	expect(t, "version", in(t, after.State, "password_wo_version"), int64(2))
	expect(t, "updates", len(srv.Calls("UpdateLoginProfile")), 1)
}

// With pgp_key the password is random, meets the policy of the account, and is in the state only in its encrypted
// form.
func TestLoginProfile_randomPasswordIsOnlyEncrypted(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Policy.MinimumPasswordLength, a.Policy.RequireSymbols, a.Policy.RequireNumbers, a.Policy.PasswordNotContainUserName = 24, true, true, true
	})
	c := newCore(t, srv.Getenv, clockOf(srv))
	pair := pgpPair(t, nil)
	config := attributes{"user_name": "alice", "pgp_key": publicKey(t, pair), "password_wo_version": 1, "password_reset_required": true}
	hidden := func(diags []*tfprotov6.Diagnostic, o acctest.Object) string {
		t.Helper()
		clean(t, diags)
		secret := profile(srv).Password
		for where, text := range map[string]string{"a message": acctest.Messages(diags), "the state": o.State.String(), "the private state": string(o.Private)} {
			if found := acctest.FindSecret([]byte(text), secret); len(found) > 0 {
				t.Errorf("the password is in %s %v", where, found)
			}
		}
		expect(t, "password in the message", decrypted(t, pair, stateOf(t, o, "encrypted_password")), secret)
		return secret
	}
	o, diags := c.Create(profileKind, config)
	first := hidden(diags, o)
	expect(t, "length", len(first), 24)
	expect(t, "reset", profile(srv).PasswordResetRequired, true)
	expect(t, "fingerprint", len(stateOf(t, o, "key_fingerprint")), 40)
	steady(t, c, profileKind, config, o)

	// Flags and another key alone send nothing, another version a new password.
	other := pgpPair(t, nil)
	config = config.Merge(attributes{"mfa_bind_required": true, "pgp_key": publicKey(t, other)})
	message := stateOf(t, o, "encrypted_password")
	o, diags = c.Apply(profileKind, config, o)
	clean(t, diags)
	expect(t, "message", stateOf(t, o, "encrypted_password"), message)
	expect(t, "password", profile(srv).Password, first)
	steady(t, c, profileKind, config, o)
	config = config.With("password_wo_version", 2)
	pair = other
	o, diags = c.Apply(profileKind, config, o)
	if second := hidden(diags, o); second == first {
		t.Error("another version sent the same password")
	}
	steady(t, c, profileKind, config, o)

	// A password of the configuration leaves no message behind.
	config = logon(attributes{"password_wo": "Third-Passw0rd/6 of 24 or more", "password_wo_version": 3, "mfa_bind_required": true, "password_reset_required": true})
	o, diags = c.Apply(profileKind, config, o)
	clean(t, diags)
	expect(t, "message", in(t, o.State, "encrypted_password"), nil)
	expect(t, "fingerprint", in(t, o.State, "key_fingerprint"), nil)
	steady(t, c, profileKind, config, o)
}

func TestLoginProfile_randomPasswordUnderFaults(t *testing.T) {
	t.Parallel()
	pair := pgpPair(t, nil)
	config := attributes{"user_name": "alice", "pgp_key": publicKey(t, pair), "password_wo_version": 1}
	// The response to the create is lost: the password that was sent is the one in the state.
	srv := withAlice(t)
	srv.Inject(ramtest.Rule{Action: "CreateLoginProfile", Nth: "1", Phase: "after_commit", Fault: "reset"})
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(profileKind, config)
	clean(t, diags)
	expect(t, "password in the message", decrypted(t, pair, stateOf(t, o, "encrypted_password")), profile(srv).Password)
	// Without the policy, there is no password.
	srv = withAlice(t)
	srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
	o, diags = newCore(t, srv.Getenv, clockOf(srv)).Create(profileKind, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the login profile", "Allow ram:GetPasswordPolicy")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
}

// A password is needed only if it is sent.
func TestLoginProfile_passwordIsNeededOnlyWhenItIsSent(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(profileKind, logon(nil))
	clean(t, diags)
	without := attributes{"user_name": "alice", "password_wo_version": 1, "mfa_bind_required": true}
	o, diags = c.Apply(profileKind, without, o)
	clean(t, diags)
	steady(t, c, profileKind, without, o)
	_, diags = c.Plan(profileKind, without.With("password_wo_version", 2), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the login profile", "password_wo_version changes")
	after, diags := c.Apply(profileKind, without.With("password_wo_version", 2), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the login profile", `AttributeName("password_wo")`, "password_wo_version changes")
	expect(t, "state", after.State.Equal(o.State), true)
	// The version is known only at apply.
	plan, diags := c.Plan(profileKind, without.With("password_wo_version", acctest.Unknown{}), o)
	clean(t, diags)
	after, diags = c.ApplyPlan(profileKind, without.With("password_wo_version", 2), o, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "password_wo_version changes")
	expect(t, "state", after.State.Equal(o.State), true)
	expect(t, "password", profile(srv).Password, password)
	_, diags = c.Destroy(profileKind, o)
	clean(t, diags)
}

// One response that the profile does not exist does not end a destroy.
func TestLoginProfile_oneNotFoundDoesNotEndADestroy(t *testing.T) {
	t.Parallel()
	for _, fault := range []ramtest.Rule{
		{Action: "DeleteLoginProfile", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User.LoginProfile"},
		{Action: "DeleteLoginProfile", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.LoginProfile"},
		{Action: "GetUser", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User"},
	} {
		srv := withAlice(t)
		o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(profileKind, logon(nil))
		clean(t, diags)
		srv.Inject(fault)
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(profileKind, o)
		clean(t, diags)
		expect(t, "the profile is deleted", profile(srv) == nil, true)
	}
}

// The service does not find the profile of a user by an earlier name. That does not mean that the profile is deleted.
func TestLoginProfile_renameDuringAnOperation(t *testing.T) {
	t.Parallel()
	live := func(srv *ramtest.Server) *ramtest.LoginProfile { return account(srv).Users["alicia"].LoginProfile }
	for _, successor := range []bool{false, true} {
		rename := func(a *ramtest.Account) {
			if user := a.Users["alice"]; a.Users["alicia"] == nil {
				user.Name = "alicia"
				a.Users["alicia"] = user
				delete(a.Users, "alice")
			}
			if successor {
				a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", DisplayName: "alice", Status: "active"}
			}
		}
		arrange := func(operation string) (*ramtest.Server, acctest.Object) {
			srv := withAlice(t)
			o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(profileKind, logon(nil))
			clean(t, diags)
			srv.ChangeBefore(operation, rename)
			return srv, o
		}

		srv, o := arrange("DeleteLoginProfile")
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Destroy(profileKind, o)
		clean(t, diags)
		expect(t, "the profile is deleted", live(srv) == nil, true)

		srv, o = arrange("GetLoginProfile")
		o, diags = newCore(t, srv.Getenv, clockOf(srv)).Read(profileKind, o)
		clean(t, diags)
		expect(t, "name", stateOf(t, o, "user_name"), "alicia")

		srv, _ = arrange("UpdateLoginProfile")
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke("ram_disable_console_logon", attributes{"user_name": "alice"})
		clean(t, diags)
		expect(t, "status", live(srv).Status, inactive)
	}
}

// If the service does not find a user by the name that it returns for the id, nothing is known of the profile.
func TestLoginProfile_contradictoryResponses(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(profileKind, logon(nil))
	clean(t, diags)
	srv.Inject(
		ramtest.Rule{Action: "GetLoginProfile", Nth: "1-", Fault: "code", Status: 404, Code: "EntityNotExist.User"},
		ramtest.Rule{Action: "DeleteLoginProfile", Nth: "1-", Fault: "code", Status: 404, Code: "EntityNotExist.User"},
		ramtest.Rule{Action: "UpdateLoginProfile", Nth: "1-", Fault: "code", Status: 404, Code: "EntityNotExist.User"},
	)
	after, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(profileKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the login profile", "EntityNotExist.User")
	expect(t, "state", after.State.Equal(o.State), true)
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(profileKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the login profile", "EntityNotExist.User")
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke("ram_disable_console_logon", attributes{"user_name": "alice"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "EntityNotExist.User")
	expect(t, "status", profile(srv).Status, active)
}

// A profile that the service returns after it said that there is none was not deleted.
func TestLoginProfile_destroyOfAProfileThatStays(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Import(profileKind, "alice")
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "DeleteLoginProfile", Nth: "1-", Fault: "code", Status: 404, Code: "EntityNotExist.User.LoginProfile"})
	o, diags = c.Destroy(profileKind, o)
	text := acctest.Messages(acctest.Errors(diags))
	contains(t, text, "Cannot delete the login profile", "still returns the login profile a minute after the request")
	expect(t, "says that the request was accepted", strings.Contains(text, "accepted"), false)
	expect(t, "the profile is in the state", o.State.IsNull(), false)
}

// Another user may have the name within a minute after it was read. The profile of that user is not deleted.
func TestLoginProfile_destroySparesAnotherUserOfTheName(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	clock := &acctest.Clock{}
	c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
	o, diags := c.Import(profileKind, "alice")
	clean(t, diags)
	user, diags := c.Import(userKind, "alice")
	clean(t, diags)
	_, diags = c.Read(userKind, user) // from now on, the name is cached
	clean(t, diags)
	must(t, clock.Pause(t.Context(), 10*time.Second))
	renamed(srv, "alicia", true)
	srv.Change(addProfile) // of the new alice
	srv.ForgetCalls()
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, profileKind, o))
	must(t, err)
	clean(t, resp.Diagnostics)
	expect(t, "the profile of the other user", account(srv).Users["alice"].LoginProfile != nil, true)
	expect(t, "the profile is deleted", account(srv).Users["alicia"].LoginProfile == nil, true)
	expect(t, "reads of users", len(srv.Calls("GetUser")), 1)
}
