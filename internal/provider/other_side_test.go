// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// limits are what a type cannot do on one side of an assumption, with what the error says.
// An empty list that is left out is refused where what is not listed counts as deleted, and a
// taken alias cannot be told from one that has to be cleared first.
var limits = map[string][]string{
	userKind:                         {"the answer lacks AccessKeys"},
	"ram_access_key":                 {"the answer lacks AccessKeys"},
	"ram_access_key_rotation":        {"the answer lacks AccessKeys"},
	"ram_user_credentials_exclusive": {"the answer lacks AccessKeys"},
	"ram_group":                      {"the answer lacks Users"},
	"ram_account_alias":              {"the service requires that \"acme\" is cleared first"},
}

// limited reports whether the errors are those of a limit of the type.
func limited(kind string, diags []*tfprotov6.Diagnostic) bool {
	text := acctest.Messages(acctest.Errors(diags))
	return slices.ContainsFunc(limits[kind], func(limit string) bool { return strings.Contains(text, limit) })
}

// lifeOn runs the life of one object of a type against a service that behaves as the option
// says: each step is free of errors, a refresh after it changes nothing, and no secret of
// the configuration is in what the provider returns.
func lifeOn(t *testing.T, s acctest.Subject, option ramtest.Option) {
	t.Helper()
	a := acctest.PopulatedAccount(time.Now())
	if s.Arrange != nil {
		s.Arrange(a)
	}
	srv := ramtest.New(t, ramtest.WithAccounts(a), option)
	core := func() *acctest.Driver { return newCore(t, srv.Getenv, inStep(srv, time.Until(srv.Now()))) }
	safe := func(text string, o acctest.Object) {
		t.Helper()
		for _, secret := range s.Secrets {
			for where, content := range map[string]string{"a message": text, "the state": o.State.String(), "the private state": string(o.Private)} {
				if found := acctest.FindSecret([]byte(content), secret); len(found) > 0 {
					t.Errorf("a secret is in %s %v", where, found)
				}
			}
		}
	}
	o := core().Null(s.Kind)
	for _, config := range []attributes{s.Config, s.Next} {
		if s.Kind == userKind { // which the site may not store
			config = config.With("email", nil)
		}
		after, diags := core().Apply(s.Kind, config, o)
		if limited(s.Kind, diags) {
			return
		}
		clean(t, diags)
		safe(acctest.Messages(diags), after)
		if after.State.IsNull() {
			return // the errors are reported
		}
		steady(t, core(), s.Kind, config, after)
		o = after
		srv.Advance(s.Meanwhile)
		if s.Meanwhile > 0 {
			o, diags = core().Read(s.Kind, o)
			clean(t, diags)
		}
	}
	imported, diags := core().Import(s.Kind, s.ImportID(o))
	clean(t, diags)
	expect(t, "identity after an import", core().FormatIdentity(s.Kind, imported), core().FormatIdentity(s.Kind, o))
	srv.Change(s.Others)
	_, diags = core().Destroy(s.Kind, o)
	if limited(s.Kind, diags) {
		return
	}
	clean(t, diags)
	safe(acctest.Messages(diags), o)
	expect(t, "violations", srv.Violations(), []string{})
}

// Every assumption of the service may be wrong at the same time.
func TestOtherSide_everyTypeLivesThere(t *testing.T) {
	t.Parallel()
	for _, s := range acctest.Subjects() {
		t.Run(s.Kind, func(t *testing.T) {
			t.Parallel()
			lifeOn(t, s, ramtest.OtherSide())
		})
	}
}

// Any of them may be.
func TestOtherSide_everyTypeLivesOnRandomSides(t *testing.T) {
	t.Parallel()
	seeds := 50
	if testing.Short() {
		seeds = 5
	}
	for seed := range uint64(seeds) { //nolint:gosec // small
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			for _, s := range acctest.Subjects() {
				t.Run(s.Kind, func(t *testing.T) { lifeOn(t, s, ramtest.RandomSides(seed)) })
			}
		})
	}
}
