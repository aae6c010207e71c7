// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const attachmentKind = "ram_policy_attachment"

// readOnly is a configuration that attaches a policy that changes nothing.
func readOnly(principal, name string) attributes {
	return attributes{principal: name, "policy_type": "System", "policy_name": "ReadOnlyAccess"}
}

// withPrincipals returns a staffed account with a group and a role.
func withPrincipals(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := withDevelopers(t, options...)
	srv.Change(func(a *ramtest.Account) {
		a.Roles["deploy"] = &ramtest.Role{ID: "300000000000000001", Name: "deploy"}
	})
	return srv
}

func policiesOf(a *ramtest.Account, principal string) []string {
	return map[string][]string{"user_name": a.Users["alice"].Policies, "group_name": a.Groups["developers"].Policies, "role_name": a.Roles["deploy"].Policies}[principal]
}

func TestAttachment_attachAndDetachForEachPrincipal(t *testing.T) {
	t.Parallel()
	for principal, name := range map[string]string{"user_name": "alice", "group_name": "developers", "role_name": "deploy"} {
		for behaviour, behave := range map[string]func(*ramtest.Behaviour){
			"as documented": func(*ramtest.Behaviour) {},
			"absent":        func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
			"late":          func(b *ramtest.Behaviour) { b.StaleReads = 2 },
		} {
			t.Run(principal+", "+behaviour, func(t *testing.T) {
				t.Parallel()
				srv := withPrincipals(t, ramtest.WithBehaviour(behave))
				c := newCore(t, srv.Getenv, fakeClock())
				config := readOnly(principal, name)
				o, diags := c.Create(attachmentKind, config)
				expect(t, "messages", acctest.Messages(diags), "")
				expect(t, "account", in(t, o.State, "account_id"), defaultAccount)
				expect(t, "policies", policiesOf(account(srv), principal), []string{"System/ReadOnlyAccess"})
				fixed(t, c, attachmentKind, config, o)
				_, diags = c.Destroy(attachmentKind, o)
				clean(t, diags)
				expect(t, "policies", len(policiesOf(account(srv), principal)), 0)
				expect(t, "writes", len(writes(srv)), 2)
				_, diags = c.Destroy(attachmentKind, o)
				clean(t, diags)
				expect(t, "writes of a destroy without an attachment", len(writes(srv)), 2)
				expect(t, "violations", srv.Violations(), []string{})
			})
		}
	}
}

// No list contains an attachment in a resource group: it never counts as deleted.
func TestAttachment_inAResourceGroup(t *testing.T) {
	t.Parallel()
	for _, listed := range []bool{false, true} {
		srv := withPrincipals(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.ListResourceGroupPolicies = listed }))
		c := newCore(t, srv.Getenv, fakeClock())
		config := readOnly("user_name", "alice").With("resource_group_id", "rg-1")
		o, diags := c.Create(attachmentKind, config)
		expect(t, "messages", acctest.Messages(diags), "")
		expect(t, "resource group", account(srv).Users["alice"].GroupPolicies[0].ResourceGroupID, "rg-1")
		fixed(t, c, attachmentKind, config, o)
		imported, diags := c.Import(attachmentKind, "user:ReadOnlyAccess:System:alice:rg-1")
		clean(t, diags)
		expect(t, "resource group", in(t, imported.State, "resource_group_id"), "rg-1")
		// An attachment of the same policy at account level is another one.
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Policies = []string{"System/ReadOnlyAccess"} })
		_, diags = c.Destroy(attachmentKind, o)
		clean(t, diags)
		expect(t, "in the resource group", len(account(srv).Users["alice"].GroupPolicies), 0)
		expect(t, "in the account", account(srv).Users["alice"].Policies, []string{"System/ReadOnlyAccess"})
	}
}

func TestAttachment_thatExistsIsAdoptedWithAWarning(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	srv.Change(attachReadOnly)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(attachmentKind, readOnly("user_name", "alice"))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Policy ReadOnlyAccess is already attached to the user", "adopted")
	expect(t, "writes", writes(srv), []string(nil))
	expect(t, "id", in(t, o.State, "principal_id"), aliceUserID)
}

// The service ignores the case of a policy's name, and lists the name as it was created: that is no drift, and no other policy.
func TestAttachment_caseOfThePolicy(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.CaseSensitivePolicies = false }))
	c := newCore(t, srv.Getenv, fakeClock())
	config := readOnly("user_name", "alice").With("policy_name", "readonlyaccess")
	o, diags := c.Create(attachmentKind, config)
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "policies", account(srv).Users["alice"].Policies, []string{"System/ReadOnlyAccess"})
	fixed(t, newCore(t, srv.Getenv, fakeClock()), attachmentKind, config, o)
	imported, diags := c.Import(attachmentKind, "user:readonlyaccess:System:alice")
	clean(t, diags)
	fixed(t, newCore(t, srv.Getenv, fakeClock()), attachmentKind, config, imported)

	// A corrected name changes the state only.
	srv.ForgetCalls()
	planned, diags := c.Plan(attachmentKind, readOnly("user_name", "alice"), o)
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "replaces", len(planned.RequiresReplace), 0)
	corrected, diags := c.Apply(attachmentKind, readOnly("user_name", "alice"), o)
	clean(t, diags)
	expect(t, "name", in(t, corrected.State, "policy_name"), "ReadOnlyAccess")
	expect(t, "writes", writes(srv), []string(nil))

	// Neither case hides an administrator, and a declaration covers both.
	_, diags = c.Plan(attachmentKind, config.With("policy_name", "administratoraccess"), c.Null(attachmentKind))
	contains(t, acctest.Messages(diags), "makes an administrator")
	set, diags := c.Create(policySetKind, attributes{"user_name": "alice", "allowed_policies": []string{"System:readonlyaccess"}, "enforce": "detach"})
	expect(t, "messages", acctest.Messages(diags), "")
	expect(t, "undeclared", in(t, set.State, "undeclared_policies"), []string{})

	_, diags = c.Destroy(attachmentKind, o)
	clean(t, diags)
	expect(t, "policies", len(account(srv).Users["alice"].Policies), 0)
	expect(t, "violations", srv.Violations(), []string{})

	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CaseSensitivePolicies = true })
	o, diags = c.Create(attachmentKind, config)
	contains(t, acctest.Messages(diags), `There is no system policy "readonlyaccess"`)
	expect(t, "state", o.State.IsNull(), true)
}

// A declared policy that this run attaches by another case is not detached.
func TestRule_caseOfAPolicyThatThisRunAttaches(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.CaseSensitivePolicies = false }))
	srv.Change(attachReadOnly)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "allowed_policies": []string{}, "enforce": "detach"}
	set, diags := c.Create(policySetKind, config)
	clean(t, diags)
	_, diags = c.Create(attachmentKind, readOnly("user_name", "alice").With("policy_name", "READONLYACCESS"))
	clean(t, diags)
	_, diags = c.Apply(policySetKind, config, set)
	contains(t, acctest.Messages(diags), "is not detached")
	expect(t, "policies", account(srv).Users["alice"].Policies, []string{"System/ReadOnlyAccess"})
}

func TestAttachment_warnsOfRights(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	const document = `{"Version":"1","Statement":[{"Effect":"Allow","Action":["ram:CreateAccessKey"],"Resource":"*"}]}`
	srv.Change(func(a *ramtest.Account) {
		a.Policies = map[string]*ramtest.Policy{"issue-keys": {Name: "issue-keys", DefaultVersion: "v1", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: document}}}}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	for _, test := range []struct{ kind, policy, want string }{
		{"System", "AdministratorAccess", `Policy AdministratorAccess makes an administrator of the group "developers"`},
		{"System", "AliyunRAMFullAccess", `Policy AliyunRAMFullAccess allows the group "developers" to change RAM`},
		{"Custom", "issue-keys", `Policy issue-keys allows the group "developers" to change RAM`},
		{"System", "AliyunOSSFullAccess", ""},
		{"Custom", "created-in-this-run", ""},
	} {
		_, diags := c.Plan(attachmentKind, attributes{"group_name": "developers", "policy_type": test.kind, "policy_name": test.policy}, c.Null(attachmentKind))
		clean(t, diags)
		if test.want == "" {
			expect(t, "messages", acctest.Messages(diags), "")
			continue
		}
		contains(t, acctest.Messages(diags), test.want)
	}
	// Another policy is another attachment, and is evaluated too.
	o, diags := c.Create(attachmentKind, readOnly("group_name", "developers"))
	clean(t, diags)
	_, diags = c.Plan(attachmentKind, attributes{"group_name": "developers", "policy_type": "System", "policy_name": "AdministratorAccess"}, o)
	contains(t, acctest.Messages(diags), "makes an administrator")
}

func TestAttachment_warnsOfTheLastAdministrator(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(attachmentKind, attributes{"user_name": "alice", "policy_type": "System", "policy_name": "AdministratorAccess"})
	clean(t, diags)
	_, diags = c.PlanDestroy(attachmentKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Account "+defaultAccount+" loses its last administrator", "the root account")
	// A group without members makes no administrator.
	srv.Change(func(a *ramtest.Account) { a.Groups["developers"].Policies = []string{"System/AdministratorAccess"} })
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(attachmentKind, o)
	contains(t, acctest.Messages(diags), "loses its last administrator")
	srv.Change(func(a *ramtest.Account) { a.Users["bob"].Groups = []string{"developers"} })
	_, diags = newCore(t, srv.Getenv, fakeClock()).PlanDestroy(attachmentKind, o)
	expect(t, "messages", acctest.Messages(diags), "")
}

// The permissions of the provider are not removed, unless that is allowed.
func TestAttachment_ofTheProviderIsDetachedOnlyIfAllowed(t *testing.T) {
	t.Parallel()
	for principal, name := range map[string]string{"user_name": "admin", "group_name": "developers"} {
		t.Run(principal, func(t *testing.T) {
			t.Parallel()
			srv := withPrincipals(t)
			srv.Change(func(a *ramtest.Account) { a.Users["admin"].Groups = []string{"developers"} })
			c := newCore(t, srv.Getenv, fakeClock())
			config := readOnly(principal, name)
			o, diags := c.Create(attachmentKind, config)
			clean(t, diags)
			srv.ForgetCalls()
			_, diags = c.PlanDestroy(attachmentKind, o)
			refused(t, diags, "allow_self", "Terraform runs with the permissions of", name)
			_, diags = c.Plan(attachmentKind, config.With("policy_name", "AliyunOSSFullAccess"), o)
			refused(t, diags, "allow_self", "Terraform runs with the permissions of")
			resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, attachmentKind, o))
			must(t, err)
			refused(t, resp.Diagnostics, "allow_self", "Terraform runs with the permissions of")
			expect(t, "writes", writes(srv), []string(nil))
			o, diags = c.Apply(attachmentKind, config.With("allow_self", true), o)
			clean(t, diags)
			_, diags = c.Destroy(attachmentKind, o)
			clean(t, diags)
		})
	}
}

func TestAttachment_followsARenamedPrincipal(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	c := newCore(t, srv.Getenv, fakeClock())
	ofUser, diags := c.Create(attachmentKind, readOnly("user_name", "alice"))
	clean(t, diags)
	ofGroup, diags := c.Create(attachmentKind, readOnly("group_name", "developers"))
	clean(t, diags)
	renameGroup(srv, "developers", "builders")
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		delete(a.Users, "alice")
		u.Name, a.Users["alicia"] = "alicia", u
	})
	c = newCore(t, srv.Getenv, fakeClock())
	ofUser, diags = c.Read(attachmentKind, ofUser)
	clean(t, diags)
	expect(t, "user", in(t, ofUser.State, "user_name"), "alicia")
	ofGroup, diags = c.Read(attachmentKind, ofGroup)
	clean(t, diags)
	expect(t, "group", in(t, ofGroup.State, "group_name"), "builders")
	fixed(t, c, attachmentKind, readOnly("user_name", "alicia"), ofUser)
	for _, config := range []attributes{readOnly("user_name", "bob"), readOnly("group_name", "builders")} {
		plan, diags := c.Plan(attachmentKind, config, ofUser)
		clean(t, diags)
		expect(t, "replaced", len(plan.RequiresReplace) > 0, true)
	}
	// What is detached elsewhere is gone after two reads.
	srv.Change(func(a *ramtest.Account) { a.Users["alicia"].Policies = nil })
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(attachmentKind, ofUser)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The policy attachment no longer exists")
	expect(t, "state", after.State.IsNull(), true)
}

func TestAttachment_oneStaleReadDoesNotRemoveIt(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(attachmentKind, readOnly("user_name", "alice"))
	clean(t, diags)
	late := ramtest.Rule{Action: "ListPoliciesForUser", Nth: "1", Stale: 1}
	srv.Inject(late)
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(attachmentKind, o)
	clean(t, diags)
	expect(t, "state", after.State.IsNull(), false)
	srv.Inject(late)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(attachmentKind, o)
	clean(t, diags)
	expect(t, "policies", len(account(srv).Users["alice"].Policies), 0)
}

func TestAttachment_badInput(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, test := range []struct {
		config attributes
		want   string
	}{
		{attributes{"policy_type": "System", "policy_name": "ReadOnlyAccess"}, "user_name"},
		{readOnly("user_name", "alice").With("group_name", "developers"), "user_name"},
		{readOnly("user_name", "alice").With("policy_type", "Own"), "policy_type"},
		{readOnly("user_name", "alice").With("policy_name", "a b"), "must be 1 to 128 letters"},
		{readOnly("user_name", "carol"), `does not have the user "carol"`},
		{readOnly("role_name", "missing"), `does not have the role "missing"`},
		{attributes{"user_name": "alice", "policy_type": "Custom", "policy_name": "missing"}, `There is no custom policy "missing"`},
	} {
		_, diags := c.Create(attachmentKind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want)
	}
	for id, want := range map[string]string{
		"alice": "does not name a policy attachment", "team:ReadOnlyAccess:System:alice": "does not name a policy attachment", "user:ReadOnlyAccess:Own:alice": "does not name a policy attachment",
		"user:ReadOnlyAccess:System:carol": `does not have the user "carol"`, "user:ReadOnlyAccess:System:alice": "is not attached to the user",
	} {
		_, diags := c.Import(attachmentKind, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), want)
	}
	expect(t, "policies", len(account(srv).Users["alice"].Policies), 0)
}

// The list has the attachments of roles, and without the permission to list roles those of groups and users.
func TestAttachment_listIncludesRoles(t *testing.T) {
	t.Parallel()
	srv := withPrincipals(t)
	srv.Change(func(a *ramtest.Account) {
		a.Roles["auditor"] = &ramtest.Role{ID: "300000000000000002", Name: "auditor", Policies: []string{"System/ReadOnlyAccess"}}
		a.Users["alice"].Policies = []string{"System/ReadOnlyAccess"}
	})
	names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(attachmentKind, attributes{"policy_name": "ReadOnlyAccess"}, true, 0))
	expect(t, "failures", len(failures), 0)
	contains(t, strings.Join(names, "\n"), `ReadOnlyAccess of the role "auditor"`, `ReadOnlyAccess of the user "alice"`)
	srv.Inject(ramtest.Rule{Action: "ListRoles", Fault: "code", Status: 403, Code: "NoPermission"})
	names, failures = namesOf(newCore(t, srv.Getenv, fakeClock()).List(attachmentKind, attributes{"policy_name": "ReadOnlyAccess"}, true, 0))
	contains(t, strings.Join(names, "\n"), `ReadOnlyAccess of the user "alice"`)
	expect(t, "failures", len(failures), 1)
}
