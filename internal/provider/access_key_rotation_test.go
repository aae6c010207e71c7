// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const rotationKind = "ram_access_key_rotation"

// turning is a rotation of alice's keys: 30 days, 5 more, and 3 disabled.
var turning = attributes{"user_name": "alice", "rotate_after_days": 30, "overlap_days": 5, "delete_after_days": 3}

// rotates is a service whose system disables nothing for idleness.
func rotates(t *testing.T) *ramtest.Server {
	t.Helper()
	return withAlice(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.KeepIdleCredentials, b.RefuseDeletingActiveKeys = true, true }))
}

// A run is one run of Terraform: a process of its own, a refresh, a plan, and an
// apply if the plan is not empty.
type run struct {
	after    acctest.Object
	changed  bool
	messages string
}

func rotate(t *testing.T, srv *ramtest.Server, config attributes, prior acctest.Object) run {
	t.Helper()
	c := newCore(t, srv.Getenv, clockOf(srv))
	state, diags := c.Read(rotationKind, prior)
	clean(t, diags)
	messages := acctest.Messages(diags)
	if state.State.IsNull() {
		return run{after: state, messages: messages}
	}
	plan, diags := c.Plan(rotationKind, config, state)
	messages += acctest.Messages(diags)
	if len(acctest.Errors(diags)) > 0 || c.Planned(rotationKind, plan).Equal(state.State) {
		return run{after: state, messages: messages}
	}
	after, diags := c.ApplyPlan(rotationKind, config, state, plan)
	return run{after: after, changed: true, messages: messages + acctest.Messages(diags)}
}

// slots are the ids of the keys in the state.
func slots(t *testing.T, o acctest.Object) []string {
	t.Helper()
	return []string{stateOf(t, o, "current_access_key_id"), stateOf(t, o, "previous_access_key_id")}
}

func TestRotation_completeCycle(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(rotationKind, turning)
	expect(t, "what was said", acctest.Messages(diags), "")
	first := keysOf(srv, "alice")[0]
	for name, want := range map[string]any{
		"current_access_key_id": first.ID, "current_secret": first.Secret, "current_status": "Active", "current_create_date": first.CreateDate.Format(time.RFC3339),
		"previous_access_key_id": nil, "previous_secret": nil, "current_encrypted_secret": nil, "user_id": aliceID, "account_id": defaultAccount,
	} {
		expect(t, name, in(t, o.State, name), want)
	}
	fixed(t, c, rotationKind, turning, o)
	for _, step := range []struct {
		wait     time.Duration
		says     string
		statuses []string // the oldest first
	}{
		{29 * day, "", []string{"Active"}},
		{day, "A new key of alice is due to be created", []string{"Active", "Active"}},
		{4 * day, "", []string{"Active", "Active"}},
		{day, "is due to be disabled", []string{"Inactive", "Active"}},
		{2 * day, "", []string{"Inactive", "Active"}},
		{day, "is due to be deleted", []string{"Active"}},
		{21 * day, "", []string{"Active"}},
		{day, "A new key of alice is due to be created", []string{"Active", "Active"}},
	} {
		srv.Advance(step.wait)
		srv.ForgetCalls()
		done := rotate(t, srv, turning, o)
		expect(t, "changed", done.changed, step.says != "")
		if step.says == "" {
			expect(t, "what was said", done.messages, "")
			expect(t, "writes", writes(srv), []string(nil))
			if asked := len(srv.Calls("GetAccessKeyLastUsed")); asked > 0 {
				t.Error("the last use was read though nothing is due to be deleted")
			}
		}
		contains(t, done.messages, step.says)
		o = done.after
		statuses := []string{}
		keys := keysOf(srv, "alice")
		slices.SortFunc(keys, func(x, y *ramtest.AccessKey) int { return x.CreateDate.Compare(y.CreateDate) })
		for _, key := range keys {
			statuses = append(statuses, key.Status)
		}
		expect(t, "keys", statuses, step.statuses)
		fixed(t, newCore(t, srv.Getenv, clockOf(srv)), rotationKind, turning, o)
	}
	keys := keysOf(srv, "alice")
	expect(t, "previous secret", in(t, o.State, "previous_secret"), keys[0].Secret)
	expect(t, "current secret", in(t, o.State, "current_secret"), keys[1].Secret)
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(rotationKind, o)
	clean(t, diags)
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
	expect(t, "violations", srv.Violations(), []string{})
}

func TestRotation_planOfADueStep(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	clean(t, diags)
	computed := []string{}
	for name := range acctest.Fields(o.State) {
		if strings.HasPrefix(name, "current_") || strings.HasPrefix(name, "previous_") {
			computed = append(computed, name)
		}
	}
	expect(t, "computed", len(computed), 12)
	unknowns := func(config attributes, o acctest.Object) {
		t.Helper()
		c := newCore(t, srv.Getenv, clockOf(srv))
		plan, diags := c.Plan(rotationKind, config, o)
		clean(t, diags)
		for _, name := range computed {
			expect(t, name, in(t, c.Planned(rotationKind, plan), name), acctest.Unknown{})
		}
	}
	// An argument that changes alone causes an update, which does each step that is due by then.
	for name, value := range map[string]any{
		"rotate_after_days": 31, "delete_after_days": 4, "timeouts": attributes{"update": "1h"},
		"network_policy": attributes{"classic_allow_list": []string{"203.0.113.0/24"}}, "pgp_key": publicKey(t, pgpPair(t, nil)),
	} {
		unknowns(turning.With(name, value), o)
	}
	other := maps.Clone(turning)
	other["overlap_days"] = 6
	unknowns(other, o)
	for _, name := range []string{"rotate_after_days", "overlap_days", "delete_after_days"} { // whether a step is due is not known
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Plan(rotationKind, turning.With(name, acctest.Unknown{}), o)
		expect(t, name+" unknown", acctest.Messages(diags), "")
	}
	c := newCore(t, srv.Getenv, clockOf(srv))
	changed, diags := c.Apply(rotationKind, other, o)
	clean(t, diags)
	expect(t, "another argument writes nothing", writes(srv), []string{"CreateAccessKey"})
	expect(t, "secret", in(t, changed.State, "current_secret"), in(t, o.State, "current_secret"))
	srv.Advance(31 * day)
	unknowns(turning, o)

	// The plan is stale: by the time of the apply nothing is due any more.
	c = newCore(t, srv.Getenv, clockOf(srv))
	plan, diags := c.Plan(rotationKind, turning, o)
	clean(t, diags)
	first := rotate(t, srv, turning, o)
	expect(t, "changed", first.changed, true)
	for _, name := range []string{"overlap_days", "delete_after_days"} { // of the previous key
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Plan(rotationKind, turning.With(name, acctest.Unknown{}), first.after)
		expect(t, name+" unknown", acctest.Messages(diags), "")
	}
	srv.ForgetCalls()
	_, diags = c.ApplyPlan(rotationKind, turning, first.after, plan)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
}

// The rotation never changes a key that is not its own, but the key counts for the limit of two.
func TestRotation_neverChangesOtherKeys(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	clean(t, diags)
	addKey(srv, "alice", "LTAIforeign", 0)
	srv.Advance(40 * day)
	srv.ForgetCalls()
	done := rotate(t, srv, turning, o)
	expect(t, "changed", done.changed, false)
	contains(t, done.messages, "The AccessKey rotation of alice cannot continue", "the user's second key is not managed by this resource", "LTAIforeign")
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(rotationKind, done.after)
	clean(t, diags)
	expect(t, "the foreign one", statusOf(srv, "alice"), map[string]string{"LTAIforeign": "Active"})
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	contains(t, acctest.Messages(diags), "alice has keys already", "LTAIforeign", "terraform import ADDRESS alice")
}

func TestRotation_isBlockedIfAKeyIsStillNeeded(t *testing.T) {
	t.Parallel()
	begin := func() (*ramtest.Server, acctest.Object) {
		srv := rotates(t)
		o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
		clean(t, diags)
		srv.Advance(30 * day)
		return srv, rotate(t, srv, turning, o).after
	}
	// The current key was disabled: the previous one is the last that works.
	srv, o := begin()
	srv.Change(func(a *ramtest.Account) {
		key, _ := a.KeyByID(stateOf(t, o, "current_access_key_id"))
		key.Status = "Inactive"
	})
	srv.Advance(6 * day)
	done := rotate(t, srv, turning, o)
	expect(t, "changed", done.changed, false)
	contains(t, done.messages, "the user could not sign with any")
	expect(t, "previous", statusOf(srv, "alice")[stateOf(t, o, "previous_access_key_id")], "Active")

	// The previous key is still used: it is not deleted until that is over.
	srv, o = begin()
	srv.Advance(5 * day)
	o = rotate(t, srv, turning, o).after
	used := func() {
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			key, _ := a.KeyByID(stateOf(t, o, "previous_access_key_id"))
			key.LastUsed, key.LastUsedService = now, "Oss"
		})
	}
	srv.Advance(2 * day)
	used()
	srv.Advance(day)
	done = rotate(t, srv, turning, o)
	expect(t, "changed", done.changed, false)
	contains(t, done.messages, "The AccessKey rotation of alice cannot continue", "the key was still used on", "Oss")
	srv.Advance(2 * day)
	expect(t, "changed", rotate(t, srv, turning, done.after).changed, true)
	expect(t, "keys", len(keysOf(srv, "alice")), 1)

	// A late run disables, and leaves the days of being disabled.
	srv, o = begin()
	srv.Advance(300 * day)
	done = rotate(t, srv, turning, o)
	expect(t, "previous", in(t, done.after.State, "previous_status"), "Inactive")
	expect(t, "keys", len(keysOf(srv, "alice")), 2)
	srv.Advance(3 * day)
	done = rotate(t, srv, turning, done.after) // deletes, and rotates in the same run
	expect(t, "previous", in(t, done.after.State, "previous_status"), "Active")
	expect(t, "keys", len(keysOf(srv, "alice")), 2)
}

func TestRotation_ownKeyIsRefused(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	own := srv.Credential(defaultAccount).AccessKeyID
	config := maps.Clone(turning)
	config["user_name"] = "admin"
	addKey(srv, "admin", "LTAInewer", 0)
	srv.Change(func(a *ramtest.Account) {
		a.Users["admin"].Keys[1].CreateDate = a.Users["admin"].Keys[0].CreateDate.Add(time.Second)
	})
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(rotationKind, "admin")
	clean(t, diags)
	expect(t, "slots", slots(t, o), []string{"LTAInewer", own})
	plan, diags := newCore(t, srv.Getenv, clockOf(srv)).Plan(rotationKind, config, o)
	clean(t, diags)
	srv.Advance(6 * day)
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).ApplyPlan(rotationKind, config, o, plan) // the step was not due in the plan
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot retire the provider's own AccessKey pair", own)
	done := rotate(t, srv, config, o)
	contains(t, done.messages, "Cannot disable the provider's own AccessKey pair", own)
	_, diags = newCore(t, srv.Getenv, clockOf(srv)).PlanDestroy(rotationKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the provider's own AccessKey pair")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestRotation_importDeletedKeysAndRename(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	addKey(srv, "alice", "LTAIfirst", 10*day)
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Import(rotationKind, "alice")
	clean(t, diags)
	fixed(t, c, rotationKind, attributes{"user_name": "alice"}, o)
	done := rotate(t, srv, turning, o) // other arguments only
	expect(t, "writes", writes(srv), []string(nil))
	srv.Advance(20 * day)
	done = rotate(t, srv, turning, done.after)
	expect(t, "previous", in(t, done.after.State, "previous_access_key_id"), "LTAIfirst")
	expect(t, "previous secret", in(t, done.after.State, "previous_secret"), nil)
	o = done.after
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		delete(a.Users, "alice")
		u.Name = "alicia"
		a.Users["alicia"] = u
	})
	renamed := maps.Clone(turning)
	renamed["user_name"] = "alicia"
	done = rotate(t, srv, renamed, o)
	expect(t, "changed", done.changed, false)
	expect(t, "slots", slots(t, done.after), slots(t, o))

	// An administrator deletes the current key: the next run makes another.
	srv.Advance(2 * day)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alicia"]
		u.Keys = slices.DeleteFunc(u.Keys, func(key *ramtest.AccessKey) bool { return key.ID != "LTAIfirst" })
	})
	done = rotate(t, srv, renamed, done.after)
	contains(t, done.messages, "because there is no current one")
	expect(t, "keys", len(keysOf(srv, "alicia")), 2)
	expect(t, "previous", in(t, done.after.State, "previous_access_key_id"), "LTAIfirst")
	expect(t, "current", in(t, done.after.State, "current_status"), "Active")

	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", Fault: "code", Status: 403, Code: "NoPermission"})
	denied, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(rotationKind, done.after)
	contains(t, acctest.Messages(diags), "Cannot read the AccessKey rotation", "The state is unchanged.")
	expect(t, "state", denied.State.Equal(done.after.State), true)
	must(t, srv.SetSchedule(ramtest.Schedule{}))
	srv.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") })
	gone := rotate(t, srv, renamed, done.after)
	expect(t, "state", gone.after.State.IsNull(), true)
	contains(t, gone.messages, "The AccessKey rotation of alicia no longer exists")
}

func TestRotation_badInput(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	for _, test := range []struct {
		change attributes
		want   string
	}{
		{attributes{"rotate_after_days": 8}, "Invalid rotation period"},
		{attributes{"rotate_after_days": nil, "overlap_days": 90}, "Invalid rotation period"},
		{attributes{"overlap_days": 0}, "overlap_days"},
		{attributes{"delete_after_days": -1}, "delete_after_days"},
		{attributes{"user_name": ""}, "user_name"},
		{attributes{"user_name": "carol"}, `There is no RAM user "carol"`},
		{attributes{"pgp_key": "keybase:alice"}, "pgp_key"},
	} {
		config := maps.Clone(turning)
		maps.Copy(config, test.change)
		_, diags := c.Create(rotationKind, config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want)
	}
	for _, refused := range []attributes{{"rotate_after_days": 8}, {"network_policy": attributes{}}, {"pgp_key": "no key"}} {
		srv.ForgetCalls()
		_, diags := c.Plan(rotationKind, turning.Merge(refused), c.Null(rotationKind))
		if len(acctest.Errors(diags)) != 1 || len(srv.Calls()) != 0 {
			t.Errorf("%v: want one error before any call, got %v after %v", refused, acctest.Messages(diags), srv.Calls())
		}
	}
	plan, diags := c.Plan(rotationKind, attributes{"user_name": acctest.Unknown{}, "overlap_days": acctest.Unknown{}}, c.Null(rotationKind))
	clean(t, diags)
	expect(t, "secret", in(t, c.Planned(rotationKind, plan), "current_secret"), acctest.Unknown{})
	expect(t, "writes", writes(srv), []string(nil))
}

func TestRotation_theSecretIsEncryptedForThePGPKey(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	config := maps.Clone(turning)
	entity := pgpPair(t, nil)
	config["pgp_key"] = publicKey(t, entity)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, config)
	clean(t, diags)
	srv.Advance(30 * day)
	o = rotate(t, srv, config, o).after
	for _, slot := range []string{"current", "previous"} {
		expect(t, slot, in(t, o.State, slot+"_secret"), nil)
		if stateOf(t, o, slot+"_encrypted_secret") == "" || stateOf(t, o, slot+"_key_fingerprint") == "" {
			t.Errorf("the %s secret is not there", slot)
		}
	}
	for _, key := range keysOf(srv, "alice") {
		if key.ID == stateOf(t, o, "current_access_key_id") {
			expect(t, "decrypted", decrypted(t, entity, stateOf(t, o, "current_encrypted_secret")), key.Secret)
		}
		if strings.Contains(fmt.Sprint(o.State), key.Secret) {
			t.Error("a secret is in the state")
		}
	}
	// The response lacks the secret: that very key is deleted again.
	for _, wait := range []time.Duration{5 * day, 3 * day} { // the previous one is disabled, and deleted
		srv.Advance(wait)
		o = rotate(t, srv, config, o).after
	}
	srv.Advance(30 * day)
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Fault: "drop_fields", Body: "AccessKeySecret"})
	before := slots(t, o)
	done := rotate(t, srv, config, o)
	contains(t, done.messages, "did not return its secret", "The provider then deleted the key")
	expect(t, "slots", slots(t, done.after), before)
	expect(t, "keys", len(keysOf(srv, "alice")), 1)
}

// Two years of runs every fourth day, in which every step is interrupted at every call: from there on the network is
// down, before the call took effect or after. Half of the times the machine is lost too, and with it the state of the
// run.
func TestRotation_twoYearsOfInterruptedRuns(t *testing.T) {
	t.Parallel()
	const every = 4
	srv := rotates(t)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
	clean(t, diags)
	cuts, candidates, rotations := 0, 0, 0
	last := stateOf(t, o, "current_access_key_id")
	for elapsed := 0; elapsed < 730; elapsed += every {
		srv.Advance(every * day)
		for call := 1; ; call++ { // one more call gets through each time, until none is cut
			c := newCore(t, srv.Getenv, clockOf(srv))
			state, diags := c.Read(rotationKind, o)
			clean(t, diags)
			plan, diags := c.Plan(rotationKind, turning, state)
			clean(t, diags)
			o = state
			if c.Planned(rotationKind, plan).Equal(state.State) {
				candidates += removeLeftover(t, srv, o, acctest.Messages(diags))
				if !strings.Contains(acctest.Messages(diags), "is not managed by this resource") {
					break
				}
				continue
			}
			at := (call + 1) / 2
			rules := []ramtest.Rule{{Nth: fmt.Sprintf("%d-", at), Fault: "refuse"}}
			if call%2 == 0 {
				rules = []ramtest.Rule{{Nth: fmt.Sprint(at), Fault: "refuse", Phase: "after_commit"}, {Nth: fmt.Sprintf("%d-", at+1), Fault: "refuse"}}
			}
			srv.Inject(rules...)
			after, diags := c.ApplyPlan(rotationKind, turning, state, plan)
			must(t, srv.SetSchedule(ramtest.Schedule{}))
			cuts++
			lost := (call+rotations)%2 == 0 && len(acctest.Errors(diags)) > 0
			if !lost {
				o = after
			}
			watched(t, srv, o, acctest.Messages(diags), lost)
			if id := stateOf(t, o, "current_access_key_id"); id != last {
				last = id
				rotations++
			}
		}
	}
	t.Logf("%d rotations, %d applies cut or done, %d keys that were in no state and removed by hand", rotations, cuts, candidates)
	if rotations < 15 || cuts < 100 || candidates == 0 {
		t.Errorf("too little happened: %d rotations, %d applies, %d unknown keys", rotations, cuts, candidates)
	}
	expect(t, "the others' keys", len(keysOf(srv, "admin")), 1)
	expect(t, "violations", srv.Violations(), []string{})
}

// watched holds what is always so: a key that works and whose secret is in the state, at
// most two keys, and none that is not known. If the state was lost, who looks
// next learns of the key: see removeStray.
func watched(t *testing.T, srv *ramtest.Server, o acctest.Object, messages string, lost bool) {
	t.Helper()
	keys := keysOf(srv, "alice")
	usable := 0
	for _, key := range keys {
		if strings.Contains(messages, key.Secret) {
			t.Error("a message contains a secret")
		}
		for _, slot := range []string{"current", "previous"} {
			if stateOf(t, o, slot+"_access_key_id") == key.ID && stateOf(t, o, slot+"_secret") == key.Secret && key.Status == "Active" {
				usable++
			}
		}
		if !slices.Contains(slots(t, o), key.ID) && !lost && !strings.Contains(messages, key.ID) && !strings.Contains(messages, "ListAccessKeys --UserName alice") {
			t.Errorf("the key %s is in no state, and was not reported:\n%s", key.ID, messages)
		}
	}
	if usable < 1 || len(keys) > 2 {
		t.Fatalf("%d keys, of which %d can be used:\n%s", len(keys), usable, messages)
	}
}

// removeLeftover lets a person do what the warning of a plan requests.
func removeLeftover(t *testing.T, srv *ramtest.Server, o acctest.Object, messages string) (removed int) {
	t.Helper()
	for _, key := range keysOf(srv, "alice") {
		if slices.Contains(slots(t, o), key.ID) {
			continue
		}
		contains(t, messages, "is not managed by this resource", key.ID)
		removed++
		srv.Change(func(a *ramtest.Account) {
			u := a.Users["alice"]
			u.Keys = slices.DeleteFunc(u.Keys, func(k *ramtest.AccessKey) bool { return k.ID == key.ID })
		})
	}
	return removed
}

func TestAccRotation_completeCycle(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	const config = `
resource "ram_access_key_rotation" "alice" {
  user_name         = "alice"
  rotate_after_days = 30
  overlap_days      = 5
  delete_after_days = 3
}`
	const address = rotationKind + ".alice"
	due := func(wait time.Duration) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { srv.Advance(wait) }, Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
		}
	}
	scenario(t, srv,
		resource.TestStep{Config: config, Check: resource.TestCheckNoResourceAttr(address, "previous_access_key_id")},
		due(30*day), due(5*day), due(3*day),
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "alice", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_name",
			ImportStateVerifyIgnore: []string{"current_secret", "rotate_after_days", "overlap_days", "delete_after_days"},
		},
	)
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
}

// The provider is killed at every write of a rotation, before the write takes effect and after. The next plan names a
// key that is not in the state; then the rotation continues.
func TestAccRotation_killedAtEveryWrite(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	c := newCLI(t, srv.Getenv, `
resource "ram_access_key_rotation" "alice" {
  user_name         = "alice"
  rotate_after_days = 30
  overlap_days      = 5
  delete_after_days = 3
}`)
	c.run(0, "apply", "-auto-approve")
	for _, step := range []struct {
		due    time.Duration
		action string
	}{{30 * day, "CreateAccessKey"}, {5 * day, "UpdateAccessKey"}, {3 * day, "DeleteAccessKey"}} {
		ageKeys(srv, "alice", step.due)
		srv.Inject(ramtest.Rule{Action: step.action, Nth: "1", Fault: "stall"})
		c.kill(srv, step.action, false)
		srv.Inject(ramtest.Rule{Action: step.action, Nth: "1", Phase: "after_commit", Fault: "delay", Delay: time.Hour})
		c.kill(srv, step.action, true)
		c.run(0, "apply", "-auto-approve")
		c.run(0, "plan", "-detailed-exitcode")
		c.keyHeld(srv)
	}
	expect(t, "keys after a whole turn", len(keysOf(srv, "alice")), 1)
	expect(t, "the others' keys", len(keysOf(srv, "admin")), 1)
}

// ageKeys makes the keys of a user older. The clock of the service cannot be moved instead: the provider in a process
// of its own ignores a date that differs from its own clock by more than signatures allow.
func ageKeys(srv *ramtest.Server, user string, by time.Duration) {
	srv.Change(func(a *ramtest.Account) {
		for _, key := range a.Users[user].Keys {
			key.CreateDate, key.UpdateDate = key.CreateDate.Add(-by), key.UpdateDate.Add(-by)
		}
	})
}

// kill lets an apply die in one call, and a person do what the next plan requests.
func (c *cli) kill(srv *ramtest.Server, action string, committed bool) {
	c.t.Helper()
	srv.ForgetCalls()
	c.runAndKill(func() bool {
		calls := srv.Calls(action)
		return len(calls) == 1 && calls[0].Committed == committed
	}, "apply", "-auto-approve")
	must(c.t, srv.SetSchedule(ramtest.Schedule{}))
	c.keyHeld(srv)
	messages, state := c.run(0, "plan"), c.state()
	for _, key := range keysOf(srv, "alice") {
		if strings.Contains(state, key.ID) {
			continue
		}
		contains(c.t, messages, "is not managed by this resource", key.ID)
		srv.Change(func(a *ramtest.Account) {
			u := a.Users["alice"]
			u.Keys = slices.DeleteFunc(u.Keys, func(k *ramtest.AccessKey) bool { return k.ID == key.ID })
		})
	}
}

// keyHeld checks that alice has a key that works and whose secret is in the state, and two at most.
func (c *cli) keyHeld(srv *ramtest.Server) {
	c.t.Helper()
	keys, state := keysOf(srv, "alice"), c.state()
	held := slices.ContainsFunc(keys, func(key *ramtest.AccessKey) bool {
		return key.Status == "Active" && strings.Contains(state, key.Secret)
	})
	if !held || len(keys) > 2 {
		c.t.Fatalf("of %d keys none works and is in the state", len(keys))
	}
}

// The secrets of both keys are only in the state; with a PGP key not even there, also if a run fails.
func TestAccRotation_secretsAreOnlyInTheState(t *testing.T) {
	t.Parallel()
	for name, encrypted := range map[string]bool{"plain": false, "encrypted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := rotates(t)
			more, allowed := "", isState
			if encrypted {
				more, allowed = `pgp_key = file("alice.asc")`, nil
			}
			c := newCLI(t, srv.Getenv, `resource "ram_access_key_rotation" "alice" {
				user_name         = "alice"
				rotate_after_days = 30
				timeouts          = { update = "8s" }
				`+more+`
			}`).trace()
			c.write("alice.asc", publicKey(t, pgpPair(t, nil)))
			printed := c.run(0, "apply", "-auto-approve")
			ageKeys(srv, "alice", 30*day)
			srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "code", Status: 500, Code: "InternalError"})
			printed += c.run(1, "apply", "-auto-approve")
			lost := keysOf(srv, "alice")[1]
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = a.Users["alice"].Keys[:1] })
			printed += c.run(0, "plan", "-out=plan.bin") + c.run(0, "apply", "plan.bin") + c.run(0, "show")
			keys := keysOf(srv, "alice")
			expect(t, "keys", len(keys), 2)
			for _, secret := range []string{keys[0].Secret, keys[1].Secret, lost.Secret} {
				c.scan(srv, printed, secret, func(path string) bool {
					return allowed != nil && (allowed(path) || filepath.Base(path) == "plan.bin")
				})
			}
		})
	}
}

// The network delivers a create twice: the secret of the second key is lost, so the key is named.
func TestRotation_warnsOfACreateThatIsExecutedTwice(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	srv.Change(func(a *ramtest.Account) { a.Quotas.AccessKeysPerUser = 4 })
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1-2", Fault: "duplicate"})
	c := newCore(t, srv.Getenv, clockOf(srv))
	o, diags := c.Create(rotationKind, turning)
	clean(t, diags)
	current := slots(t, o)[0]
	for _, key := range keysOf(srv, "alice") {
		if key.ID != current {
			contains(t, acctest.Messages(diags), "WARNING: User alice has another new AccessKey beside "+current, "DeleteAccessKey --UserName alice --UserAccessKeyId "+key.ID)
		}
	}
	expect(t, "keys", len(keysOf(srv, "alice")), 2)
}

// Where a list has no UpdateDate, a key that is disabled late stays disabled for its days nevertheless, whichever
// actor disabled it.
func TestRotation_withoutUpdateDate(t *testing.T) {
	t.Parallel()
	for _, byOthers := range []bool{false, true} {
		srv := rotates(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.MissingFields = "UpdateDate" })
		o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
		clean(t, diags)
		srv.Advance(30 * day)
		o = rotate(t, srv, turning, o).after
		previous := stateOf(t, o, "previous_access_key_id")
		if byOthers {
			srv.Advance(20 * day)
			srv.Change(func(a *ramtest.Account) {
				key, _ := a.KeyByID(previous)
				key.Status = "Inactive"
			})
			o = rotate(t, srv, turning, o).after // the first run that sees it
		} else {
			srv.Advance(20 * day)
			o = rotate(t, srv, turning, o).after
		}
		expect(t, "status", statusOf(srv, "alice")[previous], "Inactive")
		fixed(t, newCore(t, srv.Getenv, clockOf(srv)), rotationKind, turning, o)
		srv.Advance(2 * day)
		done := rotate(t, srv, turning, o)
		expect(t, "status after two days", statusOf(srv, "alice")[previous], "Inactive")
		srv.Advance(day)
		contains(t, rotate(t, srv, turning, done.after).messages, "is due to be deleted")
		expect(t, "status after three days", statusOf(srv, "alice")[previous], "")
	}
}

// After an import it is not known whether programs have moved to the newer key.
func TestRotation_importedKeyThatIsUsedStaysActive(t *testing.T) {
	t.Parallel()
	srv := rotates(t)
	addKey(srv, "alice", "LTAIolder", 20*day)
	addKey(srv, "alice", "LTAInewer", 10*day)
	used := func() {
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			key, _ := a.KeyByID("LTAIolder")
			key.LastUsed, key.LastUsedService = now, "Ecs"
		})
	}
	used()
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(rotationKind, "alice")
	clean(t, diags)
	done := rotate(t, srv, turning, o)
	contains(t, done.messages, "LTAIolder of alice is due to be disabled", "the key was still used on", "Ecs")
	expect(t, "status", statusOf(srv, "alice")["LTAIolder"], "Active")
	srv.Advance(4 * day)
	used()
	srv.Advance(4 * day)
	done = rotate(t, srv, turning, done.after)
	expect(t, "status", statusOf(srv, "alice")["LTAIolder"], "Active")
	srv.Advance(2 * day)
	rotate(t, srv, turning, done.after)
	expect(t, "status", statusOf(srv, "alice")["LTAIolder"], "Inactive")
}
