// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Two changes that lock users out only together are refused in either order, in the plan and in the apply.
func TestAccess_passwordsThatExpireByTwoChanges(t *testing.T) {
	t.Parallel()
	forbids := attributes{"allow_user_to_change_password": false}
	expires := attributes{"hard_expiry": true, "max_password_age": 60}
	for name, order := range map[string][2]struct {
		kind   string
		config attributes
	}{
		"preference first": {{preference, forbids}, {policy, expires}},
		"policy first":     {{policy, expires}, {preference, forbids}},
	} {
		srv := ramtest.New(t)
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Plan(order[0].kind, order[0].config, c.Null(order[0].kind))
		clean(t, diags)
		_, diags = c.Plan(order[1].kind, order[1].config, c.Null(order[1].kind))
		contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them", "60 days", "once this run has been applied")

		c = newCore(t, srv.Getenv, fakeClock()) // accepted by either of the two
		accepted := attributes{"allow_lock_out": true}
		for name, value := range order[0].config {
			accepted[name] = value
		}
		_, diags = c.Plan(order[0].kind, accepted, c.Null(order[0].kind))
		clean(t, diags)
		_, diags = c.Plan(order[1].kind, order[1].config, c.Null(order[1].kind))
		clean(t, diags)
		contains(t, acctest.Messages(diags), "only an administrator can renew them")

		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 3 }) // the second write does not see the first one
		c = newCore(t, srv.Getenv, fakeClock())
		_, diags = c.Create(order[0].kind, order[0].config)
		clean(t, diags)
		before := len(writes(srv))
		_, diags = c.Create(order[1].kind, order[1].config)
		contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them")
		expect(t, name+": writes", len(writes(srv)), before)
	}
}

// Terraform may first write what weakens or what hardens, so neither justifies the other.
func TestAccess_unknownOrderOfWrites(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Policy.HardExpiry, a.Policy.MaxPasswordAge = true, 60 })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(policy, attributes{"hard_expiry": false}, c.Null(policy))
	clean(t, diags)
	_, diags = c.Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them")
}

// A setting that cannot be read counts as the worst case.
func TestAccess_unreadableSetting(t *testing.T) {
	t.Parallel()
	for action, change := range map[string]struct {
		kind   string
		config attributes
	}{
		"GetSecurityPreference": {policy, attributes{"hard_expiry": true, "max_password_age": 60}},
		"GetPasswordPolicy":     {preference, attributes{"allow_user_to_change_password": false}},
	} {
		srv := ramtest.New(t)
		srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Plan(change.kind, change.config, c.Null(change.kind))
		contains(t, acctest.Messages(acctest.Errors(diags)), "only an administrator can renew them", action)
	}
}

// A user whose password has to be changed cannot log on if users may not change their password.
func TestAccess_pendingPasswordResets(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice", "bob")
	srv.Change(func(a *ramtest.Account) { a.Users["bob"].LoginProfile.PasswordResetRequired = true })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "Users have to change their passwords, and may not", "bob must set another password at the next logon")
}

// A profile that the run creates counts for a preference of the same run, in either order.
func TestAccess_newProfileWithAPasswordReset(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	reset := attributes{"user_name": "alice", "password_wo": password, "password_wo_version": 1, "password_reset_required": true}
	forbids := attributes{"allow_user_to_change_password": false}
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(profileKind, reset, c.Null(profileKind))
	clean(t, diags)
	_, diags = c.Plan(preference, forbids, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "Users have to change their passwords, and may not", "alice must set another password at the next logon")
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(preference, forbids, c.Null(preference))
	clean(t, diags)
	_, diags = c.Plan(profileKind, reset, c.Null(profileKind))
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user may not change the password that has to be reset")
	c = newCore(t, srv.Getenv, fakeClock()) // accepted by the profile
	_, diags = c.Plan(profileKind, reset.With("allow_lock_out", true), c.Null(profileKind))
	clean(t, diags)
	_, diags = c.Plan(preference, forbids, c.Null(preference))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "alice must set another password at the next logon")
}

// The provider's key works only through its own policy, because the policy of the account lacks the address.
func TestAccess_removedPolicyDoesNotLockOutTheProvidersKey(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = "192.0.2.77" })
	key := srv.Credential(defaultAccount)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "admin", "access_key_id": key.AccessKeyID, "status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}, "must_allow": []string{"192.0.2.77"}}
	o, diags := c.Create(ownPolicy, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.AccessKeyPolicy = `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
	})
	c = newCore(t, srv.Getenv, fakeClock())
	before := len(writes(srv))
	inactive := attributes{"user_name": "admin", "access_key_id": key.AccessKeyID, "status": "Inactive", "classic_allow_list": []string{"192.0.2.0/24"}}
	_, diags = c.Apply(ownPolicy, inactive, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The provider's own key may be locked out", "it is governed by the policy of the account", "203.0.113.0/24")
	inactive["must_allow"] = []string{"192.0.2.77"}
	_, diags = c.Apply(ownPolicy, inactive, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The network policy excludes addresses that must be allowed", "the account's list")
	_, diags = c.PlanDestroy(ownPolicy, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "excludes addresses that must be allowed")
	_, diags = c.Destroy(ownPolicy, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "excludes addresses that must be allowed")
	expect(t, "writes", len(writes(srv)), before)

	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = "" })
	delete(inactive, "must_allow")
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(ownPolicy, inactive, o)
	clean(t, diags)
}

// Removing a network from a list by VPC is checked as in a list of public addresses.
func TestAccess_listsByVPC(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"status": "Active", "vpc_allow_list": vpcs(map[string][]string{"vpc-1": {"10.0.0.0/8"}})}
	_, diags := c.Plan(keyPolicy, config, c.Null(keyPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), "The provider's own key may be locked out", "must_allow_vpcs")
	config["must_allow_vpcs"] = vpcs(map[string][]string{"vpc-1": {"10.1.0.0/16"}, "vpc-2": {}})
	_, diags = c.Plan(keyPolicy, config, c.Null(keyPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), "must_allow_vpcs contains vpc-2, but vpc_allow_list would be vpc-1 10.0.0.0/8")
	config["must_allow_vpcs"] = vpcs(map[string][]string{"vpc-1": {"10.1.0.0/16"}})
	_, diags = c.Create(keyPolicy, config)
	clean(t, diags)
	for kind, more := range map[string]attributes{keyPolicy: {}, ownPolicy: {"user_name": "alice", "access_key_id": "LTAI5t"}} {
		more["must_allow_vpcs"] = vpcs(map[string][]string{"office": {"here"}})
		_, diags = c.Create(kind, more)
		contains(t, acctest.Messages(acctest.Errors(diags)), `"office" is neither the id of a VPC`, `"here" is neither an IP address`)
	}
}

// A key that has an active policy of its own does not depend on the policy of the account.
func TestAccess_policyOfAKeyPrecedesTheAccounts(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	key := srv.Credential(defaultAccount)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(ownPolicy, attributes{"user_name": "admin", "access_key_id": key.AccessKeyID, "status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}, "must_allow": []string{"192.0.2.77"}})
	clean(t, diags)
	elsewhere := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(keyPolicy, elsewhere, c.Null(keyPolicy))
	clean(t, diags)
}

// The last second factor of a user who may not bind another one is not removed.
func TestAccess_lastSecondFactorIsNotRemoved(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MFAOperationForLogin, a.Preference.AllowUserToManageMFADevices = "mandatory", false
	})
	before := len(writes(srv))
	const refused = "The user alice would have no second factor, and may not bind one"
	for name, change := range map[string]attributes{
		"unbound": {"virtual_mfa_device_name": "phone", "bind_to_user": ""},
		"renamed": {"virtual_mfa_device_name": "telephone", "bind_to_user": "alice"},
	} {
		c = newCore(t, srv.Getenv, fakeClock())
		_, diags = c.Plan(deviceKind, change, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), refused)
		contains(t, acctest.Messages(diags), "A user loses the MFA device")
		change["allow_lock_out"] = true
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(deviceKind, change, o)
		if len(acctest.Errors(diags)) > 0 {
			t.Errorf("%s: %s", name, acctest.Messages(diags))
		}
	}
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	expect(t, "writes", len(writes(srv)), before)

	srv.Change(func(a *ramtest.Account) { a.Users["alice"].LoginProfile.Status = "Inactive" }) // she does not log on
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(deviceKind, o)
	clean(t, diags)
}

// A device that this run removes is no second factor for a preference that demands one.
func TestAccess_removedDeviceDoesNotCount(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
	clean(t, diags)
	strict := attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_mfa_devices": false}
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags = c.PlanDestroy(deviceKind, o)
	clean(t, diags)
	_, diags = c.Plan(preference, strict, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "none that the account accepts: alice.")

	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(preference, strict, c.Null(preference))
	clean(t, diags)
	_, diags = c.PlanDestroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user alice would have no second factor")
}

// A change of single sign-on that invalidates the logon names of users is refused.
func TestAccess_namesOfSingleSignOn(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.UserSso.Enabled, a.UserSso.MetadataDocument = true, "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>"
		a.UserSso.AuxiliaryDomain, a.UserSso.LoginWithDomain = "example.com", true
	})
	for _, change := range []attributes{{"auxiliary_domain": "example.org"}, {"auxiliary_domain": ""}, {"sso_login_with_domain": false}} {
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Create(userSso, change)
		contains(t, acctest.Messages(acctest.Errors(diags)), "may no longer be accepted", "allow_lock_out = true")
		change["allow_lock_out"] = true
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(userSso, change, c.Null(userSso))
		clean(t, diags)
	}
	c := newCore(t, srv.Getenv, fakeClock())
	const serviceProvider = `<EntityDescriptor><SPSSODescriptor/></EntityDescriptor>`
	_, diags := c.Create(userSso, attributes{"metadata_document": serviceProvider})
	contains(t, acctest.Messages(acctest.Errors(diags)), "does not describe an identity provider")

	withProfile(srv, "alice") // who then needs a second factor, because the identity provider no longer checks it
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MFAOperationForLogin, a.Preference.AllowUserToManageMFADevices = "mandatory", false
	})
	_, diags = c.Plan(userSso, attributes{"sso_enabled": false}, c.Null(userSso))
	contains(t, acctest.Messages(acctest.Errors(diags)), "none that the account accepts: alice.")
	expect(t, "writes", writes(srv), []string(nil))
}

// A policy that enforces nothing says so.
func TestAccess_policiesThatEnforceNothing(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(keyPolicy, attributes{"classic_allow_list": []string{"203.0.113.0/24"}}, c.Null(keyPolicy))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The lists are not enforced")
	_, diags = c.Plan(keyPolicy, attributes{"status": "Active"}, c.Null(keyPolicy))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The network policy is Active and has no lists")
}

// A replacement leaves the old key without a policy, as a destroy does.
func TestAccess_replacedKeyPolicyIsCheckedLikeADestroy(t *testing.T) {
	t.Parallel()
	srv := withKey(t, `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(ownPolicy, ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}))
	clean(t, diags)
	next := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}})
	next["access_key_id"] = acctest.Unknown{}
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(ownPolicy, next, o)
	contains(t, acctest.Messages(diags), "Destroying the network policy of the AccessKey pair resets it", aliceKey)
}

// strictly lets no user bind a second factor, which every user needs.
func strictly(srv *ramtest.Server) {
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MFAOperationForLogin, a.Preference.AllowUserToManageMFADevices, a.Preference.VerificationTypes = "mandatory", false, []string{"sms"}
	})
}

// The last address that an account accepts as a second factor is not removed from a user: not by an update, a
// replacement or a destroy.
func TestAccess_lastAddressIsNotRemoved(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice", "bob")
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "security_phone": "86-13900001234", "security_email": "alice@example.com"}
	_, diags := c.Create(verificationKind, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].SecurityPhone.Status, a.Users["alice"].SecurityEmail.Status = "active", "active"
	})
	o, diags := newCore(t, srv.Getenv, fakeClock()).Import(verificationKind, "alice")
	clean(t, diags)
	plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(verificationKind, config.With("security_phone", ""), o)
	clean(t, diags)
	strictly(srv)
	const refused = "The user alice would have no second factor, and may not bind one"
	before := len(writes(srv))
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(verificationKind, config.With("security_phone", ""), o, plan) // planned before
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	for name, change := range map[string]attributes{
		"removed":      config.With("security_phone", ""),
		"replaced":     config.With("security_phone", "86-13900009999"),
		"another user": {"user_name": "bob", "security_phone": "86-13900001234"},
	} {
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(verificationKind, change, o)
		contains(t, name+acctest.Messages(acctest.Errors(diags)), refused)
	}
	fresh := newCore(t, srv.Getenv, fakeClock())
	_, diags = fresh.Create(verificationKind, config.With("security_phone", "86-13900009999"))
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(verificationKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	c = newCore(t, srv.Getenv, fakeClock())
	srv.Change(func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = "adaptive" })
	gone, diags := c.PlanDestroy(verificationKind, o)
	clean(t, diags)
	strictly(srv)
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(verificationKind, nil, o, gone)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	expect(t, "writes", len(writes(srv)), before)

	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(verificationKind, config.With("security_email", ""), o) // not accepted anyway
	clean(t, diags)
	after, diags := newCore(t, srv.Getenv, fakeClock()).Apply(verificationKind, config.With("security_phone", "").With("allow_lock_out", true), o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: "+refused)
	expect(t, "phone", stateOf(t, after, "security_phone"), "")
}

// A change that was planned before the account became strict is refused before the write.
func TestAccess_isCheckedAgainBeforeTheWrite(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	device, diags := c.Create(deviceKind, config)
	clean(t, diags)
	logon, diags := c.Import(profileKind, "alice")
	clean(t, diags)
	unbound, demanded := config.With("bind_to_user", ""), attributes{"user_name": "alice", "mfa_bind_required": true}
	c = newCore(t, srv.Getenv, fakeClock())
	unbind, diags := c.Plan(deviceKind, unbound, device)
	clean(t, diags)
	demand, diags := newCore(t, srv.Getenv, fakeClock()).Plan(profileKind, demanded, logon)
	clean(t, diags)
	before := len(writes(srv))
	strictly(srv)
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(deviceKind, unbound, device, unbind)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user alice would have no second factor")
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MFAOperationForLogin = "independent"
		acctest.DeleteDevice(a, a.Users["alice"].MFASerial)
	})
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(profileKind, demanded, logon, demand)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user alice would have no second factor")
	expect(t, "writes", len(writes(srv)), before)
}

// A password that has to be changed is refused also where users need a second factor, which they may not bind.
func TestAccess_passwordResetWithAMandatoryFactor(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	withDevice(srv, "alice")
	o, diags := newCore(t, srv.Getenv, fakeClock()).Import(profileKind, "alice")
	clean(t, diags)
	strictly(srv)
	srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToChangePassword = true })
	first := attributes{"user_name": "alice", "password_wo": password, "password_wo_version": 1}
	o, diags = newCore(t, srv.Getenv, fakeClock()).Apply(profileKind, first, o)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToChangePassword = false })
	second := first.Merge(attributes{"password_wo_version": 2, "password_reset_required": true})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(profileKind, second, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user may not change the password that has to be reset")
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(profileKind, second.With("status", "Inactive"), o) // she does not log on
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Preference.AllowUserToChangePassword, a.Users["alice"].LoginProfile.PasswordResetRequired = true, true
	})
	c := newCore(t, srv.Getenv, fakeClock()) // she has a device, which is not read
	_, diags = c.Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "alice must set another password at the next logon")
	srv.Change(func(a *ramtest.Account) {
		acctest.DeleteDevice(a, a.Users["alice"].MFASerial)
		a.Preference.AllowUserToManageMFADevices = true
	})
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(preference, attributes{"allow_user_to_change_password": false}, c.Null(preference))
	contains(t, acctest.Messages(acctest.Errors(diags)), "alice must set another password at the next logon")
}

// The networks from which a key without an active policy must be accepted are checked against the policy of the
// account too, in either order of the writes.
func TestAccess_accountPolicyAcceptsTheKeysOfTheRun(t *testing.T) {
	t.Parallel()
	srv := withKey(t, `{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`)
	c := newCore(t, srv.Getenv, fakeClock())
	own := ofAlice(attributes{"status": "Inactive", "must_allow": []string{"198.51.100.7"}})
	ofAccount := attributes{"status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}, "must_allow": []string{"192.0.2.77"}}
	_, diags := c.Plan(ownPolicy, own, c.Null(ownPolicy))
	clean(t, diags)
	_, diags = c.Plan(keyPolicy, ofAccount, c.Null(keyPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), "must_allow contains 198.51.100.7")
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(keyPolicy, ofAccount, c.Null(keyPolicy))
	clean(t, diags)
	_, diags = c.Plan(ownPolicy, own, c.Null(ownPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), "must_allow contains 198.51.100.7")
}

const noFactorLeft = "The user alice would have no second factor, and may not bind one"

// An action that takes the last second factor off a user is judged like a destroy of the device.
func TestAccess_actionsKeepTheLastSecondFactor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind    string
		config  attributes
		arrange func(*ramtest.Account, *ramtest.User)
		refused bool
	}{
		"the device":           {unbindAction, attributes{"user_name": "alice"}, func(*ramtest.Account, *ramtest.User) {}, true},
		"the device, deleted":  {unbindAction, attributes{"user_name": "alice", "serial_number": lostPhone, "delete_device": true}, func(*ramtest.Account, *ramtest.User) {}, true},
		"she may bind another": {unbindAction, attributes{"user_name": "alice"}, func(a *ramtest.Account, _ *ramtest.User) { a.Preference.AllowUserToManageMFADevices = true }, false},
		"she has a passkey": {unbindAction, attributes{"user_name": "alice"}, func(a *ramtest.Account, u *ramtest.User) {
			a.Preference.AllowUserToLoginWithPasskey, u.Passkeys = true, []*ramtest.Passkey{{ID: "PASSKEY-1"}}
		}, false},
		"she does not log on": {unbindAction, attributes{"user_name": "alice"}, func(_ *ramtest.Account, u *ramtest.User) { u.LoginProfile.Status = "Inactive" }, false},
		"all passkeys":        {passkeyGone, attributes{"user_name": "alice"}, onlyPasskeys, true},
		"each passkey":        {passkeyGone, attributes{"user_name": "alice", "passkey_ids": []string{"PASSKEY-1", "PASSKEY-2", "PASSKEY-9"}}, onlyPasskeys, true},
		"one passkey":         {passkeyGone, attributes{"user_name": "alice", "passkey_ids": []string{"PASSKEY-1"}}, onlyPasskeys, false},
		"passkeys that are not accepted": {passkeyGone, attributes{"user_name": "alice"}, func(a *ramtest.Account, u *ramtest.User) {
			onlyPasskeys(a, u)
			a.Preference.AllowUserToLoginWithPasskey = false
		}, false},
		"passkeys beside a device": {passkeyGone, attributes{"user_name": "alice"}, func(a *ramtest.Account, u *ramtest.User) {
			onlyPasskeys(a, u)
			u.MFASerial = lostPhone
		}, false},
	} {
		srv := incident(t)
		strictly(srv)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"].Passkeys = nil
			test.arrange(a, a.Users["alice"])
		})
		plan := newCore(t, srv.Getenv, fakeClock()).PlanAction(test.kind, test.config)
		if refused := len(acctest.Errors(plan)) > 0; refused != test.refused {
			t.Errorf("%s: the plan says:\n%s", name, acctest.Messages(plan))
		}
		before := len(writes(srv))
		// The invocation asks by itself, because the account may change after the plan.
		_, invoke := newCore(t, srv.Getenv, fakeClock()).InvokeAction(t.Context(), test.kind, test.config, func(string) {})
		if !test.refused {
			if len(acctest.Errors(invoke)) > 0 {
				t.Errorf("%s: %s", name, acctest.Messages(invoke))
			}
			continue
		}
		contains(t, acctest.Messages(acctest.Errors(plan)), noFactorLeft, "allow_lock_out = true")
		contains(t, acctest.Messages(acctest.Errors(invoke)), noFactorLeft, "Nothing was changed.")
		expect(t, name+": writes", len(writes(srv)), before)
		// What is unknown in the plan is decided by the invocation.
		expect(t, name+": not known yet", acctest.Messages(newCore(t, srv.Getenv, fakeClock()).PlanAction(test.kind, test.config.With("allow_lock_out", acctest.Unknown{}))), "")
		accepted := test.config.With("allow_lock_out", true)
		if plan := newCore(t, srv.Getenv, fakeClock()).PlanAction(test.kind, accepted); len(acctest.Errors(plan)) > 0 {
			t.Errorf("%s: %s", name, acctest.Messages(plan))
		}
		if _, invoke = newCore(t, srv.Getenv, fakeClock()).Invoke(test.kind, accepted); len(acctest.Errors(invoke)) > 0 {
			t.Errorf("%s: %s", name, acctest.Messages(invoke))
		}
	}
}

// onlyPasskeys leaves a user two passkeys as second factors.
func onlyPasskeys(a *ramtest.Account, u *ramtest.User) {
	a.Preference.AllowUserToLoginWithPasskey, u.MFASerial = true, ""
	u.Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop"}, {ID: "PASSKEY-2", Name: "phone"}}
}

// The exclusive credentials of a user do not delete the last passkey of a user who needs it.
func TestAccess_exclusiveCredentialsKeepTheLastPasskey(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	withProfile(srv, "alice")
	srv.Change(func(a *ramtest.Account) { onlyPasskeys(a, a.Users["alice"]) })
	config := exclusively("alice", "delete").With("allowed_passkey_ids", []string{})
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, config)
	clean(t, diags)
	later, diags := newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, config, o)
	clean(t, diags)
	before := len(writes(srv))
	strictly(srv)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, config, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft, "allow_lock_out = true")
	after, diags := newCore(t, srv.Getenv, fakeClock()).ApplyPlan(exclusiveKind, config, o, later)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	expect(t, "writes", len(writes(srv)), before)
	expect(t, "the state is unchanged", after.State.Equal(o.State), true)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, config.With("allow_lock_out", acctest.Unknown{}), o) // the apply decides
	clean(t, diags)
	one := config.With("allowed_passkey_ids", []string{"PASSKEY-2"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, one, o)
	clean(t, diags)
	o, diags = newCore(t, srv.Getenv, fakeClock()).Apply(exclusiveKind, config.With("allow_lock_out", true), o)
	clean(t, diags)
	expect(t, "passkeys", len(account(srv).Users["alice"].Passkeys), 0)
	expect(t, "undeclared", in(t, o.State, "undeclared_passkey_ids"), []string{})
}

// The state may have an earlier name of a user whom another administrator renamed.
func TestAccess_followsARenamedUser(t *testing.T) {
	t.Parallel()
	srv, device := aliceWithDevice(t)
	logon, diags := newCore(t, srv.Getenv, fakeClock()).Import(profileKind, "alice")
	clean(t, diags)
	strictly(srv)
	srv.Change(func(a *ramtest.Account) {
		alice := a.Users["alice"]
		alice.Name, a.Users["alicia"] = "alicia", alice
		delete(a.Users, "alice")
	})
	before := len(writes(srv))
	const refused = "The user alicia would have no second factor, and may not bind one"
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(deviceKind, device)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(deviceKind, device)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(deviceKind, attributes{"virtual_mfa_device_name": "telephone", "bind_to_user": "alice"}, device)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
	expect(t, "writes", len(writes(srv)), before)

	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Denied = []string{"GetUser"} }) // the present name cannot be read
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(deviceKind, device)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user alice may be locked out of the console", "GetUser")

	srv.Change(func(a *ramtest.Account) {
		a.Users["admin"].Denied = nil
		a.Preference.MFAOperationForLogin = "independent"
		acctest.DeleteDevice(a, a.Users["alicia"].MFASerial)
	})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(profileKind, attributes{"user_name": "alice", "mfa_bind_required": true}, logon)
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
}

// aliceWithDevice returns a server on which Alice has a login profile and a bound device, and the resource of the device.
func aliceWithDevice(t *testing.T) (*ramtest.Server, acctest.Object) {
	t.Helper()
	srv := withAlice(t)
	withProfile(srv, "alice")
	device, diags := newCore(t, srv.Getenv, fakeClock()).Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
	clean(t, diags)
	return srv, device
}

// A profile that starts to demand a second factor, and a device that goes, are refused in either order.
func TestAccess_profileOfTheRunDemandsTheRemovedFactor(t *testing.T) {
	t.Parallel()
	srv, device := aliceWithDevice(t)
	logon, diags := newCore(t, srv.Getenv, fakeClock()).Import(profileKind, "alice")
	clean(t, diags)
	strictly(srv)
	srv.Change(func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = "independent" })
	demands := attributes{"user_name": "alice", "mfa_bind_required": true}
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(profileKind, demands, logon)
	clean(t, diags)
	_, diags = c.PlanDestroy(deviceKind, device)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.PlanDestroy(deviceKind, device)
	clean(t, diags)
	_, diags = c.Plan(profileKind, demands, logon)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(profileKind, demands.With("allow_lock_out", true), logon)
	clean(t, diags)
	_, diags = c.PlanDestroy(deviceKind, device)
	clean(t, diags)
}

// A statement that denies may refuse what must_allow names, although the lists cover it.
func TestAccess_mustAllowDoesNotCoverADenyingStatement(t *testing.T) {
	t.Parallel()
	const denies = `"Statements":[{"Type":"ClassicWhiteList","IPList":["0.0.0.0/1","128.0.0.0/1"]},{"Type":"ClassicWhiteList","Effect":"Deny","IPList":["192.0.2.0/24"]}]`
	const inactive, active = `{"Version":1,"Status":"Inactive",` + denies + `}`, `{"Version":1,"Status":"Active",` + denies + `}`
	const refused = "What must be allowed cannot be checked"
	activate := attributes{"status": "Active", "must_allow": []string{"192.0.2.77"}}
	keep := activate.With("classic_allow_list", []string{"0.0.0.0/1", "128.0.0.0/1"})

	srv := withKey(t, inactive)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.AcceptUnknownStatements = true })
	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = inactive })
	before := len(writes(srv))
	for kind, config := range map[string]attributes{keyPolicy: activate, ownPolicy: ofAlice(activate)} {
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Create(kind, config)
		contains(t, acctest.Messages(acctest.Errors(diags)), refused, "allow_lock_out = true")
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(kind, config.With("allow_lock_out", true), c.Null(kind))
		clean(t, diags)
		contains(t, acctest.Messages(diags), refused)
	}
	expect(t, "writes", len(writes(srv)), before)

	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = active }) // enforced already
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(keyPolicy, keep, c.Null(keyPolicy))
	clean(t, diags)
	if strings.Contains(acctest.Messages(diags), refused) {
		t.Error(acctest.Messages(diags))
	}

	srv = withKey(t, `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.0/24"]}]}`) // the policy of the account then governs the key
	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = active })
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Plan(ownPolicy, ofAlice(activate.With("status", "Inactive")), c.Null(ownPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), refused)
}

// If the preference cannot be read, a user who has to change the password may be able to, and then loses access with the last factor.
func TestAccess_unreadablePreferenceOfAUserWithAPasswordReset(t *testing.T) {
	t.Parallel()
	srv, o := aliceWithDevice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].LoginProfile.PasswordResetRequired, a.Users["admin"].Denied = true, []string{"GetSecurityPreference"}
	})
	before := len(writes(srv))
	_, diags := newCore(t, srv.Getenv, fakeClock()).PlanDestroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft, "GetSecurityPreference")
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	expect(t, "writes", len(writes(srv)), before)
}

// What changes together with a move from another provider is judged as in an update, also if the state is not refreshed.
func TestAccess_moveIsJudgedAsAnUpdate(t *testing.T) {
	t.Parallel()
	from := moves["security preference"]
	srv := formerly2026(t, from)
	withProfile(srv, "alice")
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := moveState(t, c, from.kind, former{address: "registry.terraform.io/aliyun/alicloud", kind: from.former, state: from.state})
	clean(t, diags)
	strict := from.config.Merge(attributes{"mfa_operation_for_login": access.Mandatory, "allow_user_to_manage_mfa_devices": false})
	_, diags = c.Plan(from.kind, strict, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "A second factor is mandatory, but users may not bind one", "accepts: alice.")
	refreshed, diags := newCore(t, srv.Getenv, fakeClock()).Read(from.kind, o)
	clean(t, diags)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(from.kind, strict, refreshed)
	contains(t, acctest.Messages(acctest.Errors(diags)), "accepts: alice.")
	expect(t, "writes", writes(srv), []string(nil))

	from = moves["access key policy"]
	srv = formerly2026(t, from)
	o, diags = moveState(t, c, from.kind, former{address: "registry.terraform.io/aliyun/alicloud", kind: from.former, state: from.state})
	clean(t, diags)
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(from.kind, o)
	contains(t, acctest.Messages(diags), "resets it")
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(from.kind, ofAlice(attributes{"access_key_id": "LTAIother"}), o)
	contains(t, acctest.Messages(diags), "is removed before another key gets one")
}

// A policy of a key that does not change still says from where the key must be accepted, whichever of the two is planned first.
func TestAccess_unchangedPolicyOfAKeyThatMustAllow(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "")
	config := ofAlice(attributes{"status": "Inactive", "must_allow": []string{"198.51.100.7"}})
	key, diags := newCore(t, srv.Getenv, fakeClock()).Create(ownPolicy, config)
	clean(t, diags)
	narrow := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}, "must_allow": []string{"203.0.113.9"}}
	const refusal = "The network policy excludes addresses that must be allowed"
	for _, keyFirst := range []bool{true, false} {
		c, said := newCore(t, srv.Getenv, fakeClock()), ""
		for _, ofKey := range []bool{keyFirst, !keyFirst} {
			var diags []*tfprotov6.Diagnostic
			if ofKey {
				_, diags = c.Plan(ownPolicy, config, key)
			} else {
				_, diags = c.Plan(keyPolicy, narrow, c.Null(keyPolicy))
			}
			said += acctest.Messages(acctest.Errors(diags))
		}
		contains(t, said, refusal, "198.51.100.7")
	}
	fixed(t, newCore(t, srv.Getenv, fakeClock()), ownPolicy, config, key)
}
