// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	forbidsChange  = "allow_user_to_change_password = false"
	expiresHard    = "hard_expiry = true\n  max_password_age = 60"
	fromElsewhere  = `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
	callerNetwork  = "192.0.2.0/24"
	callerAddress  = "192.0.2.77"
	expiresForGood = "Passwords expire, and only an administrator can renew them"
)

// resourceBlock is the block of a resource.
func resourceBlock(kind, name, body string) string {
	return "resource \"" + kind + "\" \"" + name + "\" {\n  " + body + "\n}\n"
}

// changes are the requests that change the account.
func changes(srv *ramtest.Server) []string {
	return slices.DeleteFunc(writes(srv), func(action string) bool { return action == "AssumeRole" })
}

// isRefused runs the CLI with several limits of parallel work, and expects errors and an unchanged account.
func isRefused(c *cli, srv *ramtest.Server, command []string, says ...string) {
	c.t.Helper()
	before := len(changes(srv))
	for _, parallelism := range []string{"1", "10"} {
		printed := unframed(c.run(1, append(command, "-parallelism="+parallelism)...))
		contains(c.t, printed, append(says, "Error: ")...)
	}
	expect(c.t, strings.Join(command, " ")+": changes", len(changes(srv)), before)
}

// Two settings that lock users out only together are refused by the plan, whichever Terraform handles first.
func TestAccLockOut_twoSettings(t *testing.T) {
	t.Parallel()
	const first, last = "\n  depends_on = [ram_password_policy.this]", "\n  depends_on = [ram_security_preference.this]"
	const profile = `user_name = "alice"
  password_wo = "A-long-pass-word-4-alice"
  password_wo_version = 1
  password_reset_required = true`
	for name, test := range map[string]struct{ config, says string }{
		"no order":         {resourceBlock(preference, "this", forbidsChange) + resourceBlock(policy, "this", expiresHard), expiresForGood},
		"policy first":     {resourceBlock(preference, "this", forbidsChange+first) + resourceBlock(policy, "this", expiresHard), expiresForGood},
		"preference first": {resourceBlock(preference, "this", forbidsChange) + resourceBlock(policy, "this", expiresHard+last), expiresForGood},
		"password reset":   {resourceBlock(preference, "this", forbidsChange) + resourceBlock(profileKind, "alice", profile), "allow_user_to_change_password is false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			before := account(srv)
			c := newCLI(t, srv.Getenv, test.config)
			for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
				isRefused(c, srv, command, test.says, "once this run has been applied", "Nothing was changed.", "allow_lock_out = true")
			}
			after := account(srv)
			expect(t, "preference", after.Preference, before.Preference)
			expect(t, "policy", after.Policy, before.Policy)
			expect(t, "profile", after.Users["alice"].LoginProfile == nil, true)
		})
	}
}

// Values that only the apply knows are checked before the write: at most one setting is written, and the other one is
// refused.
func TestAccLockOut_twoSettingsWithUnknownValues(t *testing.T) {
	t.Parallel()
	for _, parallelism := range []string{"1", "10"} {
		srv := withAlice(t)
		withProfile(srv, "alice")
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 3 }) // the second write does not see the first one
		c := newCLI(t, srv.Getenv, resourceBlock("terraform_data", "strict", "input = true")+
			resourceBlock(preference, "this", "allow_user_to_change_password = !terraform_data.strict.output")+
			resourceBlock(policy, "this", "hard_expiry = terraform_data.strict.output\n  max_password_age = terraform_data.strict.output ? 60 : 0"))
		c.run(0, "plan")
		printed := unframed(c.run(1, "apply", "-auto-approve", "-parallelism="+parallelism))
		contains(t, printed, "Error: "+expiresForGood, "60 days")
		if written := writes(srv); len(written) > 1 {
			t.Errorf("both settings were written: %v", written)
		}
		a := account(srv)
		expect(t, "alice can log on", a.ConsoleAccess(ramtest.Logon{UserName: "alice", At: srv.Now()}).Allowed, true)
		if !a.Preference.AllowUserToChangePassword && a.Policy.MaxPasswordAge > 0 {
			t.Error("passwords expire, and users may not renew them")
		}
	}
}

// The provider's key works only through its own policy, which the configuration weakens or destroys.
func TestAccLockOut_weakerPolicyOfTheProvidersKey(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = callerAddress })
	key := srv.Credential(defaultAccount)
	own := func(more string) string {
		return resourceBlock(ownPolicy, "own", `user_name = "admin"
  access_key_id = "`+key.AccessKeyID+`"
  classic_allow_list = ["`+callerNetwork+`"]
  `+more)
	}
	c := newCLI(t, srv.Getenv, own(`status = "Active"
  must_allow = ["`+callerAddress+`"]`))
	c.run(0, "apply", "-auto-approve")
	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = fromElsewhere })
	kept := account(srv).Users["admin"].Keys[0].Policy

	const mustBeAllowed = "must_allow contains " + callerAddress + ", but classic_allow_list would be 203.0.113.0/24, which is the account's list"
	isRefused(c, srv, []string{"destroy", "-auto-approve"}, mustBeAllowed)
	must(t, c.Configure(own(`status = "Inactive"
  must_allow = ["`+callerAddress+`"]`)))
	isRefused(c, srv, []string{"apply", "-auto-approve"}, mustBeAllowed, "allow_lock_out = true")
	must(t, c.Configure(own(`status = "Inactive"`)))
	isRefused(c, srv, []string{"apply", "-auto-approve"}, "The provider's own key may be locked out", key.AccessKeyID, "is governed by the policy of the account, which allows only 203.0.113.0/24")

	must(t, c.Configure(own(`status = "Active"`)))
	c.run(0, "apply", "-auto-approve")
	isRefused(c, srv, []string{"destroy", "-auto-approve"}, "The provider's own key may be locked out")
	must(t, c.Configure(""))
	isRefused(c, srv, []string{"apply", "-auto-approve"}, "The provider's own key may be locked out")
	expect(t, "policy of the key", account(srv).Users["admin"].Keys[0].Policy, kept)
	must(t, c.Configure(own(`status = "Active"`)))
	c.run(0, "plan", "-detailed-exitcode") // the key still works
}

// The role of the least-privilege guide is assumed with a long-lived key, and may not read the owner of the key.
func TestAccLockOut_keyOfARoleThatMayNotReadUsers(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.Roles["ops"] = &ramtest.Role{ID: "300", Name: "ops", TrustedAccounts: []string{defaultAccount}, Allowed: []string{"ram:GetAccessKeyPolicyForAccount", "ram:SetAccessKeyPolicyForAccount"}}
	})
	key := srv.Credential(defaultAccount)
	const role = "provider \"ram\" {\n  assume_role = { role_arn = \"acs:ram::" + defaultAccount + ":role/ops\" }\n}\n"
	list := func(more string) string {
		return role + resourceBlock(keyPolicy, "this", `status = "Active"
  classic_allow_list = ["203.0.113.0/24"]
  `+more)
	}
	c := newCLI(t, srv.Getenv, list(""))
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
		isRefused(c, srv, command, "The provider's own key may be locked out", key.AccessKeyID, "a role is assumed with that key",
			"Whether the key belongs to this account could not be determined, so it may", "ram:GetUser", "Add the addresses from which Terraform runs to must_allow")
	}
	expect(t, "policy of the account", account(srv).AccessKeyPolicy, "")
	must(t, c.Configure(list(`must_allow = ["203.0.113.10"]`)))
	c.run(0, "apply", "-auto-approve")
	contains(t, account(srv).AccessKeyPolicy, "203.0.113.0/24")
}

// A policy that follows a rotating key leaves the old key without one. The plan warns of that and describes how to
// write it, and the advice works: no key is accepted from another address at any time.
func TestAccLockOut_policyThatFollowsARotatingKey(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	addKey(srv, "alice", aliceKey, 40*day)
	rotation := func(days int, more string) string {
		return resourceBlock(rotationKind, "alice", fmt.Sprintf(`user_name = "alice"
  rotate_after_days = %d
  overlap_days = 7
  delete_after_days = 7
  %s`, days, more))
	}
	const (
		advice = `classic_allow_list = ["203.0.113.0/24"]`
		taken  = "import {\n  to = ram_access_key_rotation.alice\n  id = \"alice\"\n}\n"
		left   = "removed {\n  from = ram_access_key_policy.alice\n  lifecycle {\n    destroy = false\n  }\n}\n"
	)
	follows := resourceBlock(ownPolicy, "alice", `user_name = "alice"
  access_key_id = ram_access_key_rotation.alice.current_access_key_id
  status = "Active"
  `+advice)
	c := newCLI(t, srv.Getenv, taken+rotation(60, "")+follows)
	c.run(0, "apply", "-auto-approve")
	expect(t, "open", unrestrictedKeys(srv), []string(nil))

	must(t, c.Configure(rotation(30, "")+follows)) // the key is due
	before := len(writes(srv))
	contains(t, unframed(c.run(2, "plan", "-detailed-exitcode")), "Warning: The network policy of the key "+aliceKey+" is removed before another key gets one",
		"during the overlap of a rotation", "removed block (destroy = false)", "network_policy = { "+advice)
	expect(t, "writes of the plan", len(writes(srv)), before)

	srv.AfterWrites(func(action string, a *ramtest.Account) {
		for _, key := range a.Users["alice"].Keys {
			if created := action == "CreateAccessKey" && key.ID != aliceKey; !created && acceptedElsewhere(a, key.ID) {
				t.Errorf("after %s, the key %s is open", action, key.ID)
			}
		}
	})
	must(t, c.Configure(rotation(30, "network_policy = {\n    "+advice+"\n  }")+left))
	lacks(t, c.run(0, "apply", "-auto-approve"), "is removed before another key gets one")
	expect(t, "keys", len(keysOf(srv, "alice")), 2)
	c.run(0, "plan", "-detailed-exitcode")
	srv.AfterWrites(nil)
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
}

// strictAccount lets users neither change passwords nor bind devices, as a strict administrator may. Its only user with console logon has a device.
func strictAccount(srv *ramtest.Server) {
	withDevice(srv, "alice")
	srv.Change(func(a *ramtest.Account) {
		a.Preference.AllowUserToChangePassword, a.Preference.AllowUserToManageMFADevices = false, false
		a.Policy.MinimumPasswordLength, a.Policy.PasswordReusePrevention = 16, 24
	})
}

// newAccount is weak: its user has no second factor, and has to change the password.
func newAccount(srv *ramtest.Server) {
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].LoginProfile.PasswordResetRequired = true })
}

// The module locks out no user, whichever profile an account gets: it is refused as a whole, or its users can log on
// as before.
func TestAccLockOut_baselineModule(t *testing.T) {
	t.Parallel()
	const forbids = "security_preference={" + forbidsChange + "}"
	for _, test := range []struct {
		profile, account, variable string
		arrange                    func(*ramtest.Server)
		says                       string // the error; "": the module is applied
	}{
		{"cis-1.0.0", "stricter", "", strictAccount, expiresForGood},
		{"cis-2.0.0", "stricter", "", strictAccount, ""}, // passwords last a year, of which a warning is enough
		{"alibaba-2026", "stricter", "", strictAccount, expiresForGood},
		{"mlps-2.0-level-3", "stricter", "", strictAccount, expiresForGood},
		{"nist-800-63b-4", "stricter", "", strictAccount, ""},
		{"cis-1.0.0", "weaker", "", newAccount, ""},
		{"cis-2.0.0", "weaker", "", newAccount, ""},
		{"alibaba-2026", "weaker", "", newAccount, ""},
		{"mlps-2.0-level-3", "weaker", "", newAccount, ""},
		{"nist-800-63b-4", "weaker", "", newAccount, ""},
		{"alibaba-2026", "weaker, and users may not change passwords", forbids, newAccount, expiresForGood},
	} {
		t.Run(test.profile+" on a "+test.account+" account", func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			withProfile(srv, "alice")
			test.arrange(srv)
			logon := ramtest.Logon{UserName: "alice", At: srv.Now(), MFA: true}
			expect(t, "alice can log on before", account(srv).ConsoleAccess(logon).Allowed, true)
			before := account(srv)
			c := inModule(t, srv, ".")
			command := []string{"apply", "-auto-approve", "-var", "profile=" + test.profile}
			if test.variable != "" {
				command = append(command, "-var", test.variable)
			}
			if test.says != "" {
				isRefused(c, srv, command, test.says, "Nothing was changed.")
				return
			}
			printed := unframed(c.run(0, command...))
			lacks(t, printed, "(weaker)")
			a := account(srv)
			expect(t, "second factor", a.Preference.MFAOperationForLogin, "mandatory")
			expect(t, "length", a.Policy.MinimumPasswordLength >= before.Policy.MinimumPasswordLength, true)
			expect(t, "why alice cannot log on after", a.ConsoleAccess(logon).Reason, "")
			c.run(0, "plan", "-detailed-exitcode", "-var", "profile="+test.profile)
		})
	}
}
