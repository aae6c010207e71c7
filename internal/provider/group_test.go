// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const groupKind = "ram_group"

func TestGroup_createUpdateRenameDelete(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as documented": func(*ramtest.Behaviour) {},
		"absent":        func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
		"late":          func(b *ramtest.Behaviour) { b.StaleReads = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t, ramtest.WithBehaviour(behave))
			c := newCore(t, srv.Getenv, fakeClock())
			config := attributes{"name": "developers", "display_name": "Developers", "comments": "one"}
			o, diags := c.Create(groupKind, config)
			expect(t, "messages", acctest.Messages(diags), "")
			created := account(srv).Groups["developers"]
			for name, want := range map[string]any{"group_id": created.ID, "account_id": defaultAccount, "display_name": "Developers", "comments": "one", "force_destroy": false} {
				expect(t, name, in(t, o.State, name), want)
			}
			fixed(t, c, groupKind, config, o)

			// One call renames it and clears what was removed from the configuration.
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].Groups = []string{"developers"} })
			srv.ForgetCalls()
			config = attributes{"name": "builders", "display_name": "Builders"}
			o, diags = c.Apply(groupKind, config, o)
			expect(t, "messages", acctest.Messages(diags), "")
			expect(t, "writes", writes(srv), []string{"UpdateGroup"})
			renamed := account(srv).Groups["builders"]
			expect(t, "id", renamed.ID, created.ID)
			expect(t, "comments", renamed.Comments, "")
			expect(t, "members", account(srv).Users["alice"].Groups, []string{"builders"})
			fixed(t, c, groupKind, config, o)

			// What is no argument of the service is not sent.
			srv.ForgetCalls()
			config["force_destroy"] = true
			o, diags = c.Apply(groupKind, config, o)
			clean(t, diags)
			expect(t, "writes", writes(srv), []string(nil))

			_, diags = c.Destroy(groupKind, o)
			clean(t, diags)
			expect(t, "members", len(account(srv).Users["alice"].Groups), 0)
			expect(t, "group", account(srv).Groups["builders"] == nil, true)
			_, diags = c.Destroy(groupKind, o)
			clean(t, diags)
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}

func TestGroup_unmanagedValuesAreKept(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	srv.Change(func(a *ramtest.Account) {
		a.Groups["ops"] = &ramtest.Group{ID: "g-ops", Name: "ops", DisplayName: "Operations", Comments: "by hand"}
	})
	o, diags := c.Import(groupKind, "ops")
	clean(t, diags)
	config := attributes{"name": "ops", "comments": "one"}
	o, diags = c.Apply(groupKind, config, o)
	clean(t, diags)
	expect(t, "display name", account(srv).Groups["ops"].DisplayName, "Operations")
	fixed(t, c, groupKind, config, o)
	// Drift is shown, and the next apply reverts it.
	srv.Change(func(a *ramtest.Account) { a.Groups["ops"].Comments, a.Groups["ops"].DisplayName = "changed", "Other" })
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(groupKind, o)
	clean(t, diags)
	expect(t, "comments", in(t, o.State, "comments"), "changed")
	o, diags = c.Apply(groupKind, config, o)
	clean(t, diags)
	expect(t, "comments", account(srv).Groups["ops"].Comments, "one")
	expect(t, "display name", account(srv).Groups["ops"].DisplayName, "Other")
	fixed(t, c, groupKind, config, o)
}

// An empty text is a value: it clears the attribute, and is not null.
func TestGroup_emptyTextClears(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Change(func(a *ramtest.Account) {
		a.Groups["ops"] = &ramtest.Group{ID: "g-ops", Name: "ops", DisplayName: "Operations", Comments: "by hand"}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(groupKind, "ops")
	clean(t, diags)
	config := attributes{"name": "ops", "comments": "", "force_destroy": false}
	o, diags = c.Apply(groupKind, config, o)
	clean(t, diags)
	expect(t, "comments", account(srv).Groups["ops"].Comments, "")
	expect(t, "display name", account(srv).Groups["ops"].DisplayName, "Operations")
	fixed(t, newCore(t, srv.Getenv, fakeClock()), groupKind, config, o)
	o, diags = c.Create(groupKind, attributes{"name": "dev", "comments": ""})
	clean(t, diags)
	fixed(t, newCore(t, srv.Getenv, fakeClock()), groupKind, attributes{"name": "dev", "comments": ""}, o)
}

func TestGroup_thatExistsIsNotAdopted(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	srv.Change(func(a *ramtest.Account) {
		a.Groups["ops"] = &ramtest.Group{ID: "g-ops", Name: "ops", Comments: "by hand"}
	})
	o, diags := c.Create(groupKind, attributes{"name": "ops"})
	refused(t, diags, "name", "already has a group", "g-ops", "terraform import <address> ops")
	expect(t, "state", o.State.IsNull(), true)

	// Neither is one that is created between the check and the create.
	srv.ChangeBefore("CreateGroup", func(a *ramtest.Account) { a.Groups["dev"] = &ramtest.Group{ID: "g-dev", Name: "dev"} })
	_, diags = c.Create(groupKind, attributes{"name": "dev"})
	refused(t, diags, "name", "already has a group", "terraform import <address> dev")

	// A rename to a name in use is refused in the plan, which names both groups.
	o, diags = c.Create(groupKind, attributes{"name": "mine"})
	clean(t, diags)
	srv.ForgetCalls()
	_, diags = c.Plan(groupKind, attributes{"name": "ops"}, o)
	refused(t, diags, "name", "Another group", `has the name "ops" already`, stateOf(t, o, "group_id"), "g-ops", "third name", "for_each")
	expect(t, "writes", writes(srv), []string(nil))

	// A group that gets the name after the plan keeps it too.
	plan, diags := c.Plan(groupKind, attributes{"name": "late"}, o)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Groups["late"] = &ramtest.Group{ID: "g-late", Name: "late"} })
	_, diags = c.ApplyPlan(groupKind, attributes{"name": "late"}, o, plan)
	refused(t, diags, "name", "Another group", "late")
	expect(t, "comments", account(srv).Groups["ops"].Comments, "by hand")
	expect(t, "group", account(srv).Groups["mine"] != nil, true)
}

// After a lost response, the name shows whether the group was created or renamed.
func TestGroup_lostResponses(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	srv.Inject(ramtest.Rule{Action: "CreateGroup", Nth: "1", Fault: "cut"})
	o, diags := c.Create(groupKind, attributes{"name": "dev", "comments": "one"})
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "id", in(t, o.State, "group_id"), account(srv).Groups["dev"].ID)
	srv.Inject(ramtest.Rule{Action: "UpdateGroup", Nth: "1", Fault: "cut"})
	o, diags = c.Apply(groupKind, attributes{"name": "builders", "comments": "two"}, o)
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "comments", account(srv).Groups["builders"].Comments, "two")
	srv.Inject(ramtest.Rule{Action: "DeleteGroup", Nth: "1", Fault: "cut"})
	_, diags = c.Destroy(groupKind, o)
	expect(t, "messages", acctest.Messages(diags), "")
}

// The request takes effect after the run. The error describes the request, not the read that followed it, and the
// import that it advises ends in an empty plan.
func TestGroup_createdAfterTheRunCanBeImported(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Inject(ramtest.Rule{Action: "CreateGroup", Fault: "late"})
	config := attributes{"name": "developers", "comments": "one"}
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(groupKind, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "It is not known whether the group was created", "terraform import <address> developers", "CreateGroup")
	lacks(t, acctest.Messages(diags), "GetGroup")
	expect(t, "state", o.State.IsNull(), true)
	srv.ExecuteLate()
	c = newCore(t, srv.Getenv, fakeClock())
	_, diags = c.Create(groupKind, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "already has a group", "terraform import <address> developers")
	o, diags = c.Import(groupKind, "developers")
	clean(t, diags)
	o, diags = c.Apply(groupKind, config, o)
	clean(t, diags)
	fixed(t, c, groupKind, config, o)
	expect(t, "groups", len(account(srv).Groups), 1)
}

func TestGroup_followsARenameByOthers(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"name": "dev", "comments": "one"}
	o, diags := c.Create(groupKind, config)
	clean(t, diags)
	rename := func(a *ramtest.Account, from, to string) {
		g := a.Groups[from]
		delete(a.Groups, from)
		g.Name, a.Groups[to] = to, g
	}
	srv.Change(func(a *ramtest.Account) {
		rename(a, "dev", "builders")
		a.Groups["dev"] = &ramtest.Group{ID: "g-other", Name: "dev"}
	})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(groupKind, o)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "name"), "builders")

	// Without the group itself, the one with its name stays as it is.
	srv.Change(func(a *ramtest.Account) { rename(a, "builders", "gone"); delete(a.Groups, "gone") })
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(groupKind, o)
	clean(t, diags)
	expect(t, "other group", account(srv).Groups["dev"] != nil, true)
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(groupKind, o)
	clean(t, diags)
	expect(t, "state", o.State.IsNull(), true)
	contains(t, acctest.Messages(diags), "The group no longer exists")
}

// One read that lacks a group does not remove it from the state.
func TestGroup_oneStaleReadDoesNotRemoveIt(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(groupKind, attributes{"name": "dev"})
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetGroup", Nth: "1", Stale: 1}, ramtest.Rule{Action: "ListGroups", Nth: "1", Stale: 1})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(groupKind, o)
	clean(t, diags)
	expect(t, "state", o.State.IsNull(), false)
}

func TestGroup_inUseIsDeletedOnlyWithForce(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"name": "dev"}
	o, diags := c.Create(groupKind, config)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Groups, a.Users["bob"].Groups = []string{"dev"}, []string{"dev"}
		a.Groups["dev"].Policies = []string{"System/ReadOnlyAccess"}
	})
	_, diags = c.Destroy(groupKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the group", `the user "alice"`, `the user "bob"`, `the policy "ReadOnlyAccess" (System)`, "force_destroy")
	expect(t, "members", account(srv).Users["alice"].Groups, []string{"dev"})

	config["force_destroy"] = true
	o, diags = c.Apply(groupKind, config, o)
	clean(t, diags)
	_, diags = c.PlanDestroy(groupKind, o)
	contains(t, acctest.Messages(diags), "Destroying the group removes its members and policies")
	srv.ForgetCalls()
	_, diags = c.Destroy(groupKind, o)
	clean(t, diags)
	got := writes(srv)
	slices.Sort(got)
	expect(t, "writes", got, []string{"DeleteGroup", "DetachPolicyFromGroup", "RemoveUserFromGroup", "RemoveUserFromGroup"})
	expect(t, "group", account(srv).Groups["dev"] == nil, true)
}

// The provider does not remove its own user from a group.
func TestGroup_doesNotRemoveTheProvidersUser(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(groupKind, attributes{"name": "admins", "force_destroy": true})
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Groups = []string{"admins"} })
	srv.ForgetCalls()
	_, diags = c.PlanDestroy(groupKind, o)
	refused(t, diags, "force_destroy", `Terraform runs as the user "admin"`, "admins")
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, groupKind, o))
	must(t, err)
	refused(t, resp.Diagnostics, "force_destroy", `Terraform runs as the user "admin"`)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestGroup_badInput(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, test := range []struct {
		config attributes
		want   string
	}{
		{attributes{"name": ""}, "must be 1 to 64 letters"},
		{attributes{"name": "a b"}, "must be 1 to 64 letters"},
		{attributes{"name": "dev", "display_name": "A display name of 25 chars"}, "display_name"},
	} {
		_, diags := c.Create(groupKind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want)
	}
	for id, want := range map[string]string{"a b": "is not the name of a group", "missing": `has no group "missing"`} {
		_, diags := c.Import(groupKind, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), want)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestGroupsData(t *testing.T) {
	t.Parallel()
	srv := staffed(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
	srv.Change(func(a *ramtest.Account) {
		a.Groups["ops"] = &ramtest.Group{ID: "g-1", Name: "ops", Comments: "on call"}
		a.Groups["dev"] = &ramtest.Group{ID: "g-2", Name: "dev"}
		a.Groups["qa"] = &ramtest.Group{ID: "g-3", Name: "qa"}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	v, diags := c.ReadData("ram_groups", attributes{"name_regex": "^(ops|dev)$"})
	clean(t, diags)
	var names []string
	for _, group := range elementsOf(t, v, "groups") {
		names = append(names, acctest.Attribute(group, "group_name"))
	}
	expect(t, "names", names, []string{"dev", "ops"})
	expect(t, "comments", acctest.Attribute(elementsOf(t, v, "groups")[1], "comments"), "on call")
}

// A group that cannot be read after a change was accepted causes a warning, and is in the state.
func TestGroup_changeThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create("ram_group", attributes{"name": "developers"})
	clean(t, diags)
	config := attributes{"name": "developers", "comments": "new"}
	plan, diags := c.Plan("ram_group", config, o)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetGroup", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"})
	o, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan("ram_group", config, o, plan)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Cannot confirm the group", "NoPermission")
	expect(t, "comments", in(t, o.State, "comments"), "new")
}

// An update of a group that was deleted since the plan creates none.
func TestGroup_deletedSinceThePlan(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(groupKind, attributes{"name": "developers"})
	clean(t, diags)
	config := attributes{"name": "developers", "comments": "new"}
	c := newCore(t, srv.Getenv, fakeClock())
	plan, diags := c.Plan(groupKind, config, o)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { delete(a.Groups, "developers") })
	srv.ForgetCalls()
	_, diags = c.ApplyPlan(groupKind, config, o, plan)
	refused(t, diags, "", "Cannot update the group", `The group "developers" no longer exists in account`, "Nothing was changed.", "the next plan creates it")
	expect(t, "writes", writes(srv), []string(nil))
}
