// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Only the credentials that are named are disabled, and none if the user lacks one of them.
func TestDeactivateServiceCredentials_thatAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ids    []string
		says   string // an error; "": none
		writes int
	}{
		"one":              {[]string{"SC2"}, "", 1},
		"none":             {[]string{}, "", 0},
		"another user's":   {[]string{"SC2", "SC3"}, `The user "alice" has no service credential SC3`, 0},
		"one that is gone": {[]string{"SC9"}, `The user "alice" has no service credential SC9`, 0},
	} {
		srv := incident(t)
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			giveServiceCredential(a, "alice", "SC2", now)
			giveServiceCredential(a, "bob", "SC3", now)
		})
		before := len(writes(srv))
		_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(serviceOff, attributes{"user_name": "alice", "service_credential_ids": test.ids})
		if test.says == "" {
			clean(t, diags)
		} else {
			refused(t, diags, "service_credential_ids", "Cannot disable the service credentials", test.says)
		}
		expect(t, name+": writes", len(writes(srv))-before, test.writes)
		a := account(srv)
		expect(t, name+": not named", a.Users["alice"].Credentials[0].Status+a.Users["bob"].Credentials[0].Status, "ActiveActive")
	}
}

// The credentials of the user that the provider itself uses stay active, and without a list nothing is disabled.
func TestDeactivateServiceCredentials_refusals(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) { giveServiceCredential(a, "admin", "SC2", now) })
	before := len(writes(srv))
	_, diags := newCore(t, srv.Getenv, fakeClock()).InvokeAction(t.Context(), serviceOff, attributes{"user_name": "admin"}, func(string) {})
	contains(t, acctest.Messages(acctest.Errors(diags)), "admin")
	srv.Inject(ramtest.Rule{Action: "ListServiceCredentials", Fault: "code", Status: 403, Code: "NoPermission"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Invoke(serviceOff, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot disable the service credentials", "NoPermission")
	expect(t, "writes", len(writes(srv)), before)
}

func giveServiceCredential(a *ramtest.Account, user, id string, created time.Time) {
	u := a.Users[user]
	u.Credentials = append(u.Credentials, &ramtest.ServiceCredential{
		ID: id, Name: "ci", ServiceName: "dashscope.aliyuncs.com", Secret: "the-secret-of-" + id, Status: "Active", CreateTime: created,
	})
}
