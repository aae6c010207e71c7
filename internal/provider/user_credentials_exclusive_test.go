// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const exclusiveKind = "ram_user_credentials_exclusive"

func exclusively(user, enforce string, allowed ...string) attributes {
	return attributes{"user_name": user, "enforce": enforce, "allowed_access_key_ids": append([]string{}, allowed...)}
}

// statusOf is the status of each of a user's keys.
func statusOf(srv *ramtest.Server, user string) map[string]string {
	status := map[string]string{}
	for _, key := range keysOf(srv, user) {
		status[key.ID] = key.Status
	}
	return status
}

func TestExclusive_reportsWithAgeAndChangesNothing(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	giveKey(srv, "alice", "LTAIallowed", 10*day)
	giveKey(srv, "alice", "LTAIstray", 40*day)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "allowed_access_key_ids": []string{"LTAIallowed"}}
	o, diags := c.Create(exclusiveKind, config)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "alice has:", "LTAIstray, Active", "40 days ago", "They are not changed")
	for name, want := range map[string]any{"undeclared_access_key_ids": []string{"LTAIstray"}, "enforce": "report", "user_id": aliceID, "account_id": defaultAccount} {
		expect(t, name, in(t, o.State, name), want)
	}
	fixed(t, c, exclusiveKind, config, o)
	plan, diags := c.Plan(exclusiveKind, config, o)
	contains(t, acctest.Messages(diags), "LTAIstray")
	expect(t, "no diff", c.Planned(exclusiveKind, plan).Equal(o.State), true)

	// A missing allowed key is a warning.
	config["allowed_access_key_ids"] = []string{"LTAIallowed", "LTAIstray", "LTAInever"}
	o, diags = c.Apply(exclusiveKind, config, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), `"LTAInever" is allowed, but alice has no such key`)
	expect(t, "undeclared", in(t, o.State, "undeclared_access_key_ids"), []string{})
	_, diags = c.Destroy(exclusiveKind, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "violations", srv.Violations(), []string{})
}

// What the plan showed is done, and nothing else: not at the first apply, not to a
// key that came up since, and not to one that was allowed until now.
func TestExclusive_actsOnlyOnWhatThePlanShowed(t *testing.T) {
	t.Parallel()
	for enforce, want := range map[string]map[string]string{
		"disable": {"LTAIallowed": "Active", "LTAIstray": "Inactive", "LTAIlate": "Active", "LTAIold": "Inactive"},
		"delete":  {"LTAIallowed": "Active", "LTAIlate": "Active"},
	} {
		t.Run(enforce, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseDeletingActiveKeys = true }))
			for _, id := range []string{"LTAIallowed", "LTAIstray", "LTAIold"} {
				giveKey(srv, "alice", id, 10*day)
			}
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[2].Status = "Inactive" })
			c := newCore(t, srv.Getenv, fakeClock())
			config := exclusively("alice", enforce, "LTAIallowed")
			o, diags := c.Create(exclusiveKind, config)
			clean(t, diags)
			expect(t, "the first apply only looks", writes(srv), []string(nil))
			shown := map[string][]string{"disable": {"LTAIstray"}, "delete": {"LTAIold", "LTAIstray"}}[enforce]
			expect(t, "undeclared", in(t, o.State, "undeclared_access_key_ids"), shown)
			plan, diags := c.Plan(exclusiveKind, config, o)
			clean(t, diags)
			expect(t, "planned", in(t, c.Planned(exclusiveKind, plan), "undeclared_access_key_ids"), []string{})
			giveKey(srv, "alice", "LTAIlate", time.Hour) // after the plan, before the apply
			o, diags = c.ApplyPlan(exclusiveKind, config, o, plan)
			clean(t, diags)
			expect(t, "keys", statusOf(srv, "alice"), want)

			o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
			clean(t, diags)
			expect(t, "the late one shows", in(t, o.State, "undeclared_access_key_ids"), []string{"LTAIlate"})
			o, diags = c.Apply(exclusiveKind, config, o)
			clean(t, diags)
			fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, config, o)

			// Struck off: said now, shown by the next plan.
			none := exclusively("alice", enforce)
			o, diags = c.Apply(exclusiveKind, none, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), `"LTAIallowed" was removed from the allowed keys`)
			expect(t, "removed from the allowed keys", statusOf(srv, "alice")["LTAIallowed"], "Active")
			o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
			clean(t, diags)
			_, diags = c.Apply(exclusiveKind, none, o)
			clean(t, diags)
			if statusOf(srv, "alice")["LTAIallowed"] == "Active" {
				t.Error("the key that is not allowed is active")
			}
		})
	}
}

// Where keys were to be disabled, the state does not have those that are: before one is deleted, a plan shows it.
func TestExclusive_deletesNoDisabledKeyThatNoPlanShowed(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	giveKey(srv, "alice", "LTAIallowed", 10*day)
	giveKey(srv, "alice", "LTAIold", 10*day)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[1].Status = "Inactive" })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(exclusiveKind, exclusively("alice", "disable", "LTAIallowed"))
	clean(t, diags)
	deletes := exclusively("alice", "delete", "LTAIallowed")
	o, diags = c.Apply(exclusiveKind, deletes, o)
	clean(t, acctest.Errors(diags))
	contains(t, acctest.Messages(diags), "WARNING: Disabled AccessKey pairs are deleted later", "The next plan shows")
	expect(t, "writes", writes(srv), []string(nil))
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	expect(t, "the next plan shows", in(t, o.State, "undeclared_access_key_ids"), []string{"LTAIold"})
	o, diags = c.Apply(exclusiveKind, deletes, o)
	clean(t, acctest.Errors(diags))
	expect(t, "keys", statusOf(srv, "alice"), map[string]string{"LTAIallowed": "Active"})
	fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, deletes, o)
}

func TestExclusive_neverTouchesTheProvidersOwnKey(t *testing.T) {
	t.Parallel()
	for _, enforce := range []string{"disable", "delete"} {
		srv := withAlice(t)
		own := srv.Credential(defaultAccount).AccessKeyID
		giveKey(srv, "admin", "LTAIstray", 10*day)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(exclusiveKind, exclusively("admin", "report"))
		clean(t, diags)
		contains(t, acctest.Messages(diags), own+", Active", "used by the provider itself")
		expect(t, "undeclared", len(in(t, o.State, "undeclared_access_key_ids").([]string)), 2)
		o, diags = c.Apply(exclusiveKind, exclusively("admin", enforce), o) // the state shows it, and yet
		clean(t, diags)
		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
		clean(t, diags)
		expect(t, "undeclared", in(t, o.State, "undeclared_access_key_ids"), []string{})
		fixed(t, c, exclusiveKind, exclusively("admin", enforce), o)
		expect(t, "own key", statusOf(srv, "admin")[own], "Active")
		if statusOf(srv, "admin")["LTAIstray"] == "Active" {
			t.Error("the other one is active")
		}
	}
}

// A run that breaks off is done again, and ends the same.
func TestExclusive_everyStepCanBeDoneAgain(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"UpdateAccessKey", "DeleteAccessKey", "ListAccessKeys"} {
		for _, phase := range []string{"before_commit", "after_commit"} {
			for _, nth := range []string{"1-", "2-", "3-"} {
				srv := withAlice(t)
				giveKey(srv, "alice", "LTAIone", 10*day)
				giveKey(srv, "alice", "LTAItwo", 20*day)
				config := exclusively("alice", "delete")
				o, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, config)
				clean(t, diags)
				plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, config, o)
				clean(t, diags)
				srv.Inject(ramtest.Rule{Action: action, Phase: phase, Nth: nth, Fault: "reset"})
				broken, diags := newCore(t, srv.Getenv, fakeClock()).ApplyPlan(exclusiveKind, config, o, plan)
				if len(acctest.Errors(diags)) > 0 {
					contains(t, acctest.Messages(diags), "Cannot update the exclusive credentials")
				} else {
					expect(t, "done", len(keysOf(srv, "alice")), 0)
				}
				mended := staffedLike(t, srv)
				after, diags := newCore(t, mended.Getenv, fakeClock()).Read(exclusiveKind, broken)
				clean(t, diags)
				_, diags = newCore(t, mended.Getenv, fakeClock()).Apply(exclusiveKind, config, after)
				clean(t, diags)
				expect(t, action+" "+phase+" "+nth, len(keysOf(mended, "alice")), 0)
				expect(t, "the others' keys", len(keysOf(mended, "admin")), 1)
			}
		}
	}
}

func TestExclusive_importUnknownsAndTheUser(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	giveKey(srv, "alice", "LTAIstray", 10*day)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(exclusiveKind, "alice")
	clean(t, diags)
	expect(t, "undeclared", in(t, o.State, "undeclared_access_key_ids"), nil)
	o, diags = c.Apply(exclusiveKind, exclusively("alice", "delete"), o)
	clean(t, diags)
	expect(t, "undeclared", in(t, o.State, "undeclared_access_key_ids"), []string{"LTAIstray"})
	expect(t, "the first apply after an import only looks", writes(srv), []string(nil))

	plan, diags := c.Plan(exclusiveKind, attributes{"user_name": acctest.Unknown{}, "allowed_access_key_ids": acctest.Unknown{}}, c.Null(exclusiveKind))
	clean(t, diags)
	expect(t, "undeclared", in(t, c.Planned(exclusiveKind, plan), "undeclared_access_key_ids"), acctest.Unknown{})
	for _, bad := range []attributes{
		{"user_name": "alice"},
		{"user_name": "", "allowed_access_key_ids": []string{}},
		{"user_name": "alice", "allowed_access_key_ids": []string{""}},
		{"user_name": "alice", "allowed_access_key_ids": []string{}, "enforce": "ask"},
		{"user_name": "unknown", "allowed_access_key_ids": []string{}},
	} {
		if _, diags := c.Create(exclusiveKind, bad); len(acctest.Errors(diags)) == 0 {
			t.Errorf("%v is accepted", bad)
		}
	}

	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		delete(a.Users, "alice")
		u.Name = "alicia"
		a.Users["alicia"] = u
	})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "user_name"), "alicia")
	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", Nth: "1-", Fault: "code", Status: 403, Code: "NoPermission"})
	denied, diags := newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	contains(t, acctest.Messages(diags), "Cannot read the exclusive credentials", "The state is unchanged.")
	expect(t, "state", denied.State.Equal(o.State), true)

	mended := staffedLike(t, srv)
	mended.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") })
	after, diags := newCore(t, mended.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the exclusive credentials is gone")
	expect(t, "state", after.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
}

// A null element, such as the previous key of a rotation that has none yet, is no key.
func TestExclusive_nullIsNoKey(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	giveKey(srv, "alice", aliceKey, 10*day)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "allowed_access_key_ids": []tftypes.Value{tftypes.NewValue(tftypes.String, aliceKey), tftypes.NewValue(tftypes.String, nil)}}
	o, diags := c.Create(exclusiveKind, config)
	clean(t, diags)
	expect(t, "messages", acctest.Messages(diags), "")
	srv.ForgetCalls()
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	expect(t, "lists", len(srv.Calls("ListAccessKeys")), 1)
	plan, diags := c.Plan(exclusiveKind, config, o)
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "the plan changes nothing", c.Planned(exclusiveKind, plan).Equal(o.State), true)
}

// A user who was created again under the same name is another one.
func TestExclusive_anotherUserOfTheSameName(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, exclusively("alice", "delete"))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", DisplayName: "Alice", Status: "active", CreateDate: srv0(a)}
	})
	giveKey(srv, "alice", "LTAIhers", 0)
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the exclusive credentials is gone")
	expect(t, "state", after.State.IsNull(), true)
}

func TestAccExclusive_driftIsShownAndPutRight(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	const config = `
resource "ram_access_key" "alice" { user_name = "alice" }
resource "ram_user_credentials_exclusive" "alice" {
  user_name              = "alice"
  allowed_access_key_ids = [ram_access_key.alice.access_key_id]
  enforce                = "disable"
}`
	const address = exclusiveKind + ".alice"
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	scenario(t, srv,
		resource.TestStep{Config: config, Check: resource.TestCheckResourceAttr(address, "undeclared_access_key_ids.#", "0")},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{
			PreConfig: func() { giveKey(srv, "alice", "LTAIstray", time.Hour) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("undeclared_access_key_ids"), knownvalue.SetExact(nil)),
			}},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "alice"},
	)
	status := statusOf(srv, "alice")
	expect(t, "the undeclared one", status["LTAIstray"], "Inactive")
	delete(status, "LTAIstray")
	expect(t, "the declared one was destroyed by its own resource", slices.Collect(maps.Values(status)), []string(nil))
}
