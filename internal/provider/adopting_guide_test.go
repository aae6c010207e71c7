// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The guide to adopting an account quotes the messages of the provider, except for line breaks.
func TestAdoptingGuide_quotesTheMessages(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../templates/guides/adopting-an-account.md.tmpl")
	must(t, err)
	unbroken := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	guide := unbroken(string(content))
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.Preference.LoginNetworkMasks, a.Preference.LoginSessionDuration = "203.0.113.0/24", 24
		a.Policy.MinimumPasswordLength, a.Policy.MaxPasswordAge = 16, 90
	})
	c := newCore(t, srv.Getenv, fakeClock())
	quoted := 0
	quotes := func(diags []*tfprotov6.Diagnostic) {
		t.Helper()
		for _, d := range diags {
			quoted++
			for _, part := range []string{d.Summary, d.Detail} {
				if !strings.Contains(guide, unbroken(part)) {
					t.Errorf("the guide does not quote this:\n%s", part)
				}
			}
		}
	}
	_, diags := c.Plan(preference, attributes{"login_session_duration": 8}, c.Null(preference))
	quotes(diags)
	_, diags = c.Plan(preference, attributes{"login_network_masks": []string{"198.51.100.0/24"}, "must_allow": []string{"203.0.113.10"}}, c.Null(preference))
	quotes(acctest.Errors(diags))
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "require_numbers": true})
	quotes(diags)
	_, diags = c.PlanDestroy(policy, o)
	quotes(diags)
	_, diags = c.Plan(policy, attributes{"minimum_password_length": 14}, o)
	quotes(diags)
	expect(t, "diagnostics", quoted, 5)
}
