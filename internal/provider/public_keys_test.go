// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The RAM API has this field of the Japanese site, and the IMS API all others.
func TestPublicKeys_useTheRAMAPI(t *testing.T) {
	t.Parallel()
	srv := old(t)
	before := account(srv).Preference
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"allow_user_to_manage_public_keys": true, "login_session_duration": 8, "on_destroy": "restore"}
	o, diags := c.Create(preference, config)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "allow_user_to_manage_public_keys: false → true (weaker)")
	want := before
	want.AllowUserToManagePublicKeys, want.LoginSessionDuration = true, 8
	expect(t, "preference", account(srv).Preference, want)
	steady(t, c, preference, config, o)

	// Another administrator switches it off: the plan shows it, and the apply switches it on.
	srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToManagePublicKeys = false })
	o, diags = c.Read(preference, o)
	clean(t, diags)
	expect(t, "state", in(t, o.State, "allow_user_to_manage_public_keys"), false)
	o, diags = c.Apply(preference, config, o)
	clean(t, diags)
	expect(t, "preference", account(srv).Preference, want)

	_, diags = c.Destroy(preference, o)
	clean(t, diags)
	expect(t, "restored", account(srv).Preference, before)
}

// An account of another site does not have the field, which the plan reports. If it is not configured, it is not
// read.
func TestPublicKeys_ofAnotherSite(t *testing.T) {
	t.Parallel()
	srv := old(t, func(b *ramtest.Behaviour) { b.HidePublicKeys = true })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"login_session_duration": 8})
	clean(t, diags)
	for _, call := range srv.Calls("GetSecurityPreference") {
		expect(t, "product", call.Product, "Ims")
	}
	writes := len(srv.Calls("SetSecurityPreference"))
	config := attributes{"login_session_duration": 9, "allow_user_to_manage_public_keys": false}
	for _, prior := range []acctest.Object{o, c.Null(preference)} {
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(preference, config, prior)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the security preference", `AttributeName("allow_user_to_manage_public_keys")`, "Japan site", "Nothing was changed", "Remove the attribute")
	}
	expect(t, "writes", len(srv.Calls("SetSecurityPreference")), writes)
}

// The field has a request of its own. If another request fails after it, the error states that the field was written.
func TestPublicKeys_faults(t *testing.T) {
	t.Parallel()
	config := attributes{"allow_user_to_manage_public_keys": true, "login_session_duration": 8}
	for name, test := range map[string]struct {
		nth  string
		says string
		then bool
	}{
		"the first request": {"1", "The account was not changed", false},
		"the second":        {"2", "changed AllowUserToManagePublicKeys, and refused the rest", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t)
			before := account(srv).Preference
			srv.Inject(ramtest.Rule{Action: "SetSecurityPreference", Nth: test.nth, Fault: "code", Status: 403, Code: "NoPermission"})
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(preference, config)
			contains(t, acctest.Messages(acctest.Errors(diags)), test.says)
			expect(t, "state", o.State.IsNull(), true)
			before.AllowUserToManagePublicKeys = test.then
			expect(t, "preference", account(srv).Preference, before)
			_, diags = newCore(t, srv.Getenv, fakeClock()).Create(preference, config)
			clean(t, diags)
			expect(t, "public keys", account(srv).Preference.AllowUserToManagePublicKeys, true)
			expect(t, "session", account(srv).Preference.LoginSessionDuration, 8)
		})
	}
}
