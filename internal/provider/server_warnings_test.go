// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/server"
)

// A CLI prints one warning for each summary, so warnings of two objects must not have the same summary.
func TestServer_warningsNameTheirObject(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, user := range []string{"alice", "bob"} {
		srv := withAlice(t)
		addKey(srv, "bob", "LTAIbob", day)
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Plan("ram_user_credentials_exclusive", attributes{"user_name": user, "allowed_access_key_ids": []string{"LTAImissing"}}, c.Null("ram_user_credentials_exclusive"))
		if len(diags) == 0 {
			t.Fatal("the plan has no warnings")
		}
		for _, d := range diags {
			contains(t, d.Summary, "user "+user, "account "+defaultAccount)
			if other := seen[d.Summary]; other != "" && other != user {
				t.Errorf("both users have the warning %q", d.Summary)
			}
			seen[d.Summary] = user
		}
	}
}

// The summary contains what gets weaker, because a CLI may hide the detail.
func TestServer_summaryNamesWhatGetsWeaker(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength, a.Policy.MaxLoginAttempts = 14, 5 })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan("ram_password_policy", attributes{"minimum_password_length": 8, "max_login_attempts": 0}, c.Null("ram_password_policy"))
	contains(t, acctest.Messages(diags), "WARNING: Adopting the password policy changes the account, and makes it weaker: minimum_password_length, max_login_attempts (account "+defaultAccount+")")
}

// The warning about lost access is first, although the provider composes the one about weaker
// values before it.
func TestServer_warningsAreRanked(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(preference, attributes{"mfa_operation_for_login": "independent", "allow_user_to_manage_access_keys": false})
	clean(t, diags)
	_, diags = c.Plan(preference, attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_access_keys": true}, o)
	if len(diags) != 2 {
		t.Fatalf("%d warnings: %s", len(diags), acctest.Messages(diags))
	}
	contains(t, diags[0].Summary, "Every RAM user needs a second factor")
	contains(t, diags[1].Summary, "gets weaker: allow_user_to_manage_access_keys")
}

// One process serves one phase of a run: it repeats no warning, and explains an error once.
func TestServer_ofOnePhaseRepeatsNothing(t *testing.T) {
	t.Parallel()
	const kind = "ram_user_credentials_exclusive"
	var c *acctest.Driver
	begin := func() *ramtest.Server {
		srv := withAlice(t)
		addKey(srv, "bob", "LTAIbob", day)
		served, is := newCore(t, srv.Getenv, fakeClock()).Server.(server.Complete)
		if !is {
			t.Fatal("another server")
		}
		c = base().WithSchemas(t.Context(), t, server.ReportOnce(served))
		return srv
	}
	plan := func(user string) []*tfprotov6.Diagnostic {
		_, diags := c.Plan(kind, attributes{"user_name": user, "allowed_access_key_ids": []string{"LTAImissing"}}, c.Null(kind))
		return diags
	}
	begin()
	if first, again := plan("bob"), plan("bob"); len(first) == 0 || len(again) != 1 || len(plan("alice")) == 0 {
		t.Errorf("the warnings of bob come again, or those of alice do not come: %s", acctest.Messages(first))
	} else { // two planned creates are two resources
		contains(t, acctest.Messages(again), "Two resources manage the exclusive credentials of the user bob")
	}
	begin().Inject(ramtest.Rule{Action: "ListAccessKeys", Code: "NoPermission", Status: 403})
	first, again := acctest.Messages(plan("bob")), acctest.Messages(plan("alice"))
	contains(t, first, "Allow the action ram:ListAccessKeys")
	contains(t, again, "ERROR: Cannot plan ", "described in full", "Code: NoPermission")
	if strings.Contains(again, "Allow the action") {
		t.Errorf("the error is explained again: %s", again)
	}
}
