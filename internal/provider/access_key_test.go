// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const (
	accessKey = "ram_access_key"
	aliceID   = "200000000000000001"
	bobID     = "200000000000000002"
)

// withAlice is an account with two users who have nothing yet.
func withAlice(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t, options...)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: aliceID, Name: "alice", DisplayName: "Alice", Status: "active", CreateDate: srv0(a)}
		a.Users["bob"] = &ramtest.User{ID: bobID, Name: "bob", DisplayName: "Bob", Status: "active", CreateDate: srv0(a)}
	})
	return srv
}

// srv0 is when the account's first user came to be.
func srv0(a *ramtest.Account) time.Time { return a.Users["admin"].CreateDate }

// keysOf are a user's keys in the fake.
func keysOf(srv *ramtest.Server, user string) []*ramtest.AccessKey {
	return account(srv).Users[user].Keys
}

// addKey gives a user a key, as another user would.
func addKey(srv *ramtest.Server, user, id string, age time.Duration) {
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		u := a.Users[user]
		u.Keys = append(u.Keys, &ramtest.AccessKey{ID: id, Secret: "someones-" + id + "-secret", Status: "Active", CreateDate: now.Add(-age), UpdateDate: now.Add(-age)})
	})
}

// stateOf is an attribute as text.
func stateOf(t *testing.T, o acctest.Object, name string) string {
	t.Helper()
	s, _ := in(t, o.State, name).(string)
	return s
}

func TestAccessKey_createAndRead(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	expect(t, "what was said", acctest.Messages(diags), "")
	key := keysOf(srv, "alice")[0]
	expect(t, "secret", stateOf(t, o, "secret"), key.Secret)
	expect(t, "id", stateOf(t, o, "access_key_id"), key.ID)
	expect(t, "user id", stateOf(t, o, "user_id"), aliceID)
	expect(t, "account", stateOf(t, o, "account_id"), defaultAccount)
	expect(t, "status", stateOf(t, o, "status"), "Active")
	expect(t, "made", stateOf(t, o, "create_date"), key.CreateDate.Format(time.RFC3339))
	for _, name := range []string{"pgp_key", "encrypted_secret", "key_fingerprint", "rotate_when_changed"} {
		expect(t, name, in(t, o.State, name), nil)
	}
	expect(t, "writes", writes(srv), []string{"CreateAccessKey"})
	after, diags := c.Read(accessKey, o)
	clean(t, diags)
	if !after.State.Equal(o.State) || !bytes.Equal(after.Private, o.Private) || !bytes.Equal(after.Identity.IdentityData.MsgPack, o.Identity.IdentityData.MsgPack) {
		t.Errorf("a refresh changed the state from %v to %v", o.State, after.State)
	}
	plan, diags := c.Plan(accessKey, attributes{"user_name": "alice"}, after)
	clean(t, diags)
	if !c.Planned(accessKey, plan).Equal(after.State) {
		t.Errorf("the next plan is not empty: %v", c.Planned(accessKey, plan))
	}
	srv.ForgetCalls()
	_, diags = c.Destroy(accessKey, after)
	clean(t, diags)
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
	expect(t, "disabled first", writes(srv), []string{"UpdateAccessKey", "DeleteAccessKey"})
	expect(t, "violations", srv.Violations(), []string{})
}

func TestAccessKey_ofAMissingUserIsNotCreated(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, name := range []any{"", " ", "\t", "alice@acme.onaliyun.com", "a b", strings.Repeat("a", 65), nil} {
		_, diags := c.Create(accessKey, attributes{"user_name": name})
		if len(acctest.Errors(diags)) == 0 {
			t.Errorf("%v is accepted", name)
		}
	}
	_, diags := c.Create(accessKey, attributes{"user_name": "unknown"})
	contains(t, acctest.Messages(diags), `There is no RAM user "unknown"`, "No key was created.", "ram_user", "EntityNotExist.User")
	plan, diags := c.Plan(accessKey, attributes{"user_name": acctest.Unknown{}}, c.Null(accessKey))
	clean(t, diags)
	for _, name := range []string{"", " ", "alice@acme"} { // known only now
		fields := acctest.Fields(c.Planned(accessKey, plan))
		fields["user_name"] = tftypes.NewValue(tftypes.String, name)
		resolved := *plan
		resolved.PlannedState = c.Dynamic(tftypes.NewValue(c.Planned(accessKey, plan).Type(), fields))
		o, diags := c.ApplyPlan(accessKey, attributes{"user_name": name}, c.Null(accessKey), &resolved)
		contains(t, acctest.Messages(diags), "the service would create a key for the caller itself", "No key was created.")
		expect(t, "state", o.State.IsNull(), true)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKey_aThirdIsRefused(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIfirst", 400*day)
	addKey(srv, "alice", "LTAIsecond", 2*time.Hour)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Inactive" })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(diags), "alice has 2 keys already", "LTAIfirst, Inactive", "400 days ago", "LTAIsecond, Active", "2h0m", "terraform import ADDRESS alice:LTAIfirst", "create_before_destroy", "No key was created.")
	expect(t, "writes", writes(srv), []string(nil))
	srv.Change(func(a *ramtest.Account) { a.Quotas.AccessKeysPerUser = 3 }) // as the service can
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	clean(t, acctest.Errors(diags))
	expect(t, "in the state", o.State.IsNull(), false)
	_, diags = c.Create(accessKey, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(diags), "alice has 3 keys already")
}

func TestAccessKey_namesAKeyThatReachedTheQuotaFirst(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIfirst", 400*day)
	srv.ChangeBefore("CreateAccessKey", func(a *ramtest.Account) {
		a.Users["alice"].Keys = append(a.Users["alice"].Keys, &ramtest.AccessKey{ID: "LTAIfaster", Status: "Active", CreateDate: srv0(a)})
	})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(diags), "LimitExceeded.User.AccessKey", "LTAIfirst", "LTAIfaster", "No key was created.")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "creates", len(srv.Calls("CreateAccessKey")), 1)
}

// A key that was disabled during an incident stays disabled (KEY-10).
func TestAccessKey_staysInactive(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	silent, insisting := attributes{"user_name": "alice"}, attributes{"user_name": "alice", "status": "Active"}
	o, diags := c.Create(accessKey, silent)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Inactive" })
	o, diags = c.Read(accessKey, o)
	clean(t, diags)
	expect(t, "shown", stateOf(t, o, "status"), "Inactive")
	plan, diags := c.Plan(accessKey, silent, o)
	clean(t, diags)
	if !c.Planned(accessKey, plan).Equal(o.State) {
		t.Error("the plan is not empty")
	}
	srv.ForgetCalls()
	o, diags = c.Apply(accessKey, attributes{"user_name": "alice", "allow_self": true}, o) // another change does not touch it
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
	plan, diags = c.Plan(accessKey, insisting, o)
	contains(t, acctest.Messages(diags), "WARNING: A disabled AccessKey pair will be enabled again", "replace it")
	o, diags = c.ApplyPlan(accessKey, insisting, o, plan)
	clean(t, diags)
	expect(t, "enabled", keysOf(srv, "alice")[0].Status, "Active")
	o, diags = c.Apply(accessKey, attributes{"user_name": "alice", "status": "Inactive"}, o)
	clean(t, diags)
	expect(t, "disabled", keysOf(srv, "alice")[0].Status, "Inactive")
	expect(t, "secret", stateOf(t, o, "secret"), keysOf(srv, "alice")[0].Secret)
}

func TestAccessKey_canBeDisabled(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice", "status": "Inactive"})
	clean(t, diags)
	expect(t, "state", stateOf(t, o, "status"), "Inactive")
	expect(t, "fake", keysOf(srv, "alice")[0].Status, "Inactive")
	srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Fault: "code", Code: "NoPermission"}) // F22
	o, diags = c.Create(accessKey, attributes{"user_name": "bob", "status": "Inactive"})
	contains(t, acctest.Messages(diags), "was created and saved with its secret, but disabling it failed", "tainted", "terraform untaint", "NoPermission")
	expect(t, "secret", stateOf(t, o, "secret"), keysOf(srv, "bob")[0].Secret)
	expect(t, "state", stateOf(t, o, "status"), "Active")
}

func TestAccessKey_onlyAChangedTriggerReplaces(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	entity, other := pgpPair(t, nil), pgpPair(t, nil)
	config := func(more attributes) attributes {
		all := attributes{"user_name": "alice"}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	o, diags := c.Create(accessKey, config(nil))
	clean(t, diags)
	imported, diags := c.Import(accessKey, stateOf(t, o, "access_key_id"))
	clean(t, diags)
	expect(t, "imported secret", in(t, imported.State, "secret"), nil)
	srv.ForgetCalls()
	for _, prior := range []acctest.Object{o, imported} {
		for _, first := range []attributes{
			nil, {"rotate_when_changed": map[string]string{"q": "1"}}, {"rotate_when_changed": acctest.Unknown{}}, {"pgp_key": publicKey(t, entity)}, {"pgp_key": acctest.Unknown{}},
		} {
			plan, diags := c.Plan(accessKey, config(first), prior)
			clean(t, acctest.Errors(diags))
			expect(t, fmt.Sprintf("%v replaces", first), len(plan.RequiresReplace), 0)
			for _, name := range []string{"secret", "encrypted_secret", "key_fingerprint", "access_key_id", "status"} {
				expect(t, fmt.Sprintf("%v plans %s", first, name), in(t, c.Planned(accessKey, plan), name), in(t, prior.State, name))
			}
		}
	}
	o, diags = c.Apply(accessKey, config(attributes{"rotate_when_changed": map[string]string{"q": "1"}, "pgp_key": publicKey(t, entity)}), o)
	contains(t, acctest.Messages(diags), "WARNING: The secret stays in the state", "is used for the next key")
	expect(t, "secret", stateOf(t, o, "secret"), keysOf(srv, "alice")[0].Secret)
	for name, next := range map[string]struct {
		config   attributes
		replaces int
	}{
		"the same":        {attributes{"rotate_when_changed": map[string]string{"q": "1"}}, 0},
		"removed":         {nil, 0},
		"another PGP key": {attributes{"rotate_when_changed": map[string]string{"q": "1"}, "pgp_key": publicKey(t, other)}, 0},
		"another value":   {attributes{"rotate_when_changed": map[string]string{"q": "2"}}, 1},
		"one more":        {attributes{"rotate_when_changed": map[string]string{"q": "1", "r": "1"}}, 1},
		"not known yet":   {attributes{"rotate_when_changed": acctest.Unknown{}}, 1},
	} {
		plan, diags := c.Plan(accessKey, config(next.config), o)
		clean(t, acctest.Errors(diags))
		expect(t, name+" replaces", len(plan.RequiresReplace), next.replaces)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKey_withPGPThePlainSecretIsNotStored(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	entity := pgpPair(t, nil)
	config := attributes{"user_name": "alice", "pgp_key": publicKey(t, entity)}
	plan, diags := c.Plan(accessKey, config, c.Null(accessKey))
	clean(t, diags)
	expect(t, "planned secret", in(t, c.Planned(accessKey, plan), "secret"), nil)
	expect(t, "planned fingerprint", in(t, c.Planned(accessKey, plan), "key_fingerprint"), fmt.Sprintf("%X", entity.PrimaryKey.Fingerprint))
	o, diags := c.ApplyPlan(accessKey, config, c.Null(accessKey), plan)
	clean(t, diags)
	secret := keysOf(srv, "alice")[0].Secret
	expect(t, "opened", decrypted(t, entity, stateOf(t, o, "encrypted_secret")), secret)
	if strings.Contains(o.State.String(), secret) || bytes.Contains(o.Private, []byte(secret)) {
		t.Error("the secret is in the state")
	}
	after, diags := c.Read(accessKey, o)
	clean(t, diags)
	expect(t, "kept", after.State.Equal(o.State), true)

	later, diags := c.Plan(accessKey, attributes{"user_name": "bob", "pgp_key": acctest.Unknown{}}, c.Null(accessKey))
	clean(t, diags)
	o, diags = c.ApplyPlan(accessKey, attributes{"user_name": "bob", "pgp_key": publicKey(t, entity)}, c.Null(accessKey), resolvedWith(c, t, later, "pgp_key", publicKey(t, entity)))
	clean(t, diags)
	expect(t, "opened", decrypted(t, entity, stateOf(t, o, "encrypted_secret")), keysOf(srv, "bob")[0].Secret)
	expect(t, "secret", in(t, o.State, "secret"), nil)
}

// resolvedWith is a plan in which a value that was unknown is known now.
func resolvedWith(c *acctest.Driver, t *testing.T, plan *tfprotov6.PlanResourceChangeResponse, name, value string) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	fields := acctest.Fields(c.Planned(accessKey, plan))
	fields[name] = tftypes.NewValue(tftypes.String, value)
	resolved := *plan
	resolved.PlannedState = c.Dynamic(tftypes.NewValue(c.Planned(accessKey, plan).Type(), fields))
	return &resolved
}

func TestAccessKey_invalidPGPKeyCreatesNoKey(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	entity := pgpPair(t, nil)
	entity.Subkeys = nil
	secret := armoured(t, "PGP PRIVATE KEY BLOCK", private(t, pgpPair(t, nil)))
	for key, says := range map[string]string{
		publicKey(t, entity): "it can only sign", "keybase:alice": "does not download keys from Keybase", "": "it is empty", secret: "it is a private key",
	} {
		_, diags := c.Create(accessKey, attributes{"user_name": "alice", "pgp_key": key})
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot use the PGP key", says, "Nothing was created with it.")
		if key == secret && strings.Contains(acctest.Messages(diags), secret[50:80]) {
			t.Error("the private key is echoed")
		}
		plan, diags := c.Plan(accessKey, attributes{"user_name": "alice", "pgp_key": acctest.Unknown{}}, c.Null(accessKey))
		clean(t, diags)
		o, diags := c.ApplyPlan(accessKey, attributes{"user_name": "alice", "pgp_key": key}, c.Null(accessKey), resolvedWith(c, t, plan, "pgp_key", key))
		contains(t, acctest.Messages(acctest.Errors(diags)), says)
		expect(t, "state", o.State.IsNull(), true)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKey_ofTheProviderItself(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "admin", "LTAIspare", 3*day)
	c := newCore(t, srv.Getenv, fakeClock())
	own := srv.Credential(defaultAccount).AccessKeyID
	config := func(more attributes) attributes {
		all := attributes{"user_name": "admin", "rotate_when_changed": map[string]string{"q": "1"}}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	o, diags := c.Import(accessKey, own)
	clean(t, diags)
	o, diags = c.Apply(accessKey, config(nil), o)
	clean(t, diags)
	_, diags = c.Plan(accessKey, config(attributes{"status": "Inactive"}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot disable the provider's own AccessKey pair", "allow_self = true")
	_, diags = c.Plan(accessKey, config(attributes{"rotate_when_changed": map[string]string{"q": "2"}}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot replace the provider's own AccessKey pair", "apply that first")
	_, diags = c.Plan(accessKey, config(attributes{"rotate_when_changed": map[string]string{"q": "2"}, "allow_self": true}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot replace the provider's own AccessKey pair")
	_, diags = c.PlanDestroy(accessKey, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the provider's own AccessKey pair")
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, accessKey, o))
	must(t, err)
	contains(t, acctest.Messages(acctest.Errors(resp.Diagnostics)), "Cannot delete the provider's own AccessKey pair")
	expect(t, "writes", writes(srv), []string(nil))

	plan, diags := c.Plan(accessKey, config(attributes{"status": "Inactive", "allow_self": true}), o)
	clean(t, acctest.Errors(diags))
	expect(t, "replaces", len(plan.RequiresReplace), 0)
	// A plan that was saved under other credentials is checked again.
	refused := c.Planned(accessKey, plan)
	fields := acctest.Fields(refused)
	fields["allow_self"] = tftypes.NewValue(tftypes.Bool, false)
	plan.PlannedState = c.Dynamic(tftypes.NewValue(refused.Type(), fields))
	_, diags = c.ApplyPlan(accessKey, config(attributes{"status": "Inactive"}), o, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot disable the provider's own AccessKey pair")
	expect(t, "writes", writes(srv), []string(nil))

	spare, diags := c.Import(accessKey, "LTAIspare") // another key of the same user is no branch that it sits on
	clean(t, diags)
	_, diags = c.Destroy(accessKey, spare)
	clean(t, diags)
	o, diags = c.Apply(accessKey, config(attributes{"allow_self": true}), o)
	clean(t, diags)
	_, diags = c.PlanDestroy(accessKey, o)
	clean(t, diags)
}

func TestAccessKey_import(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIfirst", 100*day)
	srv.Change(func(a *ramtest.Account) {
		a.Keys = append(a.Keys, &ramtest.AccessKey{ID: "LTAIroot", Secret: "x", Status: "Active", CreateDate: srv0(a)})
	})
	c := newCore(t, srv.Getenv, fakeClock())
	for _, id := range []string{"LTAIfirst", "alice:LTAIfirst"} {
		o, diags := c.Import(accessKey, id)
		clean(t, diags)
		expect(t, "user", stateOf(t, o, "user_name")+" "+stateOf(t, o, "user_id")+" "+stateOf(t, o, "account_id"), "alice "+aliceID+" "+defaultAccount)
		plan, diags := c.Plan(accessKey, attributes{"user_name": "alice"}, o)
		clean(t, diags)
		if !c.Planned(accessKey, plan).Equal(o.State) {
			t.Errorf("the plan after the import is not empty: %v", c.Planned(accessKey, plan))
		}
	}
	for id, says := range map[string]string{
		"LTAIunknown": "No RAM user of this account has the key LTAIunknown", "LTAIroot": "or to the root account", "unknown:LTAIfirst": "EntityNotExist.User",
		"alice@acme.onaliyun.com:LTAIfirst": "alice:LTAI5t", ":LTAIfirst": "is imported by its id", "alice:": "is imported by its id",
	} {
		o, diags := c.Import(accessKey, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the AccessKey pair", says)
		expect(t, "state", o.State.IsNull(), true)
	}
	o, diags := c.Import(accessKey, "bob:LTAIfirst") // another user's
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the AccessKey pair", "No RAM user bob of this account has the key LTAIfirst")
	expect(t, "state", o.State.IsNull(), true)
	identity := func(account string) *tfprotov6.ResourceIdentityData {
		text := func(s string) tftypes.Value {
			if s == "" {
				return tftypes.NewValue(tftypes.String, nil)
			}
			return tftypes.NewValue(tftypes.String, s)
		}
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"account_id": tftypes.String, "user_name": tftypes.String, "access_key_id": tftypes.String}}
		v := c.Dynamic(tftypes.NewValue(kind, map[string]tftypes.Value{"account_id": text(account), "user_name": text("alice"), "access_key_id": text("LTAIfirst")}))
		return &tfprotov6.ResourceIdentityData{IdentityData: v}
	}
	for account, fails := range map[string]bool{"": false, defaultAccount: false, "9999999999999999": true} {
		resp, err := c.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: accessKey, Identity: identity(account)})
		must(t, err)
		expect(t, account+" fails", len(acctest.Errors(resp.Diagnostics)) > 0, fails)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKey_followsItsUser(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	clean(t, diags)
	secret := stateOf(t, o, "secret")
	rename := func(from, to string) {
		srv.Change(func(a *ramtest.Account) {
			a.Users[to] = a.Users[from]
			a.Users[to].Name = to
			delete(a.Users, from)
		})
	}
	rename("alice", "alicia")
	rename("bob", "alice") // and the old name belongs to another user now
	c = newCore(t, srv.Getenv, fakeClock())
	before := o
	o, diags = c.Read(accessKey, o)
	clean(t, diags)
	expect(t, "name", stateOf(t, o, "user_name"), "alicia")
	expect(t, "secret", stateOf(t, o, "secret"), secret)
	plan, diags := c.Plan(accessKey, attributes{"user_name": "alicia"}, before) // renamed in the configuration as well, without a refresh
	clean(t, diags)
	expect(t, "replaces", len(plan.RequiresReplace), 0)
	after, diags := c.ApplyPlan(accessKey, attributes{"user_name": "alicia"}, before, plan)
	clean(t, diags)
	expect(t, "secret", stateOf(t, after, "secret"), secret)
	plan, diags = c.Plan(accessKey, attributes{"user_name": "alice"}, o) // another user
	clean(t, diags)
	expect(t, "replaces", len(plan.RequiresReplace), 1)
	srv.ForgetCalls()
	_, diags = c.Destroy(accessKey, before) // with the old name, which is bob's now
	clean(t, diags)
	expect(t, "keys", len(keysOf(srv, "alicia")), 0)
}

func TestAccessKey_deletedKeyIsRemovedFromTheState(t *testing.T) {
	t.Parallel()
	for name, vanish := range map[string]func(*ramtest.Account){
		"the key":  func(a *ramtest.Account) { a.Users["alice"].Keys = nil },
		"the user": func(a *ramtest.Account) { delete(a.Users, "alice") },
		"the user, name reused": func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: "200000000000000003", Name: "alice", Status: "active", CreateDate: srv0(a)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
			srv.Change(vanish)
			c = newCore(t, srv.Getenv, fakeClock())
			srv.ForgetCalls()
			after, diags := c.Read(accessKey, o)
			contains(t, acctest.Messages(diags), "WARNING: The AccessKey LTAI", "no longer exists", "its secret is lost", "recycle bin")
			expect(t, "state", after.State.IsNull(), true)
			_, diags = c.Destroy(accessKey, o) // gone is gone
			clean(t, diags)
		})
	}
}

func TestAccessKey_failedReadKeepsTheSecret(t *testing.T) {
	t.Parallel()
	lasting := map[string]ramtest.Rule{
		"F22 denied":             {Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."},
		"F24 redirected":         {Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}},
		"gateway says not found": {Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
		"page says not found":    {Fault: "html", Status: 404},
		"own key was deleted":    {Fault: "code", Status: 404, Code: "InvalidAccessKeyId.NotFound"},
		"throttled for a day":    {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"},
		"another document":       {Fault: "garble", Body: `{"RequestId":"X"}`},
		"no list":                {Fault: "garble", Body: `{"RequestId":"X","AccessKeys":{}}`},
	}
	for name, rule := range passing {
		lasting[name] = rule
	}
	for name, fault := range lasting {
		if name == "F13 drip" || strings.HasPrefix(name, "F20") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
			fault.Action = "ListAccessKeys"
			srv.Inject(fault)
			srv.ForgetCalls()
			after, diags := newCore(t, srv.Getenv, fakeClock()).Read(accessKey, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the AccessKey pair", "The state is unchanged.")
			expect(t, "state", after.State.Equal(o.State), true)
			if n := len(srv.Calls("ListAccessKeys")); n > 5 {
				t.Errorf("sent %d times", n)
			}
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

func TestAccessKey_oneNotFoundDoesNotRemoveIt(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]struct {
		rules []ramtest.Rule
		says  string
	}{
		"one empty list":   {[]ramtest.Rule{{Action: "ListAccessKeys", Nth: "1", Fault: "garble", Body: `{"RequestId":"X","AccessKeys":{"AccessKey":[]}}`}}, ""},
		"one missing user": {[]ramtest.Rule{{Action: "ListAccessKeys", Nth: "1", Fault: "code", Code: "EntityNotExist.User"}}, ""},
		"both, once": {[]ramtest.Rule{
			{Action: "ListAccessKeys", Nth: "1", Fault: "code", Code: "EntityNotExist.User"}, {Action: "GetUser", Nth: "1", Fault: "code", Code: "EntityNotExist.User"},
		}, ""},
		"a user whose list is missing": {[]ramtest.Rule{{Action: "ListAccessKeys", Fault: "code", Code: "EntityNotExist.User"}}, "both that the user exists and that it does not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
			srv.Inject(bad.rules...)
			after, diags := newCore(t, srv.Getenv, fakeClock()).Read(accessKey, o)
			contains(t, acctest.Messages(diags), bad.says)
			expect(t, "fails", len(diags) > 0, bad.says != "")
			if !after.State.Equal(o.State) {
				t.Errorf("the state was %v, now it is %v", o.State, after.State)
			}
			if bad.says != "" {
				_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(accessKey, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), bad.says)
			}
		})
	}
}

func TestAccessKey_ofAnotherAccountIsNotChanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.AddAccount("2222222222222222")
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
	clean(t, diags)
	srv.ForgetCalls()
	c := newCore(t, srv.GetenvFor("2222222222222222"), fakeClock())
	after, diags := c.Read(accessKey, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "but the credentials belong to account 2222222222222222")
	expect(t, "state", after.State.Equal(o.State), true)
	_, diags = c.Apply(accessKey, attributes{"user_name": "alice", "status": "Inactive"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "but the credentials belong to account 2222222222222222")
	_, diags = c.Destroy(accessKey, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "but the credentials belong to account 2222222222222222")
	expect(t, "writes", writes(srv), []string(nil))
}

// Several keys of one user cost one list per refresh (LOAD-05).
func TestAccessKey_keysOfOneUserShareAList(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIfirst", 100*day)
	addKey(srv, "alice", "LTAIsecond", 100*day)
	c := newCore(t, srv.Getenv, fakeClock())
	objects := []acctest.Object{}
	for _, id := range []string{"LTAIfirst", "LTAIsecond"} {
		o, diags := c.Import(accessKey, id)
		clean(t, diags)
		objects = append(objects, o)
	}
	c = newCore(t, srv.Getenv, fakeClock())
	srv.ForgetCalls()
	var wait sync.WaitGroup
	for _, o := range slices.Concat(objects, objects, objects) {
		wait.Go(func() {
			after, diags := c.Read(accessKey, o)
			if len(diags) > 0 || !after.State.Equal(o.State) {
				t.Errorf("%s", acctest.Messages(diags))
			}
		})
	}
	wait.Wait()
	expect(t, "lists", len(srv.Calls("ListAccessKeys")), 1)
	expect(t, "callers", len(srv.Calls("GetCallerIdentity")), 1)
	expect(t, "users", len(srv.Calls("GetUser")), 0)
}

// Two keys of one user that are created at the same time are never taken for candidates of each other.
func TestAccessKey_concurrentCreates(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "code", Status: 500, Code: "InternalError"})
	c := newCore(t, srv.Getenv, fakeClock())
	secrets := make([]string, 2)
	var wait sync.WaitGroup
	for n := range secrets {
		wait.Go(func() {
			plan, _ := c.Plan(accessKey, attributes{"user_name": "alice"}, c.Null(accessKey))
			o, diags := c.ApplyPlan(accessKey, attributes{"user_name": "alice"}, c.Null(accessKey), plan)
			if len(acctest.Errors(diags)) > 0 {
				t.Error(acctest.Messages(diags))
				return
			}
			secrets[n] = stateOf(t, o, "secret")
		})
	}
	wait.Wait()
	live := []string{}
	for _, key := range keysOf(srv, "alice") {
		live = append(live, key.Secret)
	}
	slices.Sort(secrets)
	slices.Sort(live)
	expect(t, "secrets", secrets, live)
}

// A key that is disabled takes a further call, in which time the create may be delivered once more, after the first
// list. A key in the last list is named too.
func TestAccessKey_namesKeysThatAppearUntilTheEnd(t *testing.T) {
	t.Parallel()
	for delay := range time.Duration(3) {
		srv := withAlice(t)
		srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "duplicate", Delay: delay})
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(accessKey, attributes{"user_name": "alice", "status": "Inactive"})
		clean(t, acctest.Errors(diags))
		for _, key := range keysOf(srv, "alice") {
			if key.ID != stateOf(t, o, "access_key_id") && strings.Count(acctest.Messages(diags), "has another new AccessKey beside") != 1 || !strings.Contains(acctest.Messages(diags)+stateOf(t, o, "access_key_id"), key.ID) {
				t.Errorf("delivered once more after %d further calls, %s is not named:\n%s", delay, key.ID, acctest.Messages(diags))
			}
		}
	}
}

// If the keys cannot be listed after a create, another new key cannot be named: the warning describes how to find it.
func TestAccessKey_warnsIfTheKeysCannotBeListed(t *testing.T) {
	t.Parallel()
	for kind, after := range map[string]string{accessKey: "2-", rotationKind: "3-"} { // a rotation is planned by the list, too
		srv := withAlice(t)
		srv.Inject(
			ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "duplicate"},
			ramtest.Rule{Action: "ListAccessKeys", Nth: after, Fault: "code", Code: "NoPermission"},
		)
		c := newCore(t, srv.Getenv, fakeClock())
		arguments := attributes{"user_name": "alice"}
		if kind == rotationKind {
			arguments["rotate_after_days"] = 90
		}
		_, diags := c.Create(kind, arguments)
		clean(t, acctest.Errors(diags))
		expect(t, kind+": keys", len(keysOf(srv, "alice")), 2)
		contains(t, acctest.Messages(diags), "WARNING: Cannot confirm the AccessKey LTAI", "aliyun ram ListAccessKeys --UserName alice")
	}
}

func TestAccessKey_deleteIsConfirmedAndRepeatable(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string][]ramtest.Rule{
		"F02 reset":   {{Action: "DeleteAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"}},
		"F05 error":   {{Action: "DeleteAccessKey", Nth: "1", Fault: "code", Status: 500, Code: "InternalError"}},
		"F06 error":   {{Action: "UpdateAccessKey", Nth: "1", Phase: "after_commit", Fault: "code", Status: 500, Code: "InternalError"}},
		"F10 cut":     {{Action: "DeleteAccessKey", Nth: "1", Phase: "after_commit", Fault: "truncate"}},
		"F14 lag":     {{Action: "ListAccessKeys", Nth: "1-5", Stale: 1}},
		"F20 twice":   {{Action: "DeleteAccessKey", Nth: "1", Fault: "duplicate", Delay: 1}},
		"F08 limited": {{Action: "*AccessKey", Nth: "1-3", Fault: "code", Status: 400, Code: "Throttling.User"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
			srv.Inject(rules...)
			after, diags := c.Destroy(accessKey, o)
			clean(t, diags)
			expect(t, "state", after.State.IsNull(), true)
			expect(t, "keys", len(keysOf(srv, "alice")), 0)
		})
	}
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "DeleteAccessKey", Fault: "code", Code: "NoPermission"})
	after, diags := c.Destroy(accessKey, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the AccessKey pair", "The key is disabled.", "ram:DeleteAccessKey")
	expect(t, "state", after.State.Equal(o.State), true)
}

// A key that the service does not list for a long time stays in the state: its secret is only there.
func TestAccessKey_notListedYetStaysInTheState(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1000 })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	clean(t, acctest.Errors(diags))
	contains(t, acctest.Messages(diags), "WARNING: Cannot confirm the AccessKey LTAI", "the state contains it")
	secret := keysOf(srv, "alice")[0].Secret
	expect(t, "secret", stateOf(t, o, "secret"), secret)
	c = newCore(t, srv.Getenv, fakeClock())
	kept, diags := c.Read(accessKey, o)
	contains(t, acctest.Messages(diags), "WARNING: The AccessKey LTAI", "is not listed yet", "The state, with the secret, is unchanged")
	expect(t, "kept", kept.State.Equal(o.State), true)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 0 })
	srv.Change(func(a *ramtest.Account) { a.Users["bob"].Comments = "a write that ends the lag" })
	c = newCore(t, srv.Getenv, fakeClock())
	for range 1100 { // use up what is stale
		if _, ok := c.ReadData("ram_account_summary", attributes{}); len(ok) > 0 {
			t.Fatal(acctest.Messages(ok))
		}
	}
	seen, diags := newCore(t, srv.Getenv, fakeClock()).Read(accessKey, kept)
	clean(t, diags)
	expect(t, "state", seen.State.Equal(o.State), true)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = nil })
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(accessKey, seen)
	contains(t, acctest.Messages(diags), "The AccessKey LTAI", "no longer exists")
	expect(t, "gone", after.State.IsNull(), true)
}

// The test encryption succeeded, that of the secret did not: the created key is deleted, and nothing else.
func TestAccessKey_deletedIfItsSecretCannotBeEncrypted(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIfirst", 100*day)
	resp := createEncrypted(t, srv)
	contains(t, resp.Diagnostics.Errors()[0].Detail(), "The provider then deleted the key", "the test encryption had succeeded", "No entropy")
	expect(t, "state", resp.State.Raw.IsNull(), true)
	keys := keysOf(srv, "alice")
	expect(t, "keys", len(keys), 1)
	expect(t, "key", keys[0].ID, "LTAIfirst")

	srv.Inject(ramtest.Rule{Action: "DeleteAccessKey", Fault: "code", Code: "NoPermission"})
	resp = createEncrypted(t, srv)
	created := keysOf(srv, "alice")[1]
	contains(t, resp.Diagnostics.Errors()[0].Detail(), created.ID, "and deleting the key failed", "tainted", "DeleteAccessKey --UserName alice --UserAccessKeyId "+created.ID)
	left := tf.Get[accessKeyModel](t.Context(), resp.State, &resp.Diagnostics)
	expect(t, "in the state", left.AccessKeyID.ValueString(), created.ID)
	expect(t, "without a secret", left.Secret.IsNull() && left.EncryptedSecret.IsNull(), true)
	if strings.Contains(resp.State.Raw.String(), created.Secret) {
		t.Error("the secret is in the state")
	}
}

// createEncrypted creates a key of alice whose secret cannot be encrypted.
func createEncrypted(t *testing.T, srv *ramtest.Server) *resource.CreateResponse {
	t.Helper()
	r := newAccessKey()
	r.Instance = instance.New(clientFor(t, srv))
	var schemas resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &schemas)
	var identities resource.IdentitySchemaResponse
	r.IdentitySchema(t.Context(), resource.IdentitySchemaRequest{}, &identities)
	resp := &resource.CreateResponse{
		State:    tfsdk.State{Schema: schemas.Schema, Raw: tftypes.NewValue(schemas.Schema.Type().TerraformType(t.Context()), nil)},
		Identity: &tfsdk.ResourceIdentity{Schema: identities.IdentitySchema, Raw: tftypes.NewValue(identities.IdentitySchema.Type().TerraformType(t.Context()), nil)},
	}
	plan := accessKeyModel{
		Object: owner.Object{
			AccountID: types.StringValue(defaultAccount), UserName: types.StringValue("alice"), UserID: types.StringValue(aliceID), Timeouts: owner.NoTimeouts,
		},
		secretOnce: secretOnce{RotateWhenChanged: types.MapNull(types.StringType)}, AllowSelf: types.BoolValue(false), Status: types.StringUnknown(),
	}
	f := failedKey("create", (&credential.Kind[ram.AccessKey]{Word: "key"}).NotCreated())
	before, ok := r.checkQuota(t.Context(), f, plan, &resp.Diagnostics)
	expect(t, "room", ok, true)
	fails := func(string) (string, error) { return "", errors.New("no entropy") }
	r.create(t.Context(), f, &credential.Creation[ram.AccessKey]{Set: r.keys(&plan.Object), Encrypt: fails, Before: before}, plan, resp)
	return resp
}

// fixedKey signs with one key.
type fixedKey ram.Key

func (k fixedKey) Get(context.Context) (ram.Key, error) { return ram.Key(k), nil }
func (k fixedKey) Expire(ram.Key)                       {}

// clientFor is a client of the fake without a provider.
func clientFor(t *testing.T, srv *ramtest.Server) *ram.Client {
	t.Helper()
	endpoint, err := url.Parse(srv.URL())
	must(t, err)
	own := srv.Credential(defaultAccount)
	h := &acctest.Clock{}
	client, err := ram.New(ram.Config{
		Credentials: fixedKey{ID: own.AccessKeyID, Secret: own.AccessKeySecret},
		Endpoints:   ram.Endpoints{Ram: endpoint, Ims: endpoint, Sts: endpoint}, MaxRetries: -1, Now: h.Now, Pause: h.Pause,
	})
	must(t, err)
	return client
}
