// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// fromTheOffice is a rotation whose keys are accepted from one network.
func fromTheOffice() attributes {
	return turning.With("network_policy", attributes{"classic_allow_list": []string{"203.0.113.0/24"}})
}

func acceptedElsewhere(a *ramtest.Account, keyID string) bool {
	return a.APIAccess(keyID, ramtest.Origin{Address: "198.51.100.7"}, ramtest.Behaviour{}).Allowed
}

// unrestrictedKeys are the keys of alice that are accepted from outside the office.
func unrestrictedKeys(srv *ramtest.Server) (ids []string) {
	a := account(srv)
	for _, key := range a.Users["alice"].Keys {
		if acceptedElsewhere(a, key.ID) {
			ids = append(ids, key.ID)
		}
	}
	return ids
}

// No request of two rotations makes a key usable from another address, except between its creation and the write of
// its policy, when no program has its secret.
func TestRotation_policyOfAllKeys(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	config := fromTheOffice()
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, config)
	expect(t, "messages", acctest.Messages(diags), "")
	fixed(t, newCore(t, srv.Getenv, clockOf(srv)), rotationKind, config, o)
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
	srv.AfterWrites(func(action string, a *ramtest.Account) {
		keys := a.Users["alice"].Keys
		for n, key := range keys {
			created := action == "CreateAccessKey" && n == len(keys)-1
			if !created && acceptedElsewhere(a, key.ID) {
				t.Errorf("after %s, the key %s is open", action, key.ID)
			}
		}
	})
	seen := map[string]bool{}
	for range 65 {
		srv.Advance(day)
		o = rotate(t, srv, config, o).after
		seen[slots(t, o)[0]] = true
	}
	srv.AfterWrites(nil)
	expect(t, "keys", len(seen), 3)
}

// A policy that another administrator weakens is drift, and is written again. A new list is written to both keys.
func TestRotation_policyIsRestoredAndChanged(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	clean(t, diags)
	srv.Advance(30 * day)
	o = rotate(t, srv, turning, o).after
	expect(t, "open", len(unrestrictedKeys(srv)), 2)
	config := fromTheOffice()
	o = rotate(t, srv, config, o).after
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = "" })
	turn := rotate(t, srv, config, o)
	expect(t, "changed", turn.changed, true)
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
	turn = rotate(t, srv, turning, turn.after)
	contains(t, turn.messages, "The network policies of the keys of alice are no longer managed")
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
}

// A key whose policy cannot be written is deleted again. If that fails too, the error names it.
func TestRotation_policyThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, undeletable := range []bool{false, true} {
		srv := rotates(t)
		srv.Inject(ramtest.Rule{Action: "SetAccessKeyPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
		if undeletable {
			srv.Inject(ramtest.Rule{Action: "DeleteAccessKey", Fault: "code", Status: 403, Code: "NoPermission"})
		}
		o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, fromTheOffice())
		said := acctest.Messages(acctest.Errors(diags))
		contains(t, said, "its network policy could not be written", "SetAccessKeyPolicy")
		expect(t, "state", o.State.IsNull(), true)
		expect(t, "open", unrestrictedKeys(srv), []string(nil)) // the key that is left is disabled
		if !undeletable {
			contains(t, said, "then deleted the key")
			expect(t, "keys", len(keysOf(srv, "alice")), 0)
			continue
		}
		left := keysOf(srv, "alice")[0]
		contains(t, said, left.ID, "and deleting the key failed", "DeleteAccessKey")
		if strings.Contains(said, left.Secret) {
			t.Error("the error has the secret")
		}
	}
}

// In a rotation, a policy that cannot be written to the new key leaves the restricted old key as the current one.
func TestRotation_policyOfTheNextKeyFails(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	config := fromTheOffice()
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, config)
	clean(t, diags)
	first := slots(t, o)[0]
	srv.Advance(30 * day)
	srv.Inject(ramtest.Rule{Action: "SetAccessKeyPolicy", Fault: "code", Status: 403, Code: "NoPermission"})
	turn := rotate(t, srv, config, o)
	contains(t, turn.messages, "its network policy could not be written", "then deleted the key")
	expect(t, "current", slots(t, turn.after)[0], first)
	expect(t, "keys", len(keysOf(srv, "alice")), 1)
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
	_ = srv.SetSchedule(ramtest.Schedule{})
	turn = rotate(t, srv, config, turn.after)
	expect(t, "previous", slots(t, turn.after)[1], first)
	expect(t, "open", unrestrictedKeys(srv), []string(nil))
}

func TestRotation_policyIsChecked(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	for _, bad := range []struct {
		policy attributes
		says   string
	}{
		{attributes{}, "The network policy has no lists"},
		{attributes{"classic_allow_list": []string{}}, "The network policy has no lists"},
		{attributes{"classic_allow_list": []string{"here"}}, "neither an IP address"},
	} {
		_, diags := c.Create(rotationKind, turning.With("network_policy", bad.policy))
		contains(t, acctest.Messages(acctest.Errors(diags)), bad.says)
	}
	own := srv.Credential(defaultAccount)
	o, diags := c.Import(rotationKind, "admin")
	clean(t, diags)
	expect(t, "current", stateOf(t, o, "current_access_key_id"), own.AccessKeyID)
	_, diags = c.Plan(rotationKind, fromTheOffice().With("user_name", "admin"), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The provider's own key may be locked out", own.AccessKeyID)
	expect(t, "writes", writes(srv), []string(nil))
}

// A policy that follows a rotating key leaves the old key without one. The plan warns of that, and describes how to
// write it.
func TestAccess_warnsOfAPolicyThatFollowsARotation(t *testing.T) {
	t.Parallel()
	srv := withKey(t, `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`)
	config := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}})
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(ownPolicy, config)
	clean(t, diags)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(ownPolicy, config.With("access_key_id", acctest.Unknown{}), o)
	contains(t, acctest.Messages(diags), "The network policy of the key "+aliceKey+" is removed before another key gets one", `classic_allow_list = ["203.0.113.0/24"]`)
}

func TestRotation_warnsOfAWiderPolicy(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, fromTheOffice())
	clean(t, diags)
	const wider = "The keys of alice will be accepted from more addresses"
	for list, warned := range map[string]bool{"0.0.0.0/0": true, "198.51.100.0/24": true, "203.0.113.9": false} {
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Plan(rotationKind, turning.With("network_policy", attributes{"classic_allow_list": []string{list}}), o)
		clean(t, diags)
		expect(t, list, strings.Contains(acctest.Messages(diags), wider), warned)
	}
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Plan(rotationKind, turning.With("network_policy", attributes{"vpc_allow_list": map[string][]string{"vpc-1": {}}}), o)
	contains(t, acctest.Messages(diags), wider, "allows 203.0.113.0/24, and will allow vpc-1")
}

// Both resources write the policy of one key. The rotation does not refuse what the other one must allow, in either order.
func TestRotation_policyThatAnotherResourceMustAllow(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	clean(t, diags)
	key := stateOf(t, o, "current_access_key_id")
	must := attributes{"user_name": "alice", "access_key_id": key, "status": "Inactive", "must_allow": []string{"198.51.100.7"}}
	c := newCore(t, srv.Getenv, clockOf(srv))
	own, diags := c.Create(ownPolicy, must)
	clean(t, diags)
	before := len(writes(srv))

	_, diags = c.Apply(rotationKind, fromTheOffice(), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "excludes addresses that must be allowed", key, "198.51.100.7")
	c = newCore(t, srv.Getenv, clockOf(srv))
	_, diags = c.Plan(rotationKind, fromTheOffice(), o)
	clean(t, diags)
	for _, config := range []attributes{must, must.With("status", "Active").With("classic_allow_list", []string{"198.51.100.7"})} { // unchanged, and changed
		_, diags = c.Plan(ownPolicy, config, own)
		contains(t, acctest.Messages(acctest.Errors(diags)), "excludes addresses that must be allowed", "198.51.100.7")
	}
	expect(t, "writes", len(writes(srv)), before)
}
