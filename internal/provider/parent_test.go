// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Another administrator deletes the user, group or role that an object is part of: the object leaves the state with a
// warning after two reads, its destroy succeeds, and a plan creates it again.
func TestParent_deletedWithItsObjects(t *testing.T) {
	t.Parallel()
	deleteUser := func(a *ramtest.Account) { delete(a.Users, "alice") }
	deleteRole := func(a *ramtest.Account) { delete(a.Roles, "deploy") }
	deleteGroup := func(a *ramtest.Account) {
		delete(a.Groups, "developers")
		for _, user := range a.Users {
			user.Groups = nil
		}
	}
	allowed := func(name, value string) attributes { return attributes{name: value, "allowed_policies": []string{}} }
	for name, test := range map[string]struct {
		kind   string
		config attributes
		remove func(*ramtest.Account)
	}{
		"membership, user":          {membershipKind, aliceDevelops, deleteUser},
		"membership, group":         {membershipKind, aliceDevelops, deleteGroup},
		"attachment, user":          {attachmentKind, readOnly("user_name", "alice"), deleteUser},
		"attachment, group":         {attachmentKind, readOnly("group_name", "developers"), deleteGroup},
		"attachment, role":          {attachmentKind, readOnly("role_name", "deploy"), deleteRole},
		"service credential, user":  {credentialType, botOf(nil), deleteUser},
		"exclusive members, group":  {groupMembersKind, attributes{"group_name": "developers", "allowed_user_names": []string{}}, deleteGroup},
		"exclusive policies, user":  {policySetKind, allowed("user_name", "alice"), deleteUser},
		"exclusive policies, group": {policySetKind, allowed("group_name", "developers"), deleteGroup},
		"exclusive policies, role":  {policySetKind, allowed("role_name", "deploy"), deleteRole},
		"exclusive credentials, user": {
			exclusiveKind, exclusively("alice", "report").Merge(attributes{"allowed_service_credential_ids": []string{}, "allowed_passkey_ids": []string{}}), deleteUser,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withPrincipals(t)
			o, diags := newCore(t, srv.Getenv, fakeClock()).Create(test.kind, test.config)
			clean(t, diags)
			srv.Change(test.remove)
			srv.ForgetCalls()
			after, diags := newCore(t, srv.Getenv, fakeClock()).Read(test.kind, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "WARNING: ")
			expect(t, "state", after.State.IsNull(), true)
			_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(test.kind, o)
			clean(t, diags)
			c := newCore(t, srv.Getenv, fakeClock())
			_, diags = c.Plan(test.kind, test.config, c.Null(test.kind))
			clean(t, diags) // the user may be created in the same run
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}
