// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// FuzzMasks parses any text as a network: a valid one has one canonical form, which is the same network, and covers
// itself and only what it contains.
func FuzzMasks(f *testing.F) {
	for _, text := range []string{"", "192.0.2.1", "192.0.2.0/24", "192.0.2.1/24", "::/0", "2001:DB8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "1.2.3.4/33", " 10.0.0.0/8 "} {
		f.Add(text, "10.0.0.0/8")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		p, err := network.Parse(a)
		if err != nil {
			return
		}
		written := network.Canonical(a)
		again, err := network.Parse(written)
		if err != nil || again != p || network.Canonical(written) != written {
			t.Fatalf("%q is %s, written %q, which is %s, %v", a, p, written, again, err)
		}
		all := network.ParseAll([]string{a, b})
		if !network.Covers(p, all) {
			t.Errorf("%s is not covered by %v", p, all)
		}
		if q, err := network.Parse(b); err == nil && network.Covers(p, []netip.Prefix{q}) != (q.Bits() <= p.Bits() && q.Overlaps(p)) {
			t.Errorf("%s is covered by %s: %t", p, q, network.Covers(p, []netip.Prefix{q}))
		}
		if network.Wider([]string{a, b}, []string{a}) || network.PrivateOnly(all) && !network.Covers(p, network.Reserved) {
			t.Errorf("%s of %v is wider, or private", p, all)
		}
	})
}

// FuzzPGPInput parses any text as a public key: none may panic, and no error contains a part of it.
func FuzzPGPInput(f *testing.F) {
	for _, text := range []string{"", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxjMEZ\n-----END PGP PUBLIC KEY BLOCK-----", "keybase:alice", "mDMEZ0000000", "AAAA====", "xsBNBGAAAAABCADX"} {
		f.Add(text)
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, key string) {
		to, err := pgp.CheckKey(key, now)
		if err == nil {
			if ciphertext, err := to.Encrypt("secret"); err != nil || strings.Contains(ciphertext, "secret") || to.Fingerprint == "" {
				t.Errorf("%q was accepted, and does not encrypt: %v", key, err)
			}
			return
		}
		for line := range strings.Lines(key) {
			// What is in the message anyway is no piece of the key.
			if line = strings.TrimSpace(line); len(line) > 24 && !strings.ContainsAny(line, " -") && strings.Contains(err.Error(), line) {
				t.Errorf("the error holds a piece of the key: %s", err)
			}
		}
	})
}

// FuzzMetadata parses any text as metadata: a well-formed text equals itself.
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

// importIDs are ids of one thing or another.
var importIDs = []string{
	"", "current", defaultAccount, "alice", "alice@x", "alice:LTAI", ":", "::", "acs:ram::" + defaultAccount + ":mfa/phone", "acs:ram::1234567890123457:mfa/phone", "LTAI", "1:alice:LTAI", "../x", "a b", "ä",
}

// soleKey signs until it is lost: then no call is sent, and none is waited for.
type soleKey struct {
	ram.Key
	lost *bool
}

func (k soleKey) Get(context.Context) (ram.Key, error) {
	if *k.lost {
		return ram.Key{}, errors.New("there is no key")
	}
	return k.Key, nil
}

func (soleKey) Expire(ram.Key) {}

// FuzzImportID imports by any id, without calls: the account and the user alice are known, and no other user can be
// read. None may panic, and the imported object is of this account and has the names in the id.
func FuzzImportID(f *testing.F) {
	srv := ramtest.New(f)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "2000", Name: "alice", Status: "active"}
	})
	lost, now := false, time.Now()
	address, err := url.Parse(srv.URL())
	if err != nil {
		f.Fatal(err)
	}
	key := srv.Credential(defaultAccount)
	client, err := ram.New(ram.Config{
		Credentials: soleKey{ram.Key{ID: key.AccessKeyID, Secret: key.AccessKeySecret}, &lost},
		Endpoints:   ram.Endpoints{Ram: address, Ims: address, Sts: address}, Now: func() time.Time { return now },
		Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := client.Caller(f.Context()); err != nil {
		f.Fatal(err)
	}
	if _, err := client.User(f.Context(), "alice"); err != nil {
		f.Fatal(err)
	}
	lost = true
	kinds := importing(f, instance.New(client))
	for _, id := range importIDs {
		for at := range kinds {
			f.Add(uint(at), id)
		}
	}
	f.Fuzz(func(t *testing.T, which uint, id string) {
		kind := kinds[which%uint(len(kinds))]
		resp := resource.ImportStateResponse{State: tfsdk.State{Schema: kind.schema, Raw: kind.state}, Identity: &tfsdk.ResourceIdentity{Schema: kind.identity, Raw: kind.who}}
		kind.ImportState(t.Context(), resource.ImportStateRequest{ID: id, Identity: &tfsdk.ResourceIdentity{Schema: kind.identity, Raw: kind.who}}, &resp)
		var account types.String
		resp.Diagnostics.Append(resp.State.GetAttribute(t.Context(), path.Root("account_id"), &account)...)
		if !resp.Diagnostics.HasError() && account.ValueString() != defaultAccount {
			t.Errorf("%s %q became %s", kind.name, id, resp.State.Raw)
		}
		named := id == defaultAccount || owner.UserNamePattern.MatchString(id) || strings.HasPrefix(id, "acs:ram::"+defaultAccount+":mfa/")
		if !resp.Diagnostics.HasError() && !named {
			t.Errorf("%s %q names nothing, and was imported as %s", kind.name, id, resp.State.Raw)
		}
	})
}

// importedKind is a resource that can be imported, and a state of it that holds nothing.
type importedKind struct {
	resource.ResourceWithImportState

	name       string
	schema     resourceschema.Schema
	identity   identityschema.Schema
	state, who tftypes.Value
}

func importing(tb testing.TB, i *instance.Instance) (kinds []importedKind) {
	tb.Helper()
	for _, maker := range resources {
		r := maker()
		one, imports := r.(resource.ResourceWithImportState)
		identified, hasIdentity := r.(resource.ResourceWithIdentity)
		configured, takes := r.(resource.ResourceWithConfigure)
		if !imports || !hasIdentity || !takes {
			continue
		}
		configured.Configure(tb.Context(), resource.ConfigureRequest{ProviderData: i}, &resource.ConfigureResponse{})
		var name resource.MetadataResponse
		var schema resource.SchemaResponse
		var identity resource.IdentitySchemaResponse
		r.Metadata(tb.Context(), resource.MetadataRequest{ProviderTypeName: "ram"}, &name)
		r.Schema(tb.Context(), resource.SchemaRequest{}, &schema)
		identified.IdentitySchema(tb.Context(), resource.IdentitySchemaRequest{}, &identity)
		kinds = append(kinds, importedKind{
			ResourceWithImportState: one, name: name.TypeName, schema: schema.Schema, identity: identity.IdentitySchema,
			state: tftypes.NewValue(schema.Schema.Type().TerraformType(tb.Context()), nil),
			who:   tftypes.NewValue(identity.IdentitySchema.Type().TerraformType(tb.Context()), nil),
		})
	}
	if len(kinds) < 10 {
		tb.Fatalf("%d resources can be imported", len(kinds))
	}
	return kinds
}

// The ids of the fuzz target, with a service: no import writes, and none leaves a state of another account.
func TestImport_byAnyIDWritesNothing(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for kind := range c.Schemas.ResourceSchemas {
		for _, id := range importIDs {
			o, diags := c.Import(kind, id)
			if len(acctest.Errors(diags)) == 0 && !o.State.IsNull() && in(t, o.State, "account_id") != defaultAccount {
				t.Errorf("%s %q became %s", kind, id, o.State)
			}
		}
	}
	if w := writes(srv); slices.ContainsFunc(w, func(action string) bool { return action != "" }) {
		t.Errorf("an import wrote: %v", w)
	}
}
