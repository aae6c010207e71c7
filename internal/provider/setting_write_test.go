// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// SING-10: the service resets fields that a request omits, also those that this provider does not know.
func TestSettingWrite_sendsBackUnknownFields(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			extra := ramtest.ExtraFields{Flag: true, Number: 7, Text: "x"}
			srv.Change(func(a *ramtest.Account) {
				a.Preference.OperationForRiskLogin, a.Preference.MFAOperationForLogin = "enforceVerify", "adaptive"
				a.Preference.Extra, a.Policy.Extra, a.UserSso.Extra = extra, extra, extra
			})
			want := account(srv)
			want.Preference.LoginSessionDuration, want.Policy.MinimumPasswordLength, want.UserSso.AuthnSignAlgo = 8, 14, "rsa-sha256"
			c := newCore(t, srv.Getenv, fakeClock())
			for kind, config := range map[string]attributes{
				preference: {"login_session_duration": 8}, policy: {"minimum_password_length": 14}, userSso: {"authn_sign_algo": "rsa-sha256"},
			} {
				o, diags := c.Create(kind, config)
				clean(t, diags)
				_, diags = c.Destroy(kind, o)
				clean(t, diags)
			}
			expect(t, "preference", account(srv).Preference, want.Preference)
			expect(t, "policy", account(srv).Policy, want.Policy)
			expect(t, "single sign-on", account(srv).UserSso, want.UserSso)
		})
	}
}

// SING-10: a write that lacks a field would reset it.
func TestSettingWrite_needsACompleteResponse(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		config  attributes
		missing string
	}{
		preference: {attributes{"login_session_duration": 8}, "LoginNetworkMasks"},
		policy:     {attributes{"minimum_password_length": 14}, "RequireNumbers"},
		userSso:    {attributes{"authn_sign_algo": "rsa-sha256"}, "SsoEnabled"},
	} {
		srv := old(t, func(b *ramtest.Behaviour) { b.MissingFields = test.missing })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(kind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the ", "Nothing was changed.", "did not return "+test.missing)
		expect(t, "state", o.State.IsNull(), true)
		expect(t, "writes", writes(srv), []string(nil))
	}
}

// A create reads the setting before the read of its write, to know its fields. Without that read, a response that
// lacks fields looks like one of a deployment that does not have them, and the write would reset them.
func TestSettingWrite_needsTheReadBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Change(func(a *ramtest.Account) { a.Preference.MaxIdleDaysForAccessKeys = 90 })
	config := attributes{"login_session_duration": 8}
	plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(preference, config, base().Null(preference))
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetSecurityPreference", Fault: "code", Status: 403, Code: "NoPermission", Nth: "1"})
	srv.Inject(ramtest.Rule{Action: "GetSecurityPreference", Fault: "drop_fields", Body: "MaxIdleDays,AllowUserToLoginWithPasskey", Nth: "2"})
	c := newCore(t, srv.Getenv, fakeClock()) // the apply is a new process
	o, diags := c.ApplyPlan(preference, config, c.Null(preference), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the security preference", "Nothing was changed.", "NoPermission")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "idle days", account(srv).Preference.MaxIdleDaysForAccessKeys, 90)
}

// A response to which nothing has to be changed may lack fields. They are read again, so that the state does not lack them, too.
func TestSettingWrite_readsAgainWhatAnUnchangedSettingLacks(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Change(func(a *ramtest.Account) {
		a.Preference.MaxIdleDaysForAccessKeys, a.Preference.LoginSessionDuration = 90, 8
	})
	config := attributes{"login_session_duration": 8}
	plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(preference, config, base().Null(preference))
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetSecurityPreference", Fault: "drop_fields", Body: "MaxIdleDays,AllowUserToLoginWithPasskey", Nth: "1-2"})
	c := newCore(t, srv.Getenv, fakeClock()) // the apply is a new process
	o, diags := c.ApplyPlan(preference, config, c.Null(preference), plan)
	clean(t, diags)
	expect(t, "state", in(t, o.State, "max_idle_days_for_access_keys"), int64(90))
	expect(t, "writes", writes(srv), []string(nil))
}

// Fields that the service returns only after the write were not in it, so the service may have reset them: the apply says so.
func TestSettingWrite_warnsOfFieldsThatTheWriteLacked(t *testing.T) {
	t.Parallel()
	for _, lacked := range []bool{false, true} {
		srv := old(t)
		config := attributes{"login_session_duration": 8}
		plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(preference, config, base().Null(preference))
		clean(t, diags)
		if lacked {
			srv.Inject(ramtest.Rule{Action: "GetSecurityPreference", Fault: "drop_fields", Body: "MaxIdleDays,AllowUserToLoginWithPasskey", Nth: "1-2"})
		}
		c := newCore(t, srv.Getenv, fakeClock()) // the apply is a new process
		_, diags = c.ApplyPlan(preference, config, c.Null(preference), plan)
		clean(t, acctest.Errors(diags))
		said := acctest.Messages(diags)
		expect(t, "warned", strings.Contains(said, "The security preference may have been reset in part") && strings.Contains(said, "and did not return it before the write"), lacked)
		expect(t, "warnings", len(diags) > 0, lacked)
	}
}

// A deployment that returns one of the newer fields has all of them, also if the last response lacks all: the write
// would reset those that were never returned.
func TestSettingWrite_needsAllNewerFieldsOnceOneWasReturned(t *testing.T) {
	t.Parallel()
	srv := old(t, func(b *ramtest.Behaviour) { b.MissingFields = "AllowUserToLoginWithPasskey" })
	config := attributes{"login_session_duration": 8, "max_idle_days_for_users": 90, "max_idle_days_for_access_keys": 90}
	srv.Inject(ramtest.Rule{Action: "GetSecurityPreference", Fault: "drop_fields", Body: "MaxIdleDays", Nth: "2"})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Create(preference, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Nothing was changed.", "did not return AllowUserToLoginWithPasskey")
	expect(t, "writes", writes(srv), []string(nil))
}

// SING-11: a value that another administrator hardens while a write waits is not reverted.
func TestSettingWrite_mergesAfterEachWait(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ramtest.Rule{
		"throttled":   {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "7"},
		"backed off":  {Fault: "code", Status: 503, Code: "ServiceUnavailable"},
		"unknown":     {Fault: "reset"},
		"unconfirmed": {Fault: "reset", Phase: "after_commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t)
			fault.Action, fault.Nth = "SetSecurityPreference", "1"
			srv.Inject(fault)
			c := newCore(t, srv.Getenv, fakeClock())
			plan, diags := c.Plan(preference, attributes{"login_session_duration": 8, "on_destroy": setting.Restore}, c.Null(preference))
			clean(t, diags)
			srv.ChangeBefore("GetSecurityPreference", func(*ramtest.Account) {})
			srv.ChangeBefore("GetSecurityPreference", func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = access.Mandatory })
			o, diags := c.ApplyPlan(preference, attributes{"login_session_duration": 8, "on_destroy": setting.Restore}, c.Null(preference), plan)
			clean(t, diags)
			expect(t, "second factor", account(srv).Preference.MFAOperationForLogin, access.Mandatory)
			expect(t, "session", account(srv).Preference.LoginSessionDuration, 8)
			expect(t, "state", in(t, o.State, "mfa_operation_for_login"), access.Mandatory)
			_, diags = c.Destroy(preference, o)
			clean(t, diags)
			expect(t, "restored", account(srv).Preference.LoginSessionDuration, 24)
		})
	}
}

// A check that depends on other objects takes calls, during which the setting may change.
func TestSettingWrite_readsAgainAfterChecksOfOtherObjects(t *testing.T) {
	t.Parallel()
	srv := old(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"allow_user_to_change_password": false}
	plan, diags := c.Plan(preference, config, c.Null(preference))
	clean(t, diags)
	srv.ChangeBefore("GetPasswordPolicy", func(a *ramtest.Account) { a.Preference.LoginSessionDuration = 1 })
	_, diags = c.ApplyPlan(preference, config, c.Null(preference), plan)
	clean(t, diags)
	expect(t, "session", account(srv).Preference.LoginSessionDuration, 1)
	expect(t, "passwords", account(srv).Preference.AllowUserToChangePassword, false)
}

// An edit after the write is in the account and in the state, and is reported.
func TestSettingWrite_reportsChangesDuringTheApply(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Inject(ramtest.Rule{Action: "SetPasswordPolicy", Phase: "after_commit", Nth: "1", Fault: "inject", Inject: "Ims/SetPasswordPolicy", InjectParams: map[string]string{"MaxPasswordAge": "77", "MinimumPasswordLength": "14"}})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The password policy changed during the apply", "max_password_age changed from 0 to 77")
	expect(t, "state", in(t, o.State, "max_password_age"), int64(77))
}

// Fields that the provider does not know are not in the state: a change after the write is reported.
func TestSettingWrite_reportsChangesOfUnknownFields(t *testing.T) {
	t.Parallel()
	for _, edited := range []bool{false, true} {
		srv := old(t)
		srv.Change(func(a *ramtest.Account) { a.Policy.Extra = ramtest.ExtraFields{Text: "x", Number: 7} })
		c := newCore(t, srv.Getenv, fakeClock())
		plan, diags := c.Plan(policy, attributes{"minimum_password_length": 14}, c.Null(policy))
		clean(t, diags)
		srv.ChangeBefore("GetPasswordPolicy", func(*ramtest.Account) {}) // of the write
		srv.ChangeBefore("GetPasswordPolicy", func(a *ramtest.Account) {
			if edited {
				a.Policy.Extra.Text = "y"
			}
		})
		_, diags = c.ApplyPlan(policy, attributes{"minimum_password_length": 14}, c.Null(policy), plan)
		clean(t, diags)
		expect(t, "said", strings.Contains(acctest.Messages(diags), `ExtraText changed from "x" to "y" outside Terraform after the write`), edited)
		expect(t, "warnings", len(diags) > 0, edited)
	}
}

// SING-11: the service has no conditional write, so an edit between a read and the write made from it is lost. No call and no
// wait is between the two, at any attempt, also if the values are in the cache, other objects were read, or a read waited.
func TestSettingWrite_readsImmediatelyBeforeEachRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, get, set string
		config         attributes
	}{
		"preference":     {preference, "GetSecurityPreference", "SetSecurityPreference", attributes{"login_session_duration": 8, "allow_user_to_change_password": false, "allow_lock_out": true}},
		"public keys":    {preference, "GetSecurityPreference", "SetSecurityPreference", attributes{"login_session_duration": 8, "allow_user_to_manage_public_keys": true}},
		"policy":         {policy, "GetPasswordPolicy", "SetPasswordPolicy", attributes{"minimum_password_length": 14}},
		"single sign-on": {userSso, "GetUserSsoSettings", "SetUserSsoSettings", attributes{"authn_sign_algo": "rsa-sha256"}},
		"account policy": {keyPolicy, "GetAccessKeyPolicyForAccount", "SetAccessKeyPolicyForAccount", attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}, "allow_lock_out": true}},
		"key policy":     {ownPolicy, "GetAccessKeyPolicy", "SetAccessKeyPolicy", attributes{"user_name": "alice", "access_key_id": aliceKey, "status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}, "allow_lock_out": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withKey(t, `{"Status":"Inactive","Statements":[]}`)
			srv.Inject(ramtest.Rule{Action: test.set, Nth: "1", Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "7"})
			srv.Inject(ramtest.Rule{Action: test.set, Nth: "2", Fault: "code", Status: 503, Code: "ServiceUnavailable"})
			srv.Inject(ramtest.Rule{Action: test.get, Nth: "5", Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "7"})
			c := newCore(t, srv.Getenv, fakeClock()) // its cache has the values of the plan
			_, diags := c.Create(test.kind, test.config)
			clean(t, diags)
			calls, sets := srv.Calls(), 0
			for i, call := range calls {
				if call.Action != test.set {
					continue
				}
				sets++
				before := calls[i-1]
				expect(t, "the call before the request", before.Product+"/"+before.Action, call.Product+"/"+test.get)
				expect(t, "its response is a throttling", before.Code == "Throttling", false)
			}
			if sets < 3 {
				t.Errorf("%d requests, want at least 3", sets)
			}
		})
	}
}

// SING-11: the switch of public keys is read by another operation. What another administrator hardens while that read waits
// is not reverted.
func TestSettingWrite_readsOtherOperationsFirst(t *testing.T) {
	t.Parallel()
	config := attributes{"allow_user_to_manage_public_keys": false, "login_session_duration": 8}
	for nth := 1; nth <= 8; nth++ {
		srv := old(t)
		plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(preference, config, base().Null(preference))
		clean(t, diags)
		read := 0
		for range nth - 1 {
			srv.ChangeBefore("GetSecurityPreference", func(*ramtest.Account) {})
		}
		srv.ChangeBefore("GetSecurityPreference", func(a *ramtest.Account) { a.Preference.MFAOperationForLogin, read = access.Mandatory, nth })
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags = c.ApplyPlan(preference, config, c.Null(preference), plan)
		clean(t, diags)
		if read == 0 {
			break
		}
		expect(t, "second factor", account(srv).Preference.MFAOperationForLogin, access.Mandatory)
	}
}

// A field that no attribute sets and that the service does not return cannot be sent back, which is said.
func TestSettingWrite_warnsOfDeprecatedFieldsThatAreNotReturned(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{"", "OperationForRiskLogin"} {
		srv := old(t, func(b *ramtest.Behaviour) { b.MissingFields = missing })
		_, diags := newCore(t, srv.Getenv, fakeClock()).Create(preference, attributes{"login_session_duration": 8})
		clean(t, diags)
		expect(t, "said", strings.Contains(acctest.Messages(diags), "The service does not return OperationForRiskLogin"), missing != "")
	}
}
