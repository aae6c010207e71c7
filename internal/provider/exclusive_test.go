// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	groupMembersKind = "ram_group_members_exclusive"
	policySetKind    = "ram_policy_attachments_exclusive"
)

// ruleCase is one of the rules about the members of a principal, with what the tests do to the account.
type ruleCase struct {
	kind, principal, name        string
	allowed, undeclared, command string
	declared, extra, late        string // members
	read, write, id, wrong, noun string
	give                         func(a *ramtest.Account, member string)
	has                          func(a *ramtest.Account) []string
	remove                       func(*ramtest.Account)
	owned                        func(a *ramtest.Account) // makes it access of the provider itself
	member                       attributes               // the resource that adds the extra member
	memberKind                   string
}

func (k ruleCase) config(enforce string, allowed ...string) attributes {
	return attributes{k.principal: k.name, "enforce": enforce, k.allowed: append([]string{}, allowed...)}
}

func ruleCases() []ruleCase {
	members := func(a *ramtest.Account) (names []string) {
		for name, user := range a.Users {
			if slices.Contains(user.Groups, "developers") {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	cases := []ruleCase{{
		kind: groupMembersKind, principal: "group_name", name: "developers", allowed: "allowed_user_names", undeclared: "undeclared_user_names", command: "remove",
		declared: "alice", extra: "bob", late: "carol", read: "ListUsersForGroup", write: "RemoveUserFromGroup", id: "developers", wrong: "a b", noun: "exclusive group members",
		give: func(a *ramtest.Account, member string) {
			if a.Users[member] == nil {
				a.Users[member] = &ramtest.User{ID: "2" + member, Name: member, DisplayName: member, Status: "active", ProvisionType: "Manual"}
			}
			a.Users[member].Groups = append(a.Users[member].Groups, "developers")
		},
		has: members, remove: func(a *ramtest.Account) {
			for _, user := range a.Users {
				user.Groups = nil
			}
			delete(a.Groups, "developers")
		},
		owned:      func(a *ramtest.Account) { a.Users["admin"].Groups = []string{"developers"} },
		memberKind: membershipKind, member: attributes{"user_name": "bob", "group_name": "developers"},
	}}
	for principal, name := range map[string]string{"user_name": "alice", "group_name": "developers", "role_name": "deploy"} {
		policies := func(a *ramtest.Account) *[]string {
			switch principal {
			case "user_name":
				return &a.Users["alice"].Policies
			case "group_name":
				return &a.Groups["developers"].Policies
			}
			return &a.Roles["deploy"].Policies
		}
		kind := principal[:len(principal)-len("_name")]
		cases = append(cases, ruleCase{
			kind: policySetKind, principal: principal, name: name, allowed: "allowed_policies", undeclared: "undeclared_policies", command: "detach",
			declared: "System:ReadOnlyAccess", extra: "System:AliyunOSSFullAccess", late: "System:AliyunRAMFullAccess",
			read:  map[string]string{"user": "ListPoliciesForUser", "group": "ListPoliciesForGroup", "role": "ListPoliciesForRole"}[kind],
			write: map[string]string{"user": "DetachPolicyFromUser", "group": "DetachPolicyFromGroup", "role": "DetachPolicyFromRole"}[kind],
			id:    kind + ":" + name, wrong: "team:x", noun: "exclusive policy attachments",
			give: func(a *ramtest.Account, member string) {
				*policies(a) = append(*policies(a), "System/"+member[len("System:"):])
			},
			has: func(a *ramtest.Account) (names []string) {
				for _, policy := range *policies(a) {
					names = append(names, "System:"+policy[len("System/"):])
				}
				slices.Sort(names)
				return names
			},
			remove: func(a *ramtest.Account) {
				for _, user := range a.Users {
					user.Groups = nil
				}
				delete(a.Users, "alice")
				delete(a.Groups, "developers")
				delete(a.Roles, "deploy")
			},
			owned: map[string]func(*ramtest.Account){
				"group": func(a *ramtest.Account) { a.Users["admin"].Groups = []string{"developers"} },
			}[kind],
			memberKind: attachmentKind, member: attributes{principal: name, "policy_type": "System", "policy_name": "AliyunOSSFullAccess"},
		})
	}
	return cases
}

// eachRule runs a test of each rule on an account in which the principal has the declared and the extra
// member.
func eachRule(t *testing.T, f func(*testing.T, ruleCase, *ramtest.Server)) {
	t.Helper()
	for _, k := range ruleCases() {
		t.Run(k.kind+", "+k.principal, func(t *testing.T) {
			t.Parallel()
			srv := withPrincipals(t)
			srv.Change(func(a *ramtest.Account) {
				k.give(a, k.declared)
				k.give(a, k.extra)
			})
			f(t, k, srv)
		})
	}
}

func TestMembersExclusive_reportOnly(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		c := newCore(t, srv.Getenv, fakeClock())
		config := k.config("report", k.declared).Without("enforce")
		o, diags := c.Create(k.kind, config)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "that are not declared", "  - "+k.extra, "They are not changed")
		for name, want := range map[string]any{k.undeclared: []string{k.extra}, "enforce": "report", "account_id": defaultAccount} {
			expect(t, name, in(t, o.State, name), want)
		}
		fixed(t, c, k.kind, config, o)
		plan, diags := c.Plan(k.kind, config, o)
		contains(t, acctest.Messages(diags), k.extra)
		expect(t, "no diff", c.Planned(k.kind, plan).Equal(o.State), true)

		// A member that is allowed and not there is no matter of this resource.
		o, diags = c.Apply(k.kind, k.config("report", k.declared, k.extra, k.late), o)
		expect(t, "messages", acctest.Messages(diags), "")
		expect(t, "undeclared", in(t, o.State, k.undeclared), []string{})
		_, diags = c.Destroy(k.kind, o)
		clean(t, diags)
		expect(t, "writes", writes(srv), []string(nil))
		expect(t, "violations", srv.Violations(), []string{})
	})
}

// Only what the plan showed is removed: nothing at the first apply, no member that was added since, and none that was
// declared until now.
func TestMembersExclusive_removesOnlyWhatThePlanShowed(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		c := newCore(t, srv.Getenv, fakeClock())
		config := k.config(k.command, k.declared)
		o, diags := c.Create(k.kind, config)
		clean(t, diags)
		expect(t, "the first apply only reads", writes(srv), []string(nil))
		expect(t, "undeclared", in(t, o.State, k.undeclared), []string{k.extra})
		plan, diags := c.Plan(k.kind, config, o)
		clean(t, diags)
		expect(t, "planned", in(t, c.Planned(k.kind, plan), k.undeclared), []string{})
		srv.Change(func(a *ramtest.Account) { k.give(a, k.late) }) // after the plan, before the apply
		o, diags = c.ApplyPlan(k.kind, config, o, plan)
		clean(t, diags)
		want := []string{k.declared, k.late}
		slices.Sort(want)
		expect(t, "members", k.has(account(srv)), want)
		expect(t, "writes", writes(srv), []string{k.write})

		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		expect(t, "the late one shows", in(t, o.State, k.undeclared), []string{k.late})
		o, diags = c.Apply(k.kind, config, o)
		clean(t, diags)
		fixed(t, newCore(t, srv.Getenv, fakeClock()), k.kind, config, o)

		none := k.config(k.command)
		o, diags = c.Apply(k.kind, none, o)
		clean(t, diags)
		contains(t, acctest.Messages(diags), k.declared+" is no longer allowed")
		expect(t, "no longer declared", k.has(account(srv)), []string{k.declared})
		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		_, diags = c.Apply(k.kind, none, o)
		clean(t, diags)
		expect(t, "members", len(k.has(account(srv))), 0)
	})
}

// A member that a resource of the same run adds is not removed, although the plan showed it.
func TestMembersExclusive_removesNothingThatThisRunAdds(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		config := k.config(k.command, k.declared)
		o, diags := newCore(t, srv.Getenv, fakeClock()).Create(k.kind, config)
		clean(t, diags)
		c := newCore(t, srv.Getenv, fakeClock())
		plan, diags := c.Plan(k.kind, config, o)
		clean(t, diags)
		_, diags = c.Create(k.memberKind, k.member)
		clean(t, diags)
		o, diags = c.ApplyPlan(k.kind, config, o, plan)
		clean(t, diags)
		contains(t, acctest.Messages(diags), k.extra+" is not ", "Another resource of this run gives it")
		expect(t, "writes", writes(srv), []string(nil))
		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		expect(t, "the next plan shows it", in(t, o.State, k.undeclared), []string{k.extra})
	})
}

func TestMembersExclusive_neverRemovesAccessOfTheProvider(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		if k.owned == nil {
			return
		}
		srv.Change(k.owned)
		before := k.has(account(srv))
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(k.kind, k.config("report"))
		clean(t, diags)
		contains(t, acctest.Messages(diags), "access of the provider itself")
		expect(t, "reported", in(t, o.State, k.undeclared), before)
		o, diags = c.Apply(k.kind, k.config(k.command), o) // the state shows it
		clean(t, diags)
		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		expect(t, "undeclared", in(t, o.State, k.undeclared), []string{})
		fixed(t, c, k.kind, k.config(k.command), o)
		if k.kind == groupMembersKind {
			expect(t, "members", k.has(account(srv)), []string{"admin"})
			return
		}
		expect(t, "policies", k.has(account(srv)), before)
	})
}

// The policies of the user that Terraform runs as stay, and so do those of the role of a session.
func TestPoliciesExclusive_neverDetachesThePoliciesOfTheCaller(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	c := newCore(t, srv.Getenv, fakeClock())
	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Policies = []string{"System/ReadOnlyAccess"} })
	config := attributes{"user_name": "admin", "allowed_policies": []string{}, "enforce": "detach"}
	o, diags := c.Create(policySetKind, config.With("enforce", "report"))
	clean(t, diags)
	expect(t, "reported", in(t, o.State, "undeclared_policies"), []string{"System:ReadOnlyAccess"})
	_, diags = c.Apply(policySetKind, config, o)
	clean(t, diags)
	expect(t, "policies", account(srv).Users["admin"].Policies, []string{"System/ReadOnlyAccess"})
}

// A run that fails at any step is repeated, with the same result.
func TestMembersExclusive_everyStepCanBeRepeated(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		start := account(srv)
		for _, action := range []string{k.write, k.read} {
			for _, phase := range []string{"before_commit", "after_commit"} {
				for _, nth := range []string{"1-", "2-", "3-"} {
					srv := ramtest.New(t, ramtest.WithAccounts(start.Clone()))
					config := k.config(k.command)
					o, diags := newCore(t, srv.Getenv, fakeClock()).Create(k.kind, config)
					clean(t, diags)
					plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(k.kind, config, o)
					clean(t, diags)
					srv.Inject(ramtest.Rule{Action: action, Phase: phase, Nth: nth, Fault: "reset"})
					broken, diags := newCore(t, srv.Getenv, fakeClock()).ApplyPlan(k.kind, config, o, plan)
					if len(acctest.Errors(diags)) > 0 {
						contains(t, acctest.Messages(diags), "Cannot update the "+k.noun)
					} else {
						expect(t, "removed", len(k.has(account(srv))), 0)
					}
					repaired := staffedLike(t, srv)
					after, diags := newCore(t, repaired.Getenv, fakeClock()).Read(k.kind, broken)
					clean(t, diags)
					_, diags = newCore(t, repaired.Getenv, fakeClock()).Apply(k.kind, config, after)
					clean(t, diags)
					expect(t, action+" "+phase+" "+nth, len(k.has(account(repaired))), 0)
				}
			}
		}
	})
}

// One list without members proves nothing: not in the create, not in a refresh, and not before a removal.
func TestMembersExclusive_readsAnEmptyListAgain(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		config := k.config(k.command, k.declared)
		short := func() *acctest.Driver {
			srv.Inject(ramtest.Rule{Action: k.read, Nth: "1", Fault: "short_list"})
			return newCore(t, srv.Getenv, fakeClock())
		}
		plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(k.kind, config, newCore(t, srv.Getenv, fakeClock()).Null(k.kind))
		clean(t, diags)
		c := short()
		o, diags := c.ApplyPlan(k.kind, config, c.Null(k.kind), plan)
		clean(t, diags)
		expect(t, "created", in(t, o.State, k.undeclared), []string{k.extra})
		o, diags = short().Read(k.kind, o)
		clean(t, diags)
		expect(t, "read", in(t, o.State, k.undeclared), []string{k.extra})
		plan, diags = newCore(t, srv.Getenv, fakeClock()).Plan(k.kind, config, o)
		clean(t, diags)
		_, diags = short().ApplyPlan(k.kind, config, o, plan)
		clean(t, diags)
		expect(t, "members", k.has(account(srv)), []string{k.declared})
	})
}

// A declaration that allows no member has none that a list must show: its first list is read again if it is empty.
func TestMembersExclusive_readsAFirstEmptyListAgain(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		config := k.config(k.command)
		plan, diags := newCore(t, srv.Getenv, fakeClock()).Plan(k.kind, config, newCore(t, srv.Getenv, fakeClock()).Null(k.kind))
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: k.read, Nth: "1", Fault: "short_list"})
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.ApplyPlan(k.kind, config, c.Null(k.kind), plan)
		clean(t, diags)
		want := []string{k.declared, k.extra}
		slices.Sort(want)
		expect(t, "created", in(t, o.State, k.undeclared), want)

		// A refresh compares with the state: one list of a principal without members is enough.
		_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(k.kind, config, o)
		clean(t, diags)
		o, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		expect(t, "left", in(t, o.State, k.undeclared), []string{})
		before := len(srv.Calls(k.read))
		_, diags = newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		expect(t, "lists of a refresh", len(srv.Calls(k.read))-before, 1)
	})
}

func TestMembersExclusive_importAndInvalidInput(t *testing.T) {
	t.Parallel()
	eachRule(t, func(t *testing.T, k ruleCase, srv *ramtest.Server) {
		t.Helper()
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Import(k.kind, k.id)
		clean(t, diags)
		expect(t, "undeclared", in(t, o.State, k.undeclared), nil)
		o, diags = c.Apply(k.kind, k.config(k.command), o)
		clean(t, diags)
		want := []string{k.declared, k.extra}
		slices.Sort(want)
		expect(t, "undeclared", in(t, o.State, k.undeclared), want)
		expect(t, "the first apply after an import only reads", writes(srv), []string(nil))

		plan, diags := c.Plan(k.kind, attributes{k.principal: acctest.Unknown{}, k.allowed: acctest.Unknown{}}, c.Null(k.kind))
		clean(t, diags)
		expect(t, "undeclared", in(t, c.Planned(k.kind, plan), k.undeclared), acctest.Unknown{})
		for _, bad := range []attributes{
			{k.principal: k.name},
			{k.allowed: []string{}},
			{k.principal: "", k.allowed: []string{}},
			k.config("report", ""), k.config("report", "a b"), k.config("ask"), k.config("report").With(k.principal, "unknown"),
		} {
			if _, diags := c.Create(k.kind, bad); len(acctest.Errors(diags)) == 0 {
				t.Errorf("%v is accepted", bad)
			}
		}
		_, diags = c.Import(k.kind, k.wrong)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the "+k.noun, "Nothing was imported")

		srv.Inject(ramtest.Rule{Action: k.read, Nth: "1-", Fault: "code", Status: 403, Code: "NoPermission"})
		denied, diags := newCore(t, srv.Getenv, fakeClock()).Read(k.kind, o)
		contains(t, acctest.Messages(diags), "Cannot read the "+k.noun, "The state is unchanged.")
		expect(t, "state", denied.State.Equal(o.State), true)

		repaired := staffedLike(t, srv)
		repaired.Change(k.remove)
		after, diags := newCore(t, repaired.Getenv, fakeClock()).Read(k.kind, o)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "no longer exist", "no longer checked")
		expect(t, "state", after.State.IsNull(), true)
	})
}

// The declaration belongs to the id of the group: it follows a rename, and does not apply to another group with the
// old name.
func TestMembersExclusive_followsARenamedGroup(t *testing.T) {
	t.Parallel()
	for _, k := range ruleCases() {
		if k.principal != "group_name" {
			continue
		}
		srv := withPrincipals(t)
		srv.Change(func(a *ramtest.Account) { k.give(a, k.extra) })
		o, diags := newCore(t, srv.Getenv, fakeClock()).Create(k.kind, k.config(k.command))
		clean(t, diags)
		renameGroup(srv, "developers", "builders")
		srv.Change(func(a *ramtest.Account) { a.Groups["developers"] = &ramtest.Group{ID: "g-other", Name: "developers"} })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags = c.Read(k.kind, o)
		clean(t, diags)
		expect(t, "name", in(t, o.State, "group_name"), "builders")
		expect(t, "undeclared", in(t, o.State, k.undeclared), []string{k.extra})
		plan, diags := c.Plan(k.kind, k.config(k.command), o)
		clean(t, diags)
		expect(t, "replaced", len(plan.RequiresReplace), 1)
		_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(k.kind, k.config(k.command).With("group_name", "builders"), o)
		clean(t, diags)
		expect(t, "writes", writes(srv), []string{k.write})
	}
}

// Two declarations for one object would each remove what only the other one declares.
func TestExclusive_twoDeclarationsForOneObject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, object  string
		first, second attributes
		other         attributes // of another object
	}{
		{exclusiveKind, "user alice", exclusively("alice", "report"), exclusively("alice", "delete"), exclusively("bob", "report")},
		{groupMembersKind, "group developers", attributes{"group_name": "developers", "allowed_user_names": []string{}}, attributes{"group_name": "developers", "allowed_user_names": []string{"alice"}}, attributes{"group_name": "others", "allowed_user_names": []string{}}},
		{policySetKind, "user alice", attributes{"user_name": "alice", "allowed_policies": []string{}}, attributes{"user_name": "alice", "allowed_policies": []string{"System:ReadOnlyAccess"}}, attributes{"group_name": "developers", "allowed_policies": []string{}}},
	} {
		t.Run(test.kind, func(t *testing.T) {
			t.Parallel()
			srv := withPrincipals(t)
			srv.Change(func(a *ramtest.Account) { a.Groups["others"] = &ramtest.Group{ID: "g-others", Name: "others"} })
			first, diags := newCore(t, srv.Getenv, fakeClock()).Create(test.kind, test.first)
			clean(t, diags)
			second, diags := newCore(t, srv.Getenv, fakeClock()).Create(test.kind, test.second)
			clean(t, diags)

			// Both exist: a warning. One is planned beside the other: an error, in either order.
			c := newCore(t, srv.Getenv, fakeClock())
			_, diags = c.Plan(test.kind, test.first, first)
			expect(t, "one", acctest.Messages(diags), "")
			_, diags = c.Plan(test.kind, test.second, second)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "Two resources manage the exclusive", test.object)
			c = newCore(t, srv.Getenv, fakeClock())
			_, diags = c.Plan(test.kind, test.first, first)
			clean(t, diags)
			_, diags = c.Plan(test.kind, test.second, c.Null(test.kind))
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the exclusive", test.object, "Nothing was changed")
			c = newCore(t, srv.Getenv, fakeClock())
			_, diags = c.Plan(test.kind, test.second, c.Null(test.kind))
			clean(t, diags)
			_, diags = c.Plan(test.kind, test.first, first)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the exclusive")

			// Two of one run: the second one is not created, until the first one is destroyed.
			c = newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(test.kind, test.first)
			clean(t, diags)
			_, diags = c.Create(test.kind, test.second)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the exclusive", test.object)
			_, diags = c.Create(test.kind, test.other)
			clean(t, diags)
			_, diags = c.Destroy(test.kind, o)
			clean(t, diags)
			_, diags = c.Create(test.kind, test.second)
			clean(t, diags)
		})
	}
}

func TestAccMembersExclusive_repairsDrift(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	const config = `
resource "ram_group_membership" "alice" {
  user_name  = "alice"
  group_name = "developers"
}
resource "ram_policy_attachment" "developers" {
  group_name  = "developers"
  policy_type = "System"
  policy_name = "ReadOnlyAccess"
}
resource "ram_group_members_exclusive" "developers" {
  group_name         = "developers"
  allowed_user_names = [ram_group_membership.alice.user_name]
  enforce            = "remove"
}
resource "ram_policy_attachments_exclusive" "developers" {
  group_name       = "developers"
  allowed_policies = [for a in [ram_policy_attachment.developers] : "${a.policy_type}:${a.policy_name}"]
  enforce          = "detach"
}`
	const members, policies = groupMembersKind + ".developers", policySetKind + ".developers"
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	scenario(t, srv,
		resource.TestStep{Config: config, Check: resource.TestCheckResourceAttr(members, "undeclared_user_names.#", "0")},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{
			PreConfig: func() {
				srv.Change(func(a *ramtest.Account) {
					a.Users["bob"].Groups = []string{"developers"}
					a.Groups["developers"].Policies = append(a.Groups["developers"].Policies, "System/AliyunOSSFullAccess")
				})
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(members, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(members, tfjsonpath.New("undeclared_user_names"), knownvalue.SetExact(nil)),
				plancheck.ExpectResourceAction(policies, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(policies, tfjsonpath.New("undeclared_policies"), knownvalue.SetExact(nil)),
			}},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: empty},
		resource.TestStep{ResourceName: members, ImportState: true, ImportStateId: "developers"},
		resource.TestStep{ResourceName: policies, ImportState: true, ImportStateId: "group:developers"},
	)
	expect(t, "bob", len(account(srv).Users["bob"].Groups), 0)
}
