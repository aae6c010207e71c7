// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestPoliciesData(t *testing.T) {
	t.Parallel()
	srv := staffed(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
	srv.Change(func(a *ramtest.Account) {
		a.Policies = map[string]*ramtest.Policy{
			"ops": {Name: "ops", Description: "on call", DefaultVersion: "v2", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: "{}"}, {ID: "v2", Document: everything}}},
			"dev": {Name: "dev", DefaultVersion: "v1", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: everything}}},
		}
		a.Users["alice"].Policies = []string{"Custom/ops", "System/ReadOnlyAccess"}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	read := func(config attributes) map[string][]string {
		v, diags := c.ReadData("ram_policies", config)
		clean(t, diags)
		found := map[string][]string{}
		for _, policy := range elementsOf(t, v, "policies") {
			shown := []string{}
			for _, name := range []string{"policy_type", "description", "default_version", "attachment_count", "policy_document"} {
				shown = append(shown, acctest.Attribute(policy, name))
			}
			found[acctest.Attribute(policy, "policy_name")] = shown
		}
		return found
	}
	expect(t, "custom policies", read(attributes{"policy_type": "Custom"}), map[string][]string{
		"dev": {"Custom", "null", "v1", "0", everything}, "ops": {"Custom", "on call", "v2", "1", everything},
	})
	srv.ForgetCalls()
	system := read(attributes{"policy_type": "System", "name_regex": "^ReadOnly"})
	expect(t, "system policies", system, map[string][]string{"ReadOnlyAccess": {"System", "null", "v1", "1", "null"}})
	expect(t, "documents of system policies", len(srv.Calls("GetPolicy")), 0)
	if all := read(attributes{}); len(all) <= 3 {
		t.Errorf("only %v", all)
	}
	expect(t, "writes", writes(srv), []string(nil))

	// A policy that was deleted after it was listed is left out.
	srv.Change(func(a *ramtest.Account) {
		a.Policies["gone"] = &ramtest.Policy{Name: "gone", DefaultVersion: "v1", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: everything}}}
	})
	srv.Inject(ramtest.Rule{Action: "GetPolicy", Nth: "2", Status: 404, Code: "EntityNotExist.Policy"})
	c = newCore(t, srv.Getenv, fakeClock())
	expect(t, "a policy that is gone", len(read(attributes{"policy_type": "Custom"})), 2)
}
