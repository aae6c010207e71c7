// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
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

func TestExclusive_reportOnly(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIallowed", 10*day)
	addKey(srv, "alice", "LTAIstray", 40*day)
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

// Only what the plan showed is changed: nothing at the first apply, no key that was created since, and none that was
// allowed until now.
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
				addKey(srv, "alice", id, 10*day)
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
			addKey(srv, "alice", "LTAIlate", time.Hour) // after the plan, before the apply
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
			contains(t, acctest.Messages(diags), `"LTAIallowed" was removed from allowed_access_key_ids`)
			lacks(t, acctest.Messages(diags), "are deleted later")
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

// If keys were to be disabled, the state does not list the disabled ones: a plan shows them before they are deleted.
func TestExclusive_deletesNoDisabledKeyThatNoPlanShowed(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIallowed", 10*day)
	addKey(srv, "alice", "LTAIold", 10*day)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[1].Status = "Inactive" })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(exclusiveKind, exclusively("alice", "disable", "LTAIallowed"))
	clean(t, diags)
	deletes := exclusively("alice", "delete", "LTAIallowed")
	o, diags = c.Apply(exclusiveKind, deletes, o)
	clean(t, acctest.Errors(diags))
	contains(t, acctest.Messages(diags), "WARNING: Disabled AccessKey pairs are deleted later", "The next plan shows")
	expect(t, "writes", writes(srv), []string(nil))
	const ofOthers = "Disabled service credentials are deleted later" // of those that were managed before, and are now
	disables := exclusively("alice", "disable", "LTAIallowed").With("allowed_service_credential_ids", []string{})
	both, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, disables)
	clean(t, diags)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, deletes, both)
	clean(t, diags)
	lacks(t, acctest.Messages(diags), ofOthers)
	keys, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, disables.Without("allowed_service_credential_ids"))
	clean(t, diags)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, disables.With("enforce", "delete"), keys)
	clean(t, diags)
	lacks(t, acctest.Messages(diags), ofOthers)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, disables.With("enforce", "delete"), both)
	contains(t, acctest.Messages(diags), ofOthers)
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	expect(t, "the next plan shows", in(t, o.State, "undeclared_access_key_ids"), []string{"LTAIold"})
	o, diags = c.Apply(exclusiveKind, deletes, o)
	clean(t, acctest.Errors(diags))
	expect(t, "keys", statusOf(srv, "alice"), map[string]string{"LTAIallowed": "Active"})
	fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, deletes, o)
}

func TestExclusive_neverChangesTheProvidersOwnKey(t *testing.T) {
	t.Parallel()
	for _, enforce := range []string{"disable", "delete"} {
		srv := withAlice(t)
		own := srv.Credential(defaultAccount).AccessKeyID
		addKey(srv, "admin", "LTAIstray", 10*day)
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

// A run that fails at any step is repeated, with the same result.
func TestExclusive_everyStepCanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"UpdateAccessKey", "DeleteAccessKey", "ListAccessKeys"} {
		for _, phase := range []string{"before_commit", "after_commit"} {
			for _, nth := range []string{"1-", "2-", "3-"} {
				srv := withAlice(t)
				addKey(srv, "alice", "LTAIone", 10*day)
				addKey(srv, "alice", "LTAItwo", 20*day)
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
				repaired := staffedLike(t, srv)
				after, diags := newCore(t, repaired.Getenv, fakeClock()).Read(exclusiveKind, broken)
				clean(t, diags)
				_, diags = newCore(t, repaired.Getenv, fakeClock()).Apply(exclusiveKind, config, after)
				clean(t, diags)
				expect(t, action+" "+phase+" "+nth, len(keysOf(repaired, "alice")), 0)
				expect(t, "the others' keys", len(keysOf(repaired, "admin")), 1)
			}
		}
	}
}

func TestExclusive_importUnknownValuesAndDeletedUser(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIstray", 10*day)
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

	repaired := staffedLike(t, srv)
	repaired.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") })
	after, diags := newCore(t, repaired.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the exclusive credentials no longer exists")
	expect(t, "state", after.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))
}

// A null element, such as the previous key of a rotation that has none yet, is no key.
func TestExclusive_nullElementIsNoKey(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", aliceKey, 10*day)
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

// A user who was deleted and created again under the same name is another user.
func TestExclusive_anotherUserOfTheSameName(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, exclusively("alice", "delete"))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", DisplayName: "Alice", Status: "active", CreateDate: srv0(a)}
	})
	addKey(srv, "alice", "LTAIhers", 0)
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the exclusive credentials no longer exists")
	expect(t, "state", after.State.IsNull(), true)
}

// exclusiveOthers are the kinds of credentials besides AccessKey pairs that the exclusive credentials can declare.
var exclusiveOthers = []struct {
	word, allowed, undeclared string
	list, write               string
	give                      func(srv *ramtest.Server, user, id string)
	left                      func(srv *ramtest.Server, user string) map[string]string
	disabled                  map[string]string // after enforce = "disable" of one that is not allowed
}{
	{
		word: "service credential", allowed: "allowed_service_credential_ids", undeclared: "undeclared_service_credential_ids",
		list: "ListServiceCredentials", write: "DeleteServiceCredential",
		give: func(srv *ramtest.Server, user, id string) { addServiceCredential(srv, user, id, 40*day) },
		left: func(srv *ramtest.Server, user string) map[string]string {
			left := map[string]string{}
			for _, one := range account(srv).Users[user].Credentials {
				left[one.ID] = one.Status
			}
			return left
		},
		disabled: map[string]string{"allowed1": "Active", "extra1": "Inactive", "late1": "Active"},
	},
	{
		word: "passkey", allowed: "allowed_passkey_ids", undeclared: "undeclared_passkey_ids",
		list: "ListPasskeys", write: "DeletePasskey",
		give: func(srv *ramtest.Server, user, id string) {
			srv.Change(func(a *ramtest.Account) {
				u := a.Users[user]
				u.Passkeys = append(u.Passkeys, &ramtest.Passkey{ID: id, Name: "laptop", CreateDate: srv0(a).Add(-40 * day)})
			})
		},
		left: func(srv *ramtest.Server, user string) map[string]string {
			left := map[string]string{}
			for _, one := range account(srv).Users[user].Passkeys {
				left[one.ID] = ""
			}
			return left
		},
		disabled: map[string]string{"allowed1": "", "extra1": "", "late1": ""}, // a passkey cannot be disabled
	},
}

func TestExclusive_declaresServiceCredentialsAndPasskeys(t *testing.T) {
	t.Parallel()
	for _, kind := range exclusiveOthers {
		t.Run(kind.word, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			kind.give(srv, "alice", "allowed1")
			kind.give(srv, "alice", "extra1")
			c := newCore(t, srv.Getenv, fakeClock())

			// What is not declared is not read.
			o, diags := c.Create(exclusiveKind, exclusively("alice", "report"))
			clean(t, diags)
			expect(t, "not managed", in(t, o.State, kind.undeclared), nil)
			expect(t, "lists", len(srv.Calls(kind.list)), 0)

			config := exclusively("alice", "report").With(kind.allowed, []string{"allowed1"})
			o, diags = c.Apply(exclusiveKind, config, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "A user has "+kind.word+"s that are not declared", "extra1", "40 days ago", "They are not changed")
			expect(t, "undeclared", in(t, o.State, kind.undeclared), []string{"extra1"})
			fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, config, o)

			// Only what the plan showed is disabled, where that is possible.
			config = config.With("enforce", "disable")
			plan, diags := c.Plan(exclusiveKind, config, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), map[string]string{
				"service credential": "None of them is disabled yet. An apply disables exactly the service credentials", "passkey": "They are not changed, because passkeys cannot be disabled.",
			}[kind.word])
			kind.give(srv, "alice", "late1") // after the plan, before the apply
			o, diags = c.ApplyPlan(exclusiveKind, config, o, plan)
			clean(t, diags)
			expect(t, "after disable", kind.left(srv, "alice"), kind.disabled)

			config = config.With("enforce", "delete")
			o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
			clean(t, diags)
			o, diags = newCore(t, srv.Getenv, fakeClock()).Apply(exclusiveKind, config, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), map[string]string{
				"service credential": "None of them is deleted yet. An apply disables and deletes exactly the service credentials", "passkey": "None of them is deleted yet. An apply deletes exactly the passkeys",
			}[kind.word])
			o, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
			clean(t, diags)
			o, diags = newCore(t, srv.Getenv, fakeClock()).Apply(exclusiveKind, config, o)
			clean(t, diags)
			expect(t, "after delete", slices.Collect(maps.Keys(kind.left(srv, "alice"))), []string{"allowed1"})
			fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, config, o)

			// One that is no longer allowed waits for the next plan, one that does not exist is a warning, and without the argument
			// nothing is managed.
			o, diags = c.Apply(exclusiveKind, config.With(kind.allowed, []string{"never1"}), o)
			clean(t, acctest.Errors(diags))
			contains(t, acctest.Messages(diags), `"allowed1" was removed from `+kind.allowed, `"never1" is allowed, but alice has no such `+kind.word)
			expect(t, "left", len(kind.left(srv, "alice")), 1)
			o, diags = c.Apply(exclusiveKind, exclusively("alice", "delete"), o)
			clean(t, diags)
			expect(t, "not managed", in(t, o.State, kind.undeclared), nil)
			expect(t, "left", len(kind.left(srv, "alice")), 1)
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}

// A declaration that allows no credential has none that a list must show: its first list is read again if it is empty.
func TestExclusive_readsAFirstEmptyListAgain(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"undeclared_access_key_ids": "ListAccessKeys", "undeclared_service_credential_ids": "ListServiceCredentials", "undeclared_passkey_ids": "ListPasskeys"}
	want := map[string]string{"undeclared_access_key_ids": "LTAIextra", "undeclared_service_credential_ids": "sc1", "undeclared_passkey_ids": "pk1"}
	none := exclusively("alice", "report").Merge(attributes{"allowed_service_credential_ids": []string{}, "allowed_passkey_ids": []string{}})
	before := map[string]attributes{ // the configuration of the state; nil: none
		"create": nil, "update": exclusively("alice", "report"),
	}
	for undeclared, list := range kinds {
		for operation, config := range before {
			if config != nil && undeclared == "undeclared_access_key_ids" {
				continue // keys are always compared
			}
			t.Run(operation+", "+list, func(t *testing.T) {
				t.Parallel()
				srv := withAlice(t)
				addKey(srv, "alice", "LTAIextra", 10*day)
				exclusiveOthers[0].give(srv, "alice", "sc1")
				exclusiveOthers[1].give(srv, "alice", "pk1")
				c := newCore(t, srv.Getenv, fakeClock())
				o := c.Null(exclusiveKind)
				if config != nil {
					var diags []*tfprotov6.Diagnostic
					o, diags = c.Create(exclusiveKind, config)
					clean(t, diags)
				}
				plan, diags := c.Plan(exclusiveKind, none, o)
				clean(t, diags)
				srv.Inject(ramtest.Rule{Action: list, Nth: "1", Fault: "short_list"})
				o, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(exclusiveKind, none, o, plan)
				clean(t, diags)
				expect(t, undeclared, in(t, o.State, undeclared), []string{want[undeclared]})
			})
		}
	}
}

// A removal that the plan showed is sent even if two lists lack the credential, and a response without a list of passkeys
// is an error: neither proves that nothing is left.
func TestExclusive_missingFromListsIsStillRemoved(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIextra", 10*day)
	exclusiveOthers[1].give(srv, "alice", "pk1")
	config := exclusively("alice", "delete").With("allowed_passkey_ids", []string{})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(exclusiveKind, config)
	clean(t, diags)
	plan, diags := c.Plan(exclusiveKind, config, o)
	clean(t, diags)
	for _, list := range []string{"ListAccessKeys", "ListPasskeys"} {
		srv.Inject(ramtest.Rule{Action: list, Nth: "1-2", Fault: "short_list"})
	}
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(exclusiveKind, config, o, plan)
	clean(t, acctest.Errors(diags))
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
	expect(t, "passkeys", len(account(srv).Users["alice"].Passkeys), 0)

	srv.Inject(ramtest.Rule{Action: "ListPasskeys", Fault: "drop_fields", Body: "Passkeys"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Read(exclusiveKind, o)
	contains(t, acctest.Messages(diags), "Cannot read the exclusive credentials", "the response lacks Passkeys")
}

// The passkeys of the user that Terraform runs as may be the only logon of a person: they are reported, and never
// deleted.
func TestExclusive_neverDeletesPasskeysOfTheProvidersUser(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	own := srv.Credential(defaultAccount).AccessKeyID
	exclusiveOthers[1].give(srv, "admin", "own1")
	config := exclusively("admin", "report", own).With("allowed_passkey_ids", []string{})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(exclusiveKind, config)
	clean(t, diags)
	expect(t, "undeclared", in(t, o.State, "undeclared_passkey_ids"), []string{"own1"})
	o, diags = c.Apply(exclusiveKind, config.With("enforce", "delete"), o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "never those of the user that Terraform runs as")
	expect(t, "passkeys", len(account(srv).Users["admin"].Passkeys), 1)
	fixed(t, newCore(t, srv.Getenv, fakeClock()), exclusiveKind, config.With("enforce", "delete"), o)
}

// A run that fails is repeated with the same result, reports what it did, and does not change what its plan did not
// show.
func TestExclusive_everyStepOfTheOtherKindsCanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, kind := range exclusiveOthers {
		for _, fault := range []ramtest.Rule{
			{Action: kind.list, Nth: "1-", Phase: "before_commit", Fault: "reset"},
			{Action: kind.write, Nth: "1-", Phase: "before_commit", Fault: "reset"},
			{Action: kind.write, Nth: "1-", Phase: "after_commit", Fault: "reset"},
			{Action: kind.write, Nth: "2-", Phase: "before_commit", Fault: "reset"},
			{Action: kind.write, Nth: "2-", Phase: "before_commit", Fault: "code", Status: 403, Code: "NoPermission"},
		} {
			srv := withAlice(t)
			addKey(srv, "alice", "LTAIstray", 10*day)
			kind.give(srv, "alice", "extra1")
			kind.give(srv, "alice", "extra2")
			config := exclusively("alice", "delete").With(kind.allowed, []string{})
			o, diags := newCore(t, srv.Getenv, fakeClock()).Create(exclusiveKind, config)
			clean(t, diags)
			plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(exclusiveKind, config, o)
			clean(t, diags)
			srv.Inject(fault)
			broken, diags := newCore(t, srv.Getenv, fakeClock()).ApplyPlan(exclusiveKind, config, o, plan)
			if len(acctest.Errors(diags)) > 0 {
				contains(t, acctest.Messages(diags), "Cannot update the exclusive credentials", "The key LTAIstray is deleted.", "The next plan shows what is left.")
			} else {
				expect(t, "done", len(kind.left(srv, "alice")), 0)
			}
			repaired := staffedLike(t, srv)
			after, diags := newCore(t, repaired.Getenv, fakeClock()).Read(exclusiveKind, broken)
			clean(t, diags)
			_, diags = newCore(t, repaired.Getenv, fakeClock()).Apply(exclusiveKind, config, after)
			clean(t, diags)
			expect(t, kind.write, len(kind.left(repaired, "alice")), 0)
		}
	}
}

func TestAccExclusive_repairsDrift(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	const config = `
resource "ram_access_key" "alice" { user_name = "alice" }
resource "ram_user_credentials_exclusive" "alice" {
  user_name              = "alice"
  allowed_access_key_ids = [ram_access_key.alice.access_key_id]
  enforce                = "disable"

  allowed_service_credential_ids = []
  allowed_passkey_ids            = []
}`
	const address = exclusiveKind + ".alice"
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	scenario(t, srv,
		resource.TestStep{Config: config, Check: resource.TestCheckResourceAttr(address, "undeclared_access_key_ids.#", "0")},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{
			PreConfig: func() {
				addKey(srv, "alice", "LTAIstray", time.Hour)
				addServiceCredential(srv, "alice", "sc-undeclared", time.Hour)
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("undeclared_access_key_ids"), knownvalue.SetExact(nil)),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("undeclared_service_credential_ids"), knownvalue.SetExact(nil)),
			}},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "alice"},
	)
	status := statusOf(srv, "alice")
	expect(t, "the undeclared one", status["LTAIstray"], "Inactive")
	expect(t, "the undeclared service credential", credentialsOf(srv, "alice")[0].Status, "Inactive")
	delete(status, "LTAIstray")
	expect(t, "the declared one was destroyed by its own resource", slices.Collect(maps.Values(status)), []string(nil))
}
