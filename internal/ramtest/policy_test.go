// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "testing"

func TestAttachments(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	policy := func(kind, name string) []string {
		return []string{"UserName", "alice", "PolicyType", kind, "PolicyName", name}
	}
	c.ok("Ram", "AttachPolicyToUser", policy("System", "ReadOnlyAccess")...)
	c.refused("EntityNotExist.Policy", "Ram", "AttachPolicyToUser", policy("Custom", "ReadOnlyAccess")...)
	c.ok("Ram", "CreatePolicy", "PolicyName", "ReadOnlyAccess", "PolicyDocument", allowAll)
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

	// In a test's data, a name without a type is a system policy.
	s.Change(func(a *Account) { a.Users["alice"].Policies = []string{"AliyunOSSFullAccess"} })
	equal(t, "by name", listed(), []string{"System"})
	c.ok("Ram", "DetachPolicyFromUser", policy("System", "AliyunOSSFullAccess")...)
	s.Change(func(a *Account) { a.Quotas.AttachedSystemPolicies = 0 })
	c.refused("LimitExceeded.User.Policy", "Ram", "AttachPolicyToUser", policy("System", "ReadOnlyAccess")...)
}

const allowAll = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func TestPolicy_versions(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	named := func(more ...string) []string { return append([]string{"PolicyName", "ops"}, more...) }
	c.refused("MalformedPolicyDocument", "Ram", "CreatePolicy", named("PolicyDocument", "{}")...)
	got := c.ok("Ram", "CreatePolicy", named("PolicyDocument", allowAll, "Description", "all", "Tag", `[{"Key":"team","Value":"a"}]`)...)
	equal(t, "created", got.at("Policy.DefaultVersion"), "v1")
	c.refused("EntityAlreadyExists.Policy", "Ram", "CreatePolicy", named("PolicyDocument", allowAll)...)
	for n := 2; n <= 5; n++ {
		c.ok("Ram", "CreatePolicyVersion", named("PolicyDocument", allowAll)...)
	}
	c.refused("LimitExceeded.Policy.Version", "Ram", "CreatePolicyVersion", named("PolicyDocument", allowAll)...)
	rotated := c.ok("Ram", "CreatePolicyVersion", named("PolicyDocument", allowAll, "SetAsDefault", "true",
		"RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded")...)
	equal(t, "rotated", rotated.at("PolicyVersion.VersionId"), "v6")
	c.refused("EntityNotExist.Policy.Version", "Ram", "GetPolicyVersion", named("PolicyType", "Custom", "VersionId", "v2")...)
	c.refused("DeleteConflict.Policy.Version.Default", "Ram", "DeletePolicyVersion", named("VersionId", "v6")...)
	c.ok("Ram", "SetDefaultPolicyVersion", named("VersionId", "v3")...)
	equal(t, "default", c.ok("Ram", "GetPolicy", named("PolicyType", "Custom")...).at("DefaultPolicyVersion.VersionId"), "v3")
	c.ok("Ram", "UpdatePolicyDescription", named("NewDescription", "more")...)

	c.ok("Ram", "AttachPolicyToUser", named("PolicyType", "Custom", "UserName", "admin")...)
	entities := c.ok("Ram", "ListEntitiesForPolicy", named("PolicyType", "Custom")...)
	equal(t, "attached", column(entities.list("Users.User", "UserName"), "AttachDate"), []string{"2026-01-12T09:12:00Z"})
	c.refused("DeleteConflict.Policy.User", "Ram", "DeletePolicy", named("CascadingDelete", "true")...)
	c.ok("Ram", "DetachPolicyFromUser", named("PolicyType", "Custom", "UserName", "admin")...)
	c.refused("DeleteConflict.Policy.Version", "Ram", "DeletePolicy", named()...)
	c.ok("Ram", "DeletePolicy", named("CascadingDelete", "true")...)
	c.refused("EntityNotExist.Policy", "Ram", "GetPolicy", named("PolicyType", "Custom")...)
	equal(t, "system", c.ok("Ram", "GetPolicy", "PolicyName", "AdministratorAccess", "PolicyType", "System").at("Policy.PolicyType"), "System")
	items, _ := c.pages("Policies.Policy", "PolicyName", "Ram", "ListPolicies", "PolicyType", "System")
	equal(t, "system policies", len(items), len(systemPolicies))
	events := s.History()
	equal(t, "history", events[len(events)-1].Object, "policy/ops")
	equal(t, "removed", events[len(events)-1].After, nil)
}

func TestAttachments_resourceGroup(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	c.ok("Ram", "CreateGroup", "GroupName", "ops")
	c.ok("Ram", "CreateRole", "RoleName", "ci", "AssumeRolePolicyDocument",
		`{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}`)
	for kind, name := range map[string]string{"User": "alice", "Group": "ops", "Role": "ci"} {
		attached := []string{kind + "Name", name, "PolicyType", "System", "PolicyName", "ReadOnlyAccess"}
		inGroup := append([]string{"ResourceGroupId", "rg-1"}, attached...)
		c.ok("Ram", "AttachPolicyTo"+kind, inGroup...)
		c.refused("EntityAlreadyExists."+kind+".Policy", "Ram", "AttachPolicyTo"+kind, inGroup...)
		from := map[string]string{"User": "User", "Group": "Group", "Role": "Role"}[kind]
		c.refused("EntityNotExist."+kind+".Policy", "Ram", "DetachPolicyFrom"+from, attached...)
		equal(t, "account level", c.ok("Ram", "ListPoliciesFor"+kind, kind+"Name", name).at("Policies"), reply{"Policy": []any{}})
		s.SetBehaviour(func(b *Behaviour) { b.ListResourceGroupPolicies = true })
		equal(t, "other side", len(c.ok("Ram", "ListPoliciesFor"+kind, kind+"Name", name).list("Policies.Policy", "PolicyName")), 1)
		s.SetBehaviour(func(b *Behaviour) { b.ListResourceGroupPolicies = false })
		c.refused("DeleteConflict."+kind+".Policy", "Ram", "Delete"+kind, kind+"Name", name)
		c.ok("Ram", "DetachPolicyFrom"+from, inGroup...)
	}
	equal(t, "role", c.ok("Ram", "GetRole", "RoleName", "ci").at("Role.Arn"), "acs:ram::1234567890123456:role/ci")
	c.ok("Ram", "UpdateRole", "RoleName", "ci", "NewMaxSessionDuration", "7200", "NewDescription", "pipeline")
	c.ok("Ram", "TagResources", "ResourceType", "role", "ResourceNames", `["ci"]`, "Tag", `[{"Key":"team","Value":"a"}]`)
	equal(t, "tagged", len(c.ok("Ram", "ListRoles", "Tag", `[{"Key":"team"}]`).list("Roles.Role", "RoleName")), 1)
	lines := c.ok("Ram", "ListTagResources", "ResourceType", "role", "ResourceNames", `["ci"]`)
	equal(t, "tag", lines.list("TagResources", "TagKey")[0]["TagValue"], "a")
	c.ok("Ram", "UntagResources", "ResourceType", "role", "ResourceNames", `["ci"]`, "TagKeys", `["team"]`)
	c.ok("Sts", "AssumeRole", "RoleArn", "acs:ram::1234567890123456:role/ci", "RoleSessionName", "run", "DurationSeconds", "7200")
	c.ok("Ram", "DeleteRole", "RoleName", "ci")
	c.refused("EntityNotExist.Role", "Ram", "GetRole", "RoleName", "ci")
}
