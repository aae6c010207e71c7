// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The id, the whole identity and the identity without what may be left out import
// the same object, and the next plan is empty.
func TestIdentity_importsWhatTheIdImports(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s subject, _ *ramtest.Server, c *core) {
		byID, diags := c.adopt(kind, s.id)
		clean(t, diags)
		expect(t, "identity", c.identityOf(kind, byID), s.wanted())
		_, optional := c.requiredOf(kind)
		ways := []attributes{s.identity}
		for _, name := range optional {
			ways = append(ways, s.identity.without(name))
		}
		for _, identity := range ways {
			o, diags := c.adoptIdentity(kind, identity)
			clean(t, diags)
			expect(t, "identity", c.identityOf(kind, o), s.wanted())
			if !o.state.Equal(byID.state) {
				t.Errorf("%v imports %v, and the id %v", identity, o.state, byID.state)
			}
		}
		s.settled(t, c, kind, s.config, byID)
	})
}

// Whatever is wrong with an identity is said before anything is imported.
func TestIdentity_thatIsWrong(t *testing.T) {
	t.Parallel()
	const other = "9999999999999999"
	eachSubject(t, func(t *testing.T, kind string, s subject, _ *ramtest.Server, c *core) {
		required, _ := c.requiredOf(kind)
		refused := func(what string, o object, diags []*tfprotov6.Diagnostic, parts ...string) {
			t.Helper()
			if len(errorsIn(diags)) != 1 || !o.state.IsNull() {
				t.Errorf("%s: %s\n%v", what, said(diags), o.state)
				return
			}
			contains(t, said(diags), append(parts, "Cannot import the ")...)
		}
		o, diags := c.adoptIdentity(kind, s.identity.with("account_id", other))
		refused("another account", o, diags, other, defaultAccount)
		for _, malformed := range []string{"", "acme", "12 34", defaultAccount + "x"} {
			o, diags = c.adoptIdentity(kind, s.identity.with("account_id", malformed))
			refused("account "+malformed, o, diags, `"`+malformed+`"`)
		}
		for _, name := range required {
			for _, bad := range []any{nil, "", "no such/thing", "a@b"} {
				o, diags = c.adoptIdentity(kind, s.identity.with(name, bad))
				refused(name, o, diags)
			}
		}
		for _, id := range []string{"no such/thing", ":", "alice@acme.onaliyun.com"} {
			o, diags = c.adopt(kind, id)
			refused("the id "+id, o, diags)
		}
	})
}

// A state that was written by a CLI which knows no identities, or by a provider
// before there were any, is taken over without a change.
func TestIdentity_ofAStateWithoutOne(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s subject, _ *ramtest.Server, c *core) {
		o, diags := c.adopt(kind, s.id)
		clean(t, diags)
		o = s.settled(t, c, kind, s.config, o)
		unchanged(t, c, kind, s.config, mute(o)) // with -refresh=false
		fields, err := json.Marshal(raw(t, o.state))
		must(t, err)
		upgraded, err := c.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: kind, Version: 0, RawState: &tfprotov6.RawState{JSON: fields}})
		must(t, err)
		clean(t, upgraded.Diagnostics)
		before := object{state: c.value(kind, upgraded.UpgradedState), private: o.private}
		if !before.state.Equal(o.state) {
			t.Errorf("the state %s becomes %v", fields, before.state)
		}
		after, diags := c.refresh(kind, before)
		expect(t, "what a refresh says", said(diags), "")
		expect(t, "identity", c.identityOf(kind, after), s.wanted())
		if !after.state.Equal(o.state) {
			t.Errorf("the refresh makes of %v %v", o.state, after.state)
		}
		unchanged(t, c, kind, s.config, after)
	})
}

// What is gone leaves a state without an identity, too.
func TestIdentity_ofAStateWithoutOneWhoseObjectIsGone(t *testing.T) {
	t.Parallel()
	for kind, s := range subjects() {
		if len(s.identity) == 1 {
			continue // a setting is never gone
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := furnished(t)
			o, diags := newCore(t, srv.Getenv, hurried()).adopt(kind, s.id)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) {
				delete(a.Users, "alice")
				delete(a.MFADevices, phoneSerial)
			})
			after, diags := newCore(t, srv.Getenv, hurried()).refresh(kind, mute(o))
			clean(t, diags)
			contains(t, said(diags), "gone")
			if !after.state.IsNull() {
				t.Errorf("it is still in the state: %v", after.state)
			}
		})
	}
}

// An update leaves the identity alone.
func TestIdentity_staysInAnUpdate(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s subject, _ *ramtest.Server, c *core) {
		o, diags := c.adopt(kind, s.id)
		clean(t, diags)
		config := s.config.with("timeouts", attributes{"read": "1m"})
		for _, prior := range []object{o, mute(o)} {
			after, diags := c.apply(kind, config, prior)
			clean(t, diags)
			expect(t, "identity", c.identityOf(kind, after), s.wanted())
			steady(t, c, kind, config, after)
		}
	})
}

// A user who is renamed keeps what it has, and its identity follows.
func TestIdentity_followsARename(t *testing.T) {
	t.Parallel()
	for kind, s := range subjects() {
		if len(s.identity) == 1 {
			continue // of the account
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := furnished(t)
			o, diags := newCore(t, srv.Getenv, hurried()).adopt(kind, s.id)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) {
				alice := a.Users["alice"]
				delete(a.Users, "alice")
				alice.Name, a.Users["alicia"] = "alicia", alice
			})
			c := newCore(t, srv.Getenv, hurried())
			config := attributes{}
			for name, value := range s.config {
				if value == "alice" {
					value = "alicia"
				}
				config[name] = value
			}
			for _, prior := range []object{o, mute(o)} {
				after, diags := c.refresh(kind, prior)
				clean(t, diags)
				expect(t, "identity", c.identityOf(kind, after), strings.ReplaceAll(s.wanted(), "name=alice ", "name=alicia "))
				s.settled(t, c, kind, config, after)
			}
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}
