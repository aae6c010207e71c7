// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const lastAdministrator = "Account " + defaultAccount + " loses its last administrator"

// withAdministrators returns an account in which alice is an administrator, and bob is one through the group
// developers.
func withAdministrators(t *testing.T) *ramtest.Server {
	t.Helper()
	srv := withPrincipals(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Policies = []string{"System/AdministratorAccess"}
		a.Groups["developers"].Policies = []string{"System/AdministratorAccess"}
		a.Users["bob"].Groups = []string{"developers"}
	})
	return srv
}

// Each step removes one administrator. Only the plan that removes the last one warns, in either order.
func TestAdministrators_warnsOfTheLastOneOfARun(t *testing.T) {
	t.Parallel()
	imports := map[string]struct{ kind, id string }{
		"the attachment of alice":     {attachmentKind, "user:AdministratorAccess:System:alice"},
		"the attachment of the group": {attachmentKind, "group:AdministratorAccess:System:developers"},
		"the membership of bob":       {membershipKind, "bob:developers"},
		"the user bob":                {userKind, "bob"},
		"the user alice":              {userKind, "alice"},
		"the group":                   {"ram_group", "developers"},
		"the members of the group":    {groupMembersKind, "developers"},
		"the policies of alice":       {policySetKind, "user:alice"},
		"the policies of the group":   {policySetKind, "group:developers"},
	}
	configs := map[string]attributes{
		"the members of the group":  {"group_name": "developers", "allowed_user_names": []string{}, "enforce": "remove"},
		"the policies of alice":     {"user_name": "alice", "allowed_policies": []string{}, "enforce": "detach"},
		"the policies of the group": {"group_name": "developers", "allowed_policies": []string{}, "enforce": "detach"},
		"the user bob":              {"name": "bob", "force_destroy": true},
		"the user alice":            {"name": "alice", "force_destroy": true},
		"the group":                 {"name": "developers", "force_destroy": true},
	}
	ofAlice := []string{"the attachment of alice", "the user alice", "the policies of alice"}
	ofBob := []string{"the attachment of the group", "the membership of bob", "the user bob", "the group", "the members of the group", "the policies of the group"}
	for _, first := range ofAlice {
		for _, second := range ofBob {
			for _, order := range [][]string{{first, second}, {second, first}} {
				t.Run(order[0]+", "+order[1], func(t *testing.T) {
					t.Parallel()
					srv := withAdministrators(t)
					objects := map[string]acctest.Object{}
					for _, name := range order {
						c := newCore(t, srv.Getenv, fakeClock())
						o, diags := c.Import(imports[name].kind, imports[name].id)
						clean(t, diags)
						if config := configs[name]; config != nil {
							o, diags = c.Apply(imports[name].kind, config, o)
							clean(t, diags)
						}
						objects[name] = o
					}
					c := newCore(t, srv.Getenv, fakeClock())
					for at, name := range order {
						kind := imports[name].kind
						text := ""
						if kind == groupMembersKind || kind == policySetKind {
							_, diags := c.Plan(kind, configs[name], objects[name])
							clean(t, diags)
							text = acctest.Messages(diags)
						} else {
							_, diags := c.PlanDestroy(kind, objects[name])
							clean(t, diags)
							text = acctest.Messages(diags)
						}
						if at == 1 {
							contains(t, text, lastAdministrator, "only the root account")
						} else if strings.Contains(text, lastAdministrator) {
							t.Errorf("a plan that leaves an administrator warns:\n%s", text)
						}
					}
				})
			}
		}
	}
}

// A plan that cannot find out who the administrators are says so.
func TestAdministrators_thatCannotBeRead(t *testing.T) {
	t.Parallel()
	srv := withAdministrators(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Import(attachmentKind, "user:AdministratorAccess:System:alice")
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "ListEntitiesForPolicy", Fault: "html", Status: 502})
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(attachmentKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: The administrators of the account were not checked")
}

// A run that adds another administrator first does not warn.
func TestAdministrators_anotherOneIsAdded(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(*acctest.Driver){
		"a role": func(c *acctest.Driver) {
			_, diags := c.Plan(attachmentKind, attributes{"role_name": "deploy", "policy_type": "System", "policy_name": "AdministratorAccess"}, c.Null(attachmentKind))
			contains(t, acctest.Messages(diags), "makes an administrator of the role")
		},
		"a member": func(c *acctest.Driver) {
			_, diags := c.Plan(membershipKind, attributes{"user_name": "bob", "group_name": "developers"}, c.Null(membershipKind))
			contains(t, acctest.Messages(diags), `Policy AdministratorAccess makes an administrator of the user "bob" through the group "developers"`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAdministrators(t)
			srv.Change(func(a *ramtest.Account) { a.Users["bob"].Groups = nil })
			o, diags := newCore(t, srv.Getenv, fakeClock()).Import(attachmentKind, "user:AdministratorAccess:System:alice")
			clean(t, diags)
			c := newCore(t, srv.Getenv, fakeClock())
			_, diags = c.PlanDestroy(attachmentKind, o)
			contains(t, acctest.Messages(diags), lastAdministrator)
			c = newCore(t, srv.Getenv, fakeClock())
			add(c)
			_, diags = c.PlanDestroy(attachmentKind, o)
			expect(t, "messages", acctest.Messages(diags), "")
		})
	}
}

// Lists that the caller may not read are not evaluated, and refuse no plan.
func TestAdministrators_deniedListsAreNotEvaluated(t *testing.T) {
	t.Parallel()
	srv := withAdministrators(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Import(membershipKind, "bob:developers")
	clean(t, diags)
	srv.Inject(
		ramtest.Rule{Action: "ListEntitiesForPolicy", Nth: "1-", Fault: "code", Status: 403, Code: "NoPermission"},
		ramtest.Rule{Action: "ListPoliciesForGroup", Nth: "1-", Fault: "code", Status: 403, Code: "NoPermission"},
	)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags = c.PlanDestroy(membershipKind, o)
	expect(t, "messages", acctest.Messages(diags), "")
	_, diags = c.Plan(membershipKind, aliceDevelops, c.Null(membershipKind))
	expect(t, "messages", acctest.Messages(diags), "")
}

// A rule that only reports takes nothing away, so it warns of no loss.
func TestAdministrators_aReportIsNoLoss(t *testing.T) {
	t.Parallel()
	for kind, config := range map[string]attributes{
		groupMembersKind: {"group_name": "developers", "allowed_user_names": []string{}},
		policySetKind:    {"group_name": "developers", "allowed_policies": []string{}},
	} {
		srv := withAdministrators(t)
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Policies = nil })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(kind, config)
		clean(t, diags)
		o, diags = c.Read(kind, o)
		clean(t, diags)
		_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(kind, config, o)
		clean(t, diags)
		lacks(t, acctest.Messages(diags), lastAdministrator)
	}
}
