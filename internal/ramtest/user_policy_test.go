// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "testing"

func TestAPolicyIsAttachedAndDetached(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	policy := func(kind, name string) []string {
		return []string{"UserName", "alice", "PolicyType", kind, "PolicyName", name}
	}
	c.ok("Ram", "AttachPolicyToUser", policy("System", "ReadOnlyAccess")...)
	c.ok("Ram", "AttachPolicyToUser", policy("Custom", "ReadOnlyAccess")...)
	c.refused("EntityAlreadyExists.User.Policy", "Ram", "AttachPolicyToUser", policy("System", "ReadOnlyAccess")...)
	c.refused("InvalidParameter.PolicyType", "Ram", "AttachPolicyToUser", policy("Own", "ReadOnlyAccess")...)
	c.refused("MissingPolicyName", "Ram", "AttachPolicyToUser", policy("System", "")...)
	c.refused("EntityNotExist.User", "Ram", "AttachPolicyToUser", "UserName", "bob", "PolicyType", "System", "PolicyName", "x")
	listed := func() any {
		return column(c.ok("Ram", "ListPoliciesForUser", "UserName", "alice").list("Policies.Policy", "PolicyType"), "PolicyType")
	}
	equal(t, "attached", listed(), []string{"Custom", "System"})
	c.refused("DeleteConflict.User.Policy", "Ram", "DeleteUser", "UserName", "alice")
	c.ok("Ram", "DetachPolicyFromUser", policy("System", "ReadOnlyAccess")...)
	c.refused("EntityNotExist.User.Policy", "Ram", "DetachPolicyFromUser", policy("System", "ReadOnlyAccess")...)
	equal(t, "left", listed(), []string{"Custom"})

	// A test may give a user the vendor's own policy by name alone.
	s.Change(func(a *Account) { a.Users["alice"].Policies = []string{"AliyunOSSFullAccess"} })
	equal(t, "by name", listed(), []string{"System"})
	c.ok("Ram", "DetachPolicyFromUser", policy("System", "AliyunOSSFullAccess")...)
	s.Change(func(a *Account) { a.Quotas.AttachedPoliciesPerUser = 0 })
	c.refused("LimitExceeded.User.Policy", "Ram", "AttachPolicyToUser", policy("System", "ReadOnlyAccess")...)
}
