// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// FuzzMasks reads any text as a network: what is one has one spelling, which is the
// same network, and covers itself and no more than what holds it.
func FuzzMasks(f *testing.F) {
	for _, text := range []string{"", "192.0.2.1", "192.0.2.0/24", "192.0.2.1/24", "::/0", "2001:DB8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "1.2.3.4/33", " 10.0.0.0/8 "} {
		f.Add(text, "10.0.0.0/8")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		p, err := parseNetwork(a)
		if err != nil {
			return
		}
		spelt := canonicalNetwork(a)
		again, err := parseNetwork(spelt)
		if err != nil || again != p || canonicalNetwork(spelt) != spelt {
			t.Fatalf("%q is %s, spelt %q, which is %s, %v", a, p, spelt, again, err)
		}
		all := parseNetworks([]string{a, b})
		if !covered(p, all) {
			t.Errorf("%s is not covered by %v", p, all)
		}
		if q, err := parseNetwork(b); err == nil && covered(p, []netip.Prefix{q}) != (q.Bits() <= p.Bits() && q.Overlaps(p)) {
			t.Errorf("%s is covered by %s: %t", p, q, covered(p, []netip.Prefix{q}))
		}
		if widerMasks([]string{a, b}, []string{a}) || privateOnly(all) && !covered(p, reserved) {
			t.Errorf("%s of %v is wider, or private", p, all)
		}
	})
}

// FuzzPGPInput reads any text as a public key: none may panic, and no error holds a piece of it.
func FuzzPGPInput(f *testing.F) {
	for _, text := range []string{"", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxjMEZ\n-----END PGP PUBLIC KEY BLOCK-----", "keybase:alice", "mDMEZ0000000", "AAAA====", "xsBNBGAAAAABCADX"} {
		f.Add(text)
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, key string) {
		to, err := checkPGP(key, now)
		if err == nil {
			if sealed, err := to.Encrypt("secret"); err != nil || strings.Contains(sealed, "secret") || to.Fingerprint == "" {
				t.Errorf("%q was accepted, and does not encrypt: %v", key, err)
			}
			return
		}
		for line := range strings.Lines(key) {
			// What stands in the message anyway is no piece of the key.
			if line = strings.TrimSpace(line); len(line) > 24 && !strings.ContainsAny(line, " -") && strings.Contains(err.Error(), line) {
				t.Errorf("the error holds a piece of the key: %s", err)
			}
		}
	})
}

// FuzzMetadata reads any text as metadata: what is well-formed says the same as itself.
func FuzzMetadata(f *testing.F) {
	for _, text := range []string{"", idpMetadata, respelt, "<a/>", "<a", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a xmlns='x'><b xmlns:c='y' c:d='e'/></a>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, document string) {
		if wrongMetadata(document) == "" && !sameXML(document, document) {
			t.Errorf("%q does not say the same as itself", document)
		}
	})
}

// FuzzImportID imports by any id: none may panic, write, or leave a state without the account.
func FuzzImportID(f *testing.F) {
	for _, id := range []string{"", "current", defaultAccount, "alice", "alice@x", "alice:LTAI", ":", "::", "acs:ram::" + defaultAccount + ":mfa/phone", "LTAI", "1:alice:LTAI", "../x", "a b", "ä"} {
		f.Add(uint(len(id)), id)
	}
	srv := ramtest.New(f)
	server := factories(srv.Getenv)["ram"]
	f.Fuzz(func(t *testing.T, which uint, id string) {
		c := &core{t: t}
		var err error
		if c.server, err = server(); err != nil {
			t.Fatal(err)
		}
		c.schemas, err = c.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
		c.clean(err, nil)
		_, err = c.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: c.dynamic(c.build(c.schemas.Provider, attributes{}))})
		c.clean(err, nil)
		kinds := []string{}
		for kind := range c.schemas.ResourceSchemas {
			kinds = append(kinds, kind)
		}
		slices.Sort(kinds)
		kind := kinds[which%uint(len(kinds))]
		o, diags := c.adopt(kind, id)
		if len(errorsIn(diags)) == 0 && !o.state.IsNull() && in(t, o.state, "account_id") != defaultAccount {
			t.Errorf("%s %q became %s", kind, id, o.state)
		}
		if w := writes(srv); len(w) > 0 && w[0] != "" && slices.ContainsFunc(w, func(action string) bool {
			return strings.HasPrefix(action, "Set") || strings.HasPrefix(action, "Create")
		}) {
			t.Errorf("%s %q wrote: %v", kind, id, w)
		}
		srv.ForgetCalls()
	})
}
