// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const membershipKind = "ram_group_membership"

// withDevelopers returns a staffed account with an empty group.
func withDevelopers(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := staffed(t, options...)
	srv.Change(func(a *ramtest.Account) { a.Groups["developers"] = &ramtest.Group{ID: "g-dev", Name: "developers"} })
	return srv
}

var aliceDevelops = attributes{"user_name": "alice", "group_name": "developers"}

func renameGroup(srv *ramtest.Server, from, to string) {
	srv.Change(func(a *ramtest.Account) {
		g := a.Groups[from]
		delete(a.Groups, from)
		g.Name, a.Groups[to] = to, g
		for _, user := range a.Users {
			if at := slices.Index(user.Groups, from); at >= 0 {
				user.Groups[at] = to
			}
		}
	})
}

func TestMembership_createAndDelete(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as documented": func(*ramtest.Behaviour) {},
		"absent":        func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
		"late":          func(b *ramtest.Behaviour) { b.StaleReads = 2 },
		"small pages":   func(b *ramtest.Behaviour) { b.PageCap = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withDevelopers(t, ramtest.WithBehaviour(behave))
			srv.Change(func(a *ramtest.Account) { a.Users["bob"].Groups = []string{"developers"} })
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(membershipKind, aliceDevelops)
			expect(t, "messages", acctest.Messages(diags), "")
			for name, want := range map[string]any{"user_id": aliceUserID, "group_id": "g-dev", "account_id": defaultAccount, "allow_self": false} {
				expect(t, name, in(t, o.State, name), want)
			}
			fixed(t, c, membershipKind, aliceDevelops, o)
			_, diags = c.Destroy(membershipKind, o)
			clean(t, diags)
			expect(t, "alice", len(account(srv).Users["alice"].Groups), 0)
			expect(t, "bob", account(srv).Users["bob"].Groups, []string{"developers"})
			expect(t, "writes", writes(srv), []string{"AddUserToGroup", "RemoveUserFromGroup"})
			_, diags = c.Destroy(membershipKind, o)
			clean(t, diags)
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}

func TestMembership_thatExistsIsAdoptedWithAWarning(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Groups = []string{"developers"} })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(membershipKind, aliceDevelops)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "User alice is already a member of the group developers")
	expect(t, "writes", writes(srv), []string(nil))
	fixed(t, c, membershipKind, aliceDevelops, o)

	// One that another administrator adds at the same time is no conflict.
	srv.ChangeBefore("AddUserToGroup", func(a *ramtest.Account) { a.Users["bob"].Groups = []string{"developers"} })
	_, diags = c.Create(membershipKind, attributes{"user_name": "bob", "group_name": "developers"})
	expect(t, "messages", acctest.Messages(diags), "")
}

// With count, a run that adds a user at the front destroys and creates the same memberships and attachments at once.
func TestMembership_destroyedAndCreatedInOneRunExists(t *testing.T) {
	t.Parallel()
	for kind, config := range map[string]attributes{membershipKind: aliceDevelops, attachmentKind: readOnly("user_name", "alice")} {
		srv := withPrincipals(t)
		for range 20 {
			before, _ := newCore(t, srv.Getenv, fakeClock()).Create(kind, config)
			c := newCore(t, srv.Getenv, fakeClock())
			var both sync.WaitGroup
			both.Go(func() { _, _ = c.Destroy(kind, before) })
			both.Go(func() { _, _ = c.Create(kind, config) })
			both.Wait()
			alice := account(srv).Users["alice"]
			if len(alice.Groups)+len(alice.Policies) != 1 {
				t.Fatalf("%s: the object is gone", kind)
			}
		}
	}
}

func TestMembership_followsBothNames(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(membershipKind, aliceDevelops)
	clean(t, diags)
	renameGroup(srv, "developers", "builders")
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		delete(a.Users, "alice")
		u.Name, a.Users["alicia"] = "alicia", u
		a.Groups["developers"] = &ramtest.Group{ID: "g-other", Name: "developers"}
	})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(membershipKind, o)
	clean(t, diags)
	expect(t, "user", in(t, o.State, "user_name"), "alicia")
	expect(t, "group", in(t, o.State, "group_name"), "builders")
	c = newCore(t, srv.Getenv, fakeClock())
	fixed(t, c, membershipKind, attributes{"user_name": "alicia", "group_name": "builders"}, o)

	// The name of another user or group replaces the membership.
	for name, value := range map[string]string{"user_name": "bob", "group_name": "developers"} {
		plan, diags := c.Plan(membershipKind, attributes{"user_name": "alicia", "group_name": "builders"}.With(name, value), o)
		clean(t, diags)
		expect(t, name, len(plan.RequiresReplace), 1)
	}
	// A destroy removes the user from the group itself, and not from the one with its name.
	srv.Change(func(a *ramtest.Account) { a.Users["alicia"].Groups = append(a.Users["alicia"].Groups, "developers") })
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(membershipKind, o)
	clean(t, diags)
	expect(t, "groups", account(srv).Users["alicia"].Groups, []string{"developers"})
}

// A user or group with the name of one that was deleted has no membership.
func TestMembership_ofARecreatedUserIsAbsent(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(membershipKind, aliceDevelops)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].ID = "another" })
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(membershipKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The group membership no longer exists")
	expect(t, "state", after.State.IsNull(), true)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(membershipKind, o)
	clean(t, diags)
	expect(t, "groups", account(srv).Users["alice"].Groups, []string{"developers"})
}

// An update does not follow a name to another group or user: the state keeps the object that it has.
func TestUpdate_ofAnotherGroupOrUserWithTheNameIsRefused(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		config attributes
		others func(*ramtest.Account)
		want   string
	}{
		membershipKind: {aliceDevelops, func(a *ramtest.Account) { a.Groups["developers"].ID = "g-other" }, "the membership is one of the group with the id g-dev"},
		attachmentKind: {readOnly("user_name", "alice"), func(a *ramtest.Account) { a.Users["alice"].ID = "another" }, "the policy is attached to the one with the id " + aliceUserID},
	} {
		srv := withDevelopers(t)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(kind, test.config)
		clean(t, diags)
		plan, diags := c.Plan(kind, test.config.With("allow_self", true), o)
		clean(t, diags)
		srv.Change(test.others)
		after, diags := newCore(t, srv.Getenv, fakeClock()).ApplyPlan(kind, test.config.With("allow_self", true), o, plan)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want, "Nothing was changed.", "plan with -replace")
		expect(t, kind+": the state is unchanged", after.State.Equal(o.State), true)
	}
}

// One read that lacks a membership does not remove it from the state, and a destroy does not rely on one either.
func TestMembership_oneStaleReadDoesNotRemoveIt(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(membershipKind, aliceDevelops)
	clean(t, diags)
	late := ramtest.Rule{Action: "ListUsersForGroup", Nth: "1", Stale: 1}
	srv.Inject(late)
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(membershipKind, o)
	clean(t, diags)
	expect(t, "state", after.State.IsNull(), false)
	srv.Inject(late)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(membershipKind, o)
	clean(t, diags)
	expect(t, "groups", len(account(srv).Users["alice"].Groups), 0)
}

func TestMembership_ofTheProvidersUserIsRemovedOnlyIfAllowed(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "admin", "group_name": "developers"}
	o, diags := c.Create(membershipKind, config)
	clean(t, diags)
	srv.ForgetCalls()
	_, diags = c.PlanDestroy(membershipKind, o)
	refused(t, diags, "allow_self", `Terraform runs as the user "admin"`, "developers")
	_, diags = c.Plan(membershipKind, attributes{"user_name": "bob", "group_name": "developers"}, o)
	refused(t, diags, "allow_self", `Terraform runs as the user "admin"`)
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, membershipKind, o))
	must(t, err)
	refused(t, resp.Diagnostics, "allow_self", `Terraform runs as the user "admin"`)
	expect(t, "writes", writes(srv), []string(nil))

	o, diags = c.Apply(membershipKind, config.With("allow_self", true), o)
	clean(t, diags)
	_, diags = c.Destroy(membershipKind, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"RemoveUserFromGroup"})
}

func TestMembership_badInput(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, test := range []struct {
		config attributes
		want   string
	}{
		{attributes{"user_name": "carol", "group_name": "developers"}, `There is no RAM user "carol"`},
		{attributes{"user_name": "alice", "group_name": "ops"}, `has no group "ops"`},
		{attributes{"user_name": "alice", "group_name": ""}, "must be 1 to 64 letters"},
		{attributes{"user_name": "", "group_name": "developers"}, "must be 1 to 64 letters"},
	} {
		_, diags := c.Create(membershipKind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want)
	}
	for id, want := range map[string]string{
		"alice": "is not <user_name>:<group_name>", "alice:ops": `has no group "ops"`, "carol:developers": `There is no RAM user "carol"`, "alice:developers": "is not a member",
	} {
		_, diags := c.Import(membershipKind, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), want)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

// A plan that cannot find out what the group may do says so.
func TestMembership_policiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	srv.Inject(ramtest.Rule{Action: "ListPoliciesForGroup", Fault: "html", Status: 502})
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(membershipKind, aliceDevelops, c.Null(membershipKind))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: The policies of the group developers were not checked")
}

// A group that is deleted while the groups are listed has no members. One that the query names is an error.
func TestMembership_listWhileAGroupIsDeleted(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	srv.Change(func(a *ramtest.Account) {
		a.Groups["old"] = &ramtest.Group{ID: "g-old", Name: "old"}
		a.Users["alice"].Groups, a.Users["bob"].Groups = []string{"developers"}, []string{"old"}
	})
	srv.ChangeBefore("ListUsersForGroup", func(a *ramtest.Account) {
		delete(a.Groups, "old")
		a.Users["bob"].Groups = nil
	})
	names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(membershipKind, attributes{}, true, 0))
	expect(t, "names", names, []string{"alice in developers"})
	expect(t, "failures", len(failures), 0)
	_, failures = namesOf(newCore(t, srv.Getenv, fakeClock()).List(membershipKind, attributes{"group_name": "old"}, true, 0))
	expect(t, "failures", len(failures), 1)
}

// The members of a group are read once for all memberships of a refresh.
func TestMembership_oneReadServesAllMembersOfAGroup(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	srv.Populate(20)
	c := newCore(t, srv.Getenv, fakeClock())
	objects := []acctest.Object{}
	srv.Change(func(a *ramtest.Account) {
		for n := range 20 {
			a.Users[fmt.Sprintf("user-%04d", n+1)].Groups = []string{"developers"}
		}
	})
	for n := range 20 {
		o, diags := c.Import(membershipKind, fmt.Sprintf("user-%04d:developers", n+1))
		clean(t, diags)
		objects = append(objects, o)
	}
	srv.ForgetCalls()
	c = newCore(t, srv.Getenv, fakeClock())
	var wait sync.WaitGroup
	for _, o := range objects {
		wait.Go(func() {
			_, diags := c.Read(membershipKind, o)
			if len(acctest.Errors(diags)) > 0 {
				t.Error(acctest.Messages(diags))
			}
		})
	}
	wait.Wait()
	if calls := srv.Calls("ListUsersForGroup"); len(calls) > 1 {
		t.Errorf("%d calls", len(calls))
	}
}

func TestMembership_ofSeveralUsersIsNotMoved(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := moveState(t, c, membershipKind, former{
		address: "alicloud", kind: "alicloud_ram_group_membership", state: `{"id":"developers","group_name":"developers","user_names":["alice","bob"]}`,
	})
	contains(t, acctest.Messages(acctest.Errors(diags)), "It has 2 users", "<user_name>:<group_name>")
	expect(t, "calls", len(srv.Calls()), 0)
}
