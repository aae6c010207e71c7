// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// manyMasks are n different masks.
func manyMasks(n int) []string {
	masks := []string{}
	for i := range n {
		masks = append(masks, fmt.Sprintf("198.51.%d.0/24", i))
	}
	return masks
}

func TestSetting_invalidInputIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, bad := range []struct {
		kind, attribute string
		value           any
		says            string
	}{
		{preference, "login_session_duration", 0, "between 1 and 24"},
		{preference, "login_session_duration", 25, "between 1 and 24"},
		{preference, "max_idle_days_for_users", 91, "90"},
		{preference, "max_idle_days_for_access_keys", 0, "730"},
		{preference, "mfa_operation_for_login", "always", "mandatory"},
		{preference, "verification_types", []string{"pigeon"}, "sms"},
		{preference, "login_network_masks", []string{"203.0.113.5/24"}, `the block is "203.0.113.0/24"`},
		{preference, "login_network_masks", []string{"203.0.113.5-203.0.113.9"}, "neither an IP address nor a CIDR block"},
		{preference, "login_network_masks", []string{"office"}, "office"},
		{preference, "login_network_masks", []string{"192.0.2.1", "192.0.2.1/32"}, "are the same network"},
		{preference, "must_allow", []string{"everywhere"}, "everywhere"},
		{preference, "on_destroy", "explode", "retain"},
		{preference, "timeouts", attributes{"create": "soon"}, "decimal numbers"},
		{policy, "minimum_password_length", 7, "between 8 and 32"},
		{policy, "minimum_password_length", 33, "between 8 and 32"},
		{policy, "minimum_password_different_character", 9, "between 0 and 8"},
		{policy, "max_password_age", 1096, "between 0 and 1095"},
		{policy, "password_reuse_prevention", 25, "between 0 and 24"},
		{policy, "max_login_attempts", 33, "between 0 and 32"},
		{policy, "initial_password_age", 91, "between 0 and 90"},
		{policy, "max_login_attempts", -1, "between 0 and 32"},
		{alias, "account_alias", "acme--corp", "single dashes"},
		{alias, "account_alias", "-acme", "single dashes"},
		{alias, "account_alias", "Acme", "lower-case"},
		{alias, "account_alias", "ac", "3"},
		{alias, "account_alias", strings.Repeat("a", 64), "63"},
	} {
		_, diags := c.Create(bad.kind, attributes{bad.attribute: bad.value})
		text := acctest.Messages(acctest.Errors(diags))
		contains(t, strings.Join(strings.Fields(text), " "), bad.says)
		contains(t, text, `AttributeName("`+bad.attribute+`")`)
	}
	expect(t, "calls", len(srv.Calls()), 0)
}

func TestSetting_boundsAreAccepted(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"login_network_masks": manyMasks(32), "login_session_duration": 1})
	clean(t, diags)
	_, diags = c.Apply(preference, attributes{"login_network_masks": []string{}, "login_session_duration": 24, "verification_types": []string{"sms", "email", "mfa"}}, o)
	clean(t, diags)
	_, diags = c.Create(policy, attributes{"minimum_password_length": 32, "max_password_age": 1095, "password_reuse_prevention": 24, "max_login_attempts": 32})
	clean(t, diags)
}

func TestLockOut_masksMustContainTheRequiredNetworks(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, refused := range []attributes{
		{"login_network_masks": []string{"203.0.113.0/25"}, "must_allow": []string{"203.0.113.0/24"}},
		{"login_network_masks": []string{"2001:db8::/32"}, "must_allow": []string{"203.0.113.1"}},
		{"enable_save_mfa_ticket": false, "must_allow": []string{"192.0.2.1"}}, // the live masks, which are not managed
	} {
		_, diags := c.Create(preference, refused)
		contains(t, acctest.Messages(acctest.Errors(diags)), "The logon masks exclude addresses that must be allowed", "allow_lock_out = true")
		refused["allow_lock_out"] = true
		_, diags = c.Plan(preference, refused, c.Null(preference))
		clean(t, diags)
		contains(t, acctest.Messages(diags), "The logon masks exclude addresses that must be allowed", "allow_lock_out = true accepts this")
	}
	for _, fine := range []attributes{
		{"login_network_masks": []string{}, "must_allow": []string{"192.0.2.1"}},
		{"login_network_masks": []string{"203.0.113.0/25", "203.0.113.128/25"}, "must_allow": []string{"203.0.113.0/24"}},
		{"must_allow": []string{"203.0.113.77", "198.51.100.7"}},
	} {
		_, diags := c.Plan(preference, fine, c.Null(preference))
		clean(t, diags)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

// Values that are unknown in the plan are checked before the write.
func TestLockOut_valuesUnknownInThePlanAreCheckedBeforeTheWrite(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"login_session_duration": 8})
	clean(t, diags)
	srv.ForgetCalls()
	for name, config := range map[string]attributes{
		"masks": {"login_network_masks": acctest.Unknown{}, "must_allow": []string{"192.0.2.1"}},
		"must":  {"login_network_masks": []string{"203.0.113.0/24"}, "must_allow": acctest.Unknown{}},
	} {
		plan, diags := c.Plan(preference, config, o)
		clean(t, diags)
		known := attributes{"login_network_masks": []string{"203.0.113.0/24"}, "must_allow": []string{"192.0.2.1"}}
		plan.PlannedState = c.Dynamic(c.Propose(preference, c.Build(c.Schemas.ResourceSchemas[preference], known), c.Planned(preference, plan)))
		_, diags = c.ApplyPlan(preference, known, o, plan)
		if !strings.Contains(acctest.Messages(acctest.Errors(diags)), "The logon masks exclude addresses that must be allowed") {
			t.Errorf("%s: not refused:\n%s", name, acctest.Messages(diags))
		}
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestLockOut_warnsOfPrivateMasks(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(preference, attributes{"login_network_masks": []string{"10.0.0.0/8", "192.168.0.0/16"}}, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The logon masks contain private addresses only")
}

// withProfile gives users login profiles.
func withProfile(srv *ramtest.Server, names ...string) {
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		for i, name := range names {
			if a.Users[name] == nil {
				a.Users[name] = &ramtest.User{Name: name, ID: fmt.Sprint(700000 + i)}
			}
			a.Users[name].LoginProfile = &ramtest.LoginProfile{Status: "Active", Password: "Secret-123456", PasswordDate: now}
		}
	})
}

// withDevice binds a device to a user.
func withDevice(srv *ramtest.Server, name string) string {
	serial := "acs:ram::" + defaultAccount + ":mfa/" + name
	srv.Change(func(a *ramtest.Account) {
		a.MFADevices[serial] = &ramtest.MFADevice{Name: name, Serial: serial, UserID: a.Users[name].ID, Seed: "JBSWY3DPEHPK3PXP"}
		a.Users[name].MFASerial = serial
	})
	return serial
}

func TestLockOut_secondFactorThatUsersCannotBind(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "admin", "alice")
	withDevice(srv, "admin")
	c := newCore(t, srv.Getenv, fakeClock())
	impossible := attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_mfa_devices": false}
	_, diags := c.Create(preference, impossible)
	contains(t, acctest.Messages(acctest.Errors(diags)), "A second factor is mandatory, but users may not bind one", "none that the account accepts: alice.")
	expect(t, "writes", writes(srv), []string(nil))

	for _, action := range []string{"ListUsers", "ListVirtualMFADevices", "GetLoginProfile", "GetUserMFAInfo"} {
		denied := ramtest.New(t)
		withProfile(denied, "alice")
		denied.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
		_, diags = newCore(t, denied.Getenv, fakeClock()).Create(preference, impossible)
		contains(t, acctest.Messages(acctest.Errors(diags)), "could not be determined", action)
	}

	_, diags = c.Plan(preference, attributes{"mfa_operation_for_login": "mandatory"}, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Every RAM user needs a second factor")

	_, diags = c.Create(preference, attributes{"mfa_operation_for_login": "mandatory", "verification_types": []string{}, "allow_user_to_manage_mfa_devices": false})
	contains(t, acctest.Messages(diags), "ERROR: A second factor is mandatory, but users may not bind one", "WARNING: A second factor is mandatory, but no alternative is allowed")

	impossible["allow_lock_out"] = true
	o, diags := c.Create(preference, impossible)
	clean(t, diags)
	expect(t, "account", account(srv).Preference.MFAOperationForLogin, "mandatory")
	delete(impossible, "allow_lock_out")
	impossible["login_session_duration"] = 3
	_, diags = c.Apply(preference, impossible, o) // as it was: no longer this plan's fault
	clean(t, diags)
}

// A device of a user without console logon is no second factor of the users who have it.
func TestLockOut_secondFactorOfUsersWithConsoleLogon(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	withDevice(srv, "admin")
	strict := attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_mfa_devices": false}
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(preference, strict, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "accepts: alice.")
	for name, arrange := range map[string]func(*ramtest.Account, *ramtest.User){
		"device":     func(_ *ramtest.Account, u *ramtest.User) { u.MFASerial = "acs:ram::1234567890123456:mfa/alice" },
		"passkey":    func(_ *ramtest.Account, u *ramtest.User) { u.Passkeys = []*ramtest.Passkey{{ID: "1"}} },
		"no logon":   func(_ *ramtest.Account, u *ramtest.User) { u.LoginProfile.Status = "Inactive" },
		"no profile": func(_ *ramtest.Account, u *ramtest.User) { u.LoginProfile = nil },
		"single sign-on": func(a *ramtest.Account, _ *ramtest.User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument = true, "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>"
		},
		"phone": func(a *ramtest.Account, u *ramtest.User) {
			a.Preference.VerificationTypes = []string{"sms"}
			u.SecurityPhone = ramtest.Verification{Address: "86-13900001234", Status: "active"}
		},
	} {
		srv := ramtest.New(t)
		withProfile(srv, "alice")
		srv.Change(func(a *ramtest.Account) { arrange(a, a.Users["alice"]) })
		if name == "device" {
			withDevice(srv, "alice")
		}
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Plan(preference, strict, c.Null(preference))
		if len(acctest.Errors(diags)) > 0 {
			t.Errorf("%s: %s", name, acctest.Messages(diags))
		}
		contains(t, acctest.Messages(diags), "Users may not bind a second factor")
	}
}

// A profile can demand a second factor if the account leaves it to the profiles.
func TestLockOut_secondFactorThatAProfileDemands(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice", "bob")
	srv.Change(func(a *ramtest.Account) { a.Users["bob"].LoginProfile.MFABindRequired = true })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(preference, attributes{"allow_user_to_manage_mfa_devices": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "accepts: bob.")
}

func TestLockOut_passwordsThatUsersCannotRenew(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	hard := attributes{"hard_expiry": true, "max_password_age": 30}
	_, diags := c.Plan(policy, hard, c.Null(policy))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "locked out until an administrator resets it")

	srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToChangePassword = false })
	_, diags = c.Create(policy, hard)
	contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them", "max_password_age is 30 days")
	for age, refusals := range map[int]int{access.ShortPasswordAge: 1, access.ShortPasswordAge + 1: 0} {
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags = c.Plan(policy, hard.With("max_password_age", age), c.Null(policy))
		expect(t, fmt.Sprint("refusals of ", age), len(acctest.Errors(diags)), refusals)
		expect(t, fmt.Sprint("mentions of ", age), strings.Count(acctest.Messages(diags), "only an administrator can renew them"), 1)
	}
	hard["max_password_age"] = 365
	_, diags = c.Plan(policy, hard, c.Null(policy))
	clean(t, diags)
	c = newCore(t, srv.Getenv, fakeClock()) // what one run plans counts for all of its plans

	srv.Change(func(a *ramtest.Account) {
		a.Preference.AllowUserToChangePassword, a.Policy.HardExpiry, a.Policy.MaxPasswordAge = true, true, 60
	})
	_, diags = c.Create(preference, attributes{"allow_user_to_change_password": false})
	contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them")
	srv.Change(func(a *ramtest.Account) { a.Policy.HardExpiry = false }) // the logon then demands another password
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them", "60 days")
	srv.Change(func(a *ramtest.Account) { a.Policy.MaxPasswordAge = 0 })
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Users may not change their passwords")
	expect(t, "writes", writes(srv), []string(nil))
}

// Only a plan that makes passwords expire for good warns of it: not one that leaves the logon to demand another, nor one that changes
// something else.
func TestLockOut_passwordsThatExpireAsBefore(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(policy, attributes{"max_password_age": 30}, c.Null(policy))
	clean(t, diags)
	lacks(t, acctest.Messages(diags), "only an administrator can renew them")
	srv.Change(func(a *ramtest.Account) { a.Policy.HardExpiry, a.Policy.MaxPasswordAge = true, 60 })
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(policy, attributes{"max_login_attempts": 5}, c.Null(policy))
	clean(t, diags)
	lacks(t, acctest.Messages(diags), "only an administrator can renew them")
}

// withInitialPassword gives a user a profile with a password that an administrator set some time ago. The profile may be older.
func withInitialPassword(srv *ramtest.Server, name string, ago, created time.Duration) {
	withProfile(srv, name)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users[name].ID = fmt.Sprint(800000 + len(a.Users))
		profile := a.Users[name].LoginProfile
		profile.PasswordInitial, profile.PasswordDate, profile.UpdateDate, profile.CreateDate = true, now.Add(-ago), now.Add(-ago), now.Add(-created)
	})
}

func TestLockOut_initialPasswordsThatExpireAtOnce(t *testing.T) {
	t.Parallel()
	plan := func(srv *ramtest.Server, kind string, config attributes) string {
		c := newCore(t, srv.Getenv, clockOf(srv))
		_, diags := c.Plan(kind, config, c.Null(kind))
		return acctest.Messages(diags)
	}
	const refusal = "ERROR: Initial passwords may expire at once"
	shorter := attributes{"initial_password_age": 3}

	srv := ramtest.New(t)
	withInitialPassword(srv, "alice", 5*day, 5*day)
	withInitialPassword(srv, "bob", 2*day, 2*day)
	withInitialPassword(srv, "carol", 2*day, 9*day)  // the password may be as old as the profile
	withInitialPassword(srv, "dave", 20*day, 20*day) // it has expired already
	withInitialPassword(srv, "erin", 2*day, 20*day)  // it has not: it is not as old as the profile
	contains(t, plan(srv, policy, shorter), refusal, "alice, carol, erin.", "Initial passwords expire sooner")
	contains(t, plan(srv, policy, shorter.With("allow_lock_out", true)), "WARNING: Initial passwords may expire at once")
	if said := plan(srv, policy, attributes{"initial_password_age": 30}); strings.Contains(said, "ERROR") {
		t.Errorf("a longer age is refused: %s", said)
	}
	srv.Change(func(a *ramtest.Account) { a.Policy.InitialPasswordAge = 0 })
	contains(t, plan(srv, policy, attributes{"initial_password_age": 14}), refusal, "dave")
	_, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(policy, attributes{"initial_password_age": 14})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Initial passwords may expire at once")
	expect(t, "writes", writes(srv), []string(nil))

	srv.Change(func(a *ramtest.Account) { // users do not use their passwords
		a.Policy.InitialPasswordAge, a.UserSso.Enabled, a.UserSso.MetadataDocument = 14, true, acctest.IDPMetadata
	})
	if said := plan(srv, policy, shorter); strings.Contains(said, "ERROR") {
		t.Errorf("refused with single sign-on: %s", said)
	}
	said := plan(srv, userSso, attributes{"sso_enabled": false})
	contains(t, said, refusal, "when it was set: dave. Once")

	for _, action := range []string{"ListUsers", "GetLoginProfile"} {
		denied := ramtest.New(t)
		withInitialPassword(denied, "bob", day, day)
		denied.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
		contains(t, plan(denied, policy, shorter), "ERROR: Users may be locked out", action)
	}
	young := ramtest.New(t)
	withInitialPassword(young, "bob", day, day)
	if said := plan(young, policy, shorter); strings.Contains(said, "ERROR") {
		t.Errorf("a young password is refused: %s", said)
	}
}

// With hard expiry a user whose password is too old cannot renew it.
func TestLockOut_passwordsThatExpireHardAtOnce(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice", "bob")
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].LoginProfile.UpdateDate, a.Users["bob"].LoginProfile.UpdateDate = now.Add(-100*day), now.Add(-10*day)
		a.Policy.MaxPasswordAge = 90
	})
	c := newCore(t, srv.Getenv, clockOf(srv))
	_, diags := c.Create(policy, attributes{"hard_expiry": true})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Passwords may expire at once, and only an administrator can renew them", "alice.")
	expect(t, "writes", writes(srv), []string(nil))
	for _, config := range []attributes{{"hard_expiry": false, "max_password_age": 30}, {"hard_expiry": true, "max_password_age": 365}} {
		c := newCore(t, srv.Getenv, clockOf(srv))
		_, diags := c.Plan(policy, config, c.Null(policy))
		clean(t, diags)
	}
}

func TestLockOut_warnsOfShorterIdleLimits(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(preference, attributes{"max_idle_days_for_users": 90, "max_idle_days_for_access_keys": 180}, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "did not log on for 90 days lose their console access", "not used for 180 days are disabled")
}

// An MFA device is a second factor, and users can bind one.
func TestLockOut_noAlternativeIsAWarningWhileUsersMayBindADevice(t *testing.T) {
	t.Parallel()
	c := newCore(t, old(t).Getenv, fakeClock())
	_, diags := c.Create(preference, attributes{"mfa_operation_for_login": access.Mandatory, "verification_types": []string{}})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: A second factor is mandatory, but no alternative is allowed", "the only second factor")
}

func TestLockOut_warnsOfIPv6Masks(t *testing.T) {
	t.Parallel()
	c := newCore(t, old(t).Getenv, fakeClock())
	_, diags := c.Create(preference, attributes{"login_network_masks": []string{"2001:db8::/32", "203.0.113.0/24"}})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The logon masks contain IPv6 networks", "2001:db8::/32")
}

// Beyond the documented limits the service decides.
func TestMasks_moreThanDocumented(t *testing.T) {
	t.Parallel()
	for said, masks := range map[string][]string{
		"has 41 entries": manyMasks(41), "characters when joined": append(manyMasks(33), "2001:0db8:0000:0000:0000:0000:0000:0001"),
	} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.LongMasks = true }))
		c := newCore(t, srv.Getenv, fakeClock())
		config := attributes{"login_network_masks": masks}
		o, diags := c.Create(preference, config)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "More networks than documented", said, "allows 200")
		imported, diags := newCore(t, srv.Getenv, fakeClock()).Import(preference, defaultAccount)
		clean(t, diags)
		expect(t, "imported", len(acctest.Fields(imported.State)), len(acctest.Fields(o.State)))
		steady(t, newCore(t, srv.Getenv, fakeClock()), preference, config, imported)
		expect(t, "masks", strings.Count(account(srv).Preference.LoginNetworkMasks, ";"), len(masks)-1)
	}
}

// Masks that another client separated by blanks and commas are read, are no drift, and are written with semicolons.
func TestMasks_separators(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.AcceptMaskSeparators = true }))
	srv.Change(func(a *ramtest.Account) { a.Preference.LoginNetworkMasks = "203.0.113.0/24, 198.51.100.7 192.0.2.1" })
	config := attributes{"login_network_masks": []string{"192.0.2.1/32", "198.51.100.7", "203.0.113.0/24"}, "allow_lock_out": true}
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(preference, defaultAccount)
	clean(t, diags)
	o, diags = c.Apply(preference, config, o)
	clean(t, diags)
	expect(t, "drift", writes(srv), []string(nil))
	steady(t, c, preference, config, o)
	o, diags = c.Apply(preference, config.With("login_network_masks", []string{"192.0.2.1", "203.0.113.0/24"}), o)
	clean(t, diags)
	expect(t, "written", account(srv).Preference.LoginNetworkMasks, "192.0.2.1;203.0.113.0/24")
	expect(t, "masks", len(in(t, o.State, "login_network_masks").([]string)), 2)
}
