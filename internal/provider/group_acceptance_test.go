// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// groupWithMember is a configuration of a group with a member and a policy.
func groupWithMember(name string) string {
	return `
resource "ram_group" "ops" {
  name     = "` + name + `"
  comments = "Operators"
}

resource "ram_group_membership" "alice" {
  user_name  = "alice"
  group_name = ram_group.ops.name
}

resource "ram_policy_attachment" "read" {
  group_name  = ram_group.ops.name
  policy_type = "System"
  policy_name = "ReadOnlyAccess"
}
`
}

// A group with a member and a policy is created, renamed in place, repaired after changes by others, imported and destroyed.
func TestAccGroup_withMemberAndPolicy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCLI(t, srv.Getenv, groupWithMember("operators"))
	c.run(0, "apply", "-auto-approve")
	id := account(srv).Groups["operators"].ID
	expect(t, "members", account(srv).Users["alice"].Groups, []string{"operators"})
	expect(t, "policies", account(srv).Groups["operators"].Policies, []string{"System/ReadOnlyAccess"})
	c.run(0, "plan", "-detailed-exitcode")

	// The name changes: the group stays, with its member and its policy.
	must(t, c.Configure(groupWithMember("operations")))
	plan := c.run(2, "plan", "-detailed-exitcode")
	contains(t, plan, `"operators" -> "operations"`, "0 to add, 3 to change, 0 to destroy")
	c.run(0, "apply", "-auto-approve")
	group := account(srv).Groups["operations"]
	expect(t, "id", group.ID, id)
	expect(t, "the former name", account(srv).Groups["operators"] == nil, true)
	expect(t, "members", account(srv).Users["alice"].Groups, []string{"operations"})
	expect(t, "policies", group.Policies, []string{"System/ReadOnlyAccess"})
	c.run(0, "plan", "-detailed-exitcode")

	// Another administrator removes the member and the policy, and changes the comments.
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Groups = nil
		a.Groups["operations"].Policies, a.Groups["operations"].Comments = nil, "by hand"
	})
	plan = c.run(2, "plan", "-detailed-exitcode")
	contains(t, plan, "ram_group_membership.alice will be created", "ram_policy_attachment.read will be created", `"by hand" -> "Operators"`, "2 to add, 1 to change, 0 to destroy")
	c.run(0, "apply", "-auto-approve")
	expect(t, "members", account(srv).Users["alice"].Groups, []string{"operations"})
	expect(t, "policies", account(srv).Groups["operations"].Policies, []string{"System/ReadOnlyAccess"})

	// Another state takes all three over by their ids, and writes nothing.
	other := newCLI(t, srv.Getenv, groupWithMember("operations")+`
import {
  to = ram_group.ops
  id = "operations"
}

import {
  to = ram_group_membership.alice
  id = "alice:operations"
}

import {
  to = ram_policy_attachment.read
  id = "group:ReadOnlyAccess:System:operations"
}
`)
	srv.ForgetCalls()
	contains(t, other.run(0, "apply", "-auto-approve"), "3 imported, 0 added, 0 changed, 0 destroyed")
	expect(t, "writes of the import", writes(srv), []string(nil))
	other.run(0, "plan", "-detailed-exitcode")

	contains(t, c.run(0, "destroy", "-auto-approve"), "3 destroyed")
	expect(t, "group", account(srv).Groups["operations"] == nil, true)
	expect(t, "alice stays", account(srv).Users["alice"] != nil, true)

	// For the other state, they are gone.
	plan = other.run(2, "plan", "-detailed-exitcode")
	contains(t, plan, "3 to add, 0 to change, 0 to destroy")
	if strings.Contains(plan, "Error:") {
		t.Error(plan)
	}
}
