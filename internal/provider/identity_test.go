// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The id, the whole identity and the identity without its optional attributes import
// the same object, and the next plan is empty.
func TestIdentity_importsTheSameObjectAsTheId(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		byID, diags := c.Import(kind, s.ID)
		clean(t, diags)
		expect(t, "identity", c.FormatIdentity(kind, byID), s.FormatIdentity())
		_, optional := c.IdentityNames(kind)
		ways := []attributes{s.Identity}
		for _, name := range optional {
			if name != "account_id" && s.Identity[name] != nil {
				continue // one of several attributes that name the object
			}
			ways = append(ways, s.Identity.Without(name))
		}
		for _, identity := range ways {
			o, diags := c.ImportIdentity(kind, identity)
			clean(t, diags)
			expect(t, "identity", c.FormatIdentity(kind, o), s.FormatIdentity())
			if !o.State.Equal(byID.State) {
				t.Errorf("%v imports %v, and the id %v", identity, o.State, byID.State)
			}
		}
		appliesOnce(t, s, c, kind, s.Config, byID)
	})
}

// An invalid identity is an error before anything is imported.
func TestIdentity_invalid(t *testing.T) {
	t.Parallel()
	const other = "9999999999999999"
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		required, _ := c.IdentityNames(kind)
		refused := func(what string, o acctest.Object, diags []*tfprotov6.Diagnostic, parts ...string) {
			t.Helper()
			if len(acctest.Errors(diags)) != 1 || !o.State.IsNull() {
				t.Errorf("%s: %s\n%v", what, acctest.Messages(diags), o.State)
				return
			}
			contains(t, acctest.Messages(diags), append(parts, "Cannot import the ")...)
		}
		o, diags := c.ImportIdentity(kind, s.Identity.With("account_id", other))
		refused("another account", o, diags, other, defaultAccount)
		for _, malformed := range []string{"", "acme", "12 34", defaultAccount + "x"} {
			o, diags = c.ImportIdentity(kind, s.Identity.With("account_id", malformed))
			refused("account "+malformed, o, diags, `"`+malformed+`"`)
		}
		for _, name := range required {
			for _, bad := range []any{nil, "", "no such/thing", "a@b"} {
				o, diags = c.ImportIdentity(kind, s.Identity.With(name, bad))
				refused(name, o, diags)
			}
		}
		for _, id := range []string{"no such/thing", ":", "alice@other.onaliyun.com"} {
			o, diags = c.Import(kind, id)
			refused("the id "+id, o, diags)
		}
	})
}

// A state without identities, written by an older CLI or provider, is read without a change.
func TestIdentity_missingInTheState(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		o, diags := c.Import(kind, s.ID)
		clean(t, diags)
		o = appliesOnce(t, s, c, kind, s.Config, o)
		unchanged(t, c, kind, s.Config, withoutIdentity(o)) // with -refresh=false
		fields, err := json.Marshal(raw(t, o.State))
		must(t, err)
		upgraded, err := c.Server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: kind, Version: 0, RawState: &tfprotov6.RawState{JSON: fields}})
		must(t, err)
		clean(t, upgraded.Diagnostics)
		before := acctest.Object{State: c.Value(kind, upgraded.UpgradedState), Private: o.Private}
		if !before.State.Equal(o.State) {
			t.Errorf("the state %s becomes %v", fields, before.State)
		}
		after, diags := c.Read(kind, before)
		expect(t, "what a refresh says", acctest.Messages(diags), "")
		expect(t, "identity", c.FormatIdentity(kind, after), s.FormatIdentity())
		if !after.State.Equal(o.State) {
			t.Errorf("the refresh makes of %v %v", o.State, after.State)
		}
		unchanged(t, c, kind, s.Config, after)
	})
}

// A deleted object is removed from a state without identities too.
func TestIdentity_missingInTheStateOfADeletedObject(t *testing.T) {
	t.Parallel()
	for kind, s := range subjects() {
		if len(s.Identity) == 1 {
			continue // a setting always exists
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := withOneOfEach(t)
			o, diags := newCore(t, srv.Getenv, fakeClock()).Import(kind, s.ID)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) {
				delete(a.Users, "alice")
				delete(a.MFADevices, phoneSerial)
				delete(a.Groups, "operators")
			})
			after, diags := newCore(t, srv.Getenv, fakeClock()).Read(kind, withoutIdentity(o))
			clean(t, diags)
			contains(t, acctest.Messages(diags), "no longer exist")
			if !after.State.IsNull() {
				t.Errorf("it is still in the state: %v", after.State)
			}
		})
	}
}

// An update does not change the identity.
func TestIdentity_isUnchangedByAnUpdate(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		o, diags := c.Import(kind, s.ID)
		clean(t, diags)
		config := s.Config.With("timeouts", attributes{"read": "1m"})
		for _, prior := range []acctest.Object{o, withoutIdentity(o)} {
			after, diags := c.Apply(kind, config, prior)
			clean(t, diags)
			expect(t, "identity", c.FormatIdentity(kind, after), s.FormatIdentity())
			steady(t, c, kind, config, after)
		}
	})
}

// The objects of a renamed user stay in the state, with a new identity.
func TestIdentity_followsARename(t *testing.T) {
	t.Parallel()
	for kind, s := range subjects() {
		if len(s.Identity) == 1 {
			continue // of the account
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := withOneOfEach(t)
			o, diags := newCore(t, srv.Getenv, fakeClock()).Import(kind, s.ID)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) {
				alice := a.Users["alice"]
				delete(a.Users, "alice")
				alice.Name, a.Users["alicia"] = "alicia", alice
			})
			c := newCore(t, srv.Getenv, fakeClock())
			config := attributes{}
			for name, value := range s.Config {
				if value == "alice" {
					value = "alicia"
				}
				config[name] = value
			}
			for _, prior := range []acctest.Object{o, withoutIdentity(o)} {
				after, diags := c.Read(kind, prior)
				clean(t, diags)
				expect(t, "identity", c.FormatIdentity(kind, after), strings.ReplaceAll(s.FormatIdentity(), "name=alice}", "name=alicia}"))
				appliesOnce(t, s, c, kind, config, after)
			}
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}
