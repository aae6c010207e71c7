// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// acceptedWrite is a create, an update or a destroy that the service accepts.
type acceptedWrite struct {
	arrange       func(*ramtest.Account)
	kind          string
	before, after attributes // before: nil for a create; after: nil for a destroy
	write, read   string     // the operation that changes the object, and the one that shows the change
	summary       string     // of the warning
	unread, stale string     // what it says if the change cannot be read, and if it is not shown; stale: empty if that is an error
}

var acceptedWrites = map[string]acceptedWrite{
	"membership": {
		kind: membershipKind, after: aliceDevelops, write: "AddUserToGroup", read: "ListUsersForGroup", summary: "Cannot confirm the group membership",
		unread: "reading the members of the group failed", stale: `does not list "alice" as a member of "developers" yet`,
	},
	"attachment": {
		kind: attachmentKind, after: readOnly("user_name", "alice"), write: "AttachPolicyToUser", read: "ListPoliciesForUser", summary: "Cannot confirm the policy attachment",
		unread: "reading the policies failed", stale: `does not list the policy "ReadOnlyAccess" for the user "alice" yet`,
	},
	"user": {
		kind: userKind, after: attributes{"name": "carol"}, write: "CreateUser", read: "GetUser", summary: "Cannot confirm the user",
		unread: "reading the user back failed", stale: `still does not show a user "carol"`,
	},
	"update of a user": {
		kind: userKind, before: attributes{"name": "carol", "comments": "one"}, after: attributes{"name": "carol", "comments": "two"}, write: "UpdateUser", read: "GetUser",
		summary: "Cannot confirm the user", unread: "reading the user back failed", stale: "still returns other values than the written ones: comments",
	},
	"group": {
		kind: groupKind, after: attributes{"name": "auditors"}, write: "CreateGroup", read: "GetGroup", summary: "Cannot confirm the group",
		unread: "reading the group failed", stale: `does not return the group "auditors" as it was written`,
	},
	"update of a group": {
		kind: groupKind, before: attributes{"name": "auditors"}, after: attributes{"name": "auditors", "comments": "two"}, write: "UpdateGroup", read: "GetGroup", summary: "Cannot confirm the group",
		unread: "reading the group failed", stale: `does not return the group "auditors" as it was written`,
	},
	"login profile": {
		kind: profileKind, after: logon(nil), write: "CreateLoginProfile", read: "GetLoginProfile", summary: "Cannot confirm the login profile",
		unread: "reading the login profile back failed", stale: "still returns other values than the written ones",
	},
	"update of a login profile": {
		kind: profileKind, before: logon(nil), after: logon(attributes{"mfa_bind_required": true}), write: "UpdateLoginProfile", read: "GetLoginProfile", summary: "Cannot confirm the login profile",
		unread: "reading the login profile back failed", stale: "still returns other values than the written ones",
	},
	"MFA device": {
		kind: deviceKind, after: boundPhone, write: "BindMFADevice", read: "ListVirtualMFADevices", summary: "Cannot confirm the virtual MFA device",
		unread: "reading the device failed", stale: "does not return the change yet",
	},
	"MFA binding": {
		arrange: func(a *ramtest.Account) {
			a.MFADevices[phoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, Seed: acctest.PhoneSeed, CreateDate: a.Users["alice"].CreateDate}
		},
		kind: bindingKind, after: bindingOf("alice", acctest.PhoneSeed), write: "BindMFADevice", read: "ListVirtualMFADevices", summary: "Cannot confirm the MFA binding",
		unread: "reading it back failed", stale: "does not show the binding yet",
	},
	"name of a service credential": {
		kind: credentialType, before: botOf(nil), after: botOf(attributes{"service_credential_name": "robot"}), write: "UpdateServiceCredential", read: "ListServiceCredentials",
		summary: "Cannot confirm the name of the service credential", unread: "NoPermission", stale: "has not listed it by that name within",
	},
	"status of an AccessKey": {
		kind: accessKey, before: attributes{"user_name": "alice", "status": "Active"}, after: attributes{"user_name": "alice", "status": "Inactive"}, write: "UpdateAccessKey", read: "ListAccessKeys",
		summary: "Cannot confirm the AccessKey", unread: "NoPermission",
	},
	"status of an AccessKey that is enabled": {
		kind: accessKey, before: attributes{"user_name": "alice", "status": "Inactive"}, after: attributes{"user_name": "alice", "status": "Active"}, write: "UpdateAccessKey", read: "ListAccessKeys",
		summary: "Cannot confirm the AccessKey", unread: "NoPermission", stale: "has not listed it as Active within",
	},
	"verification": {
		kind: verificationKind, after: securityOfAlice, write: "SetVerificationInfo", read: "GetVerificationInfo", summary: "Cannot confirm the verification",
		unread: "NoPermission", stale: "It does not return the change yet",
	},
	"end of a membership": {
		kind: membershipKind, before: aliceDevelops, write: "RemoveUserFromGroup", read: "ListUsersForGroup", summary: "Cannot confirm that the group membership is deleted", unread: "NoPermission",
	},
	"end of an attachment": {
		kind: attachmentKind, before: readOnly("user_name", "alice"), write: "DetachPolicyFromUser", read: "ListPoliciesForUser", summary: "Cannot confirm that the policy attachment is deleted", unread: "NoPermission",
	},
	"end of a user": {
		kind: userKind, before: attributes{"name": "carol"}, write: "DeleteUser", read: "GetUser", summary: "Cannot confirm that the user is deleted", unread: "NoPermission",
	},
	"end of a group": {
		kind: groupKind, before: attributes{"name": "auditors"}, write: "DeleteGroup", read: "GetGroup", summary: "Cannot confirm that the group is deleted", unread: "NoPermission",
	},
	"end of a login profile": {
		kind: profileKind, before: logon(nil), write: "DeleteLoginProfile", read: "GetLoginProfile", summary: "Cannot confirm that the login profile is deleted", unread: "NoPermission",
	},
	"end of a verification": {
		kind: verificationKind, before: attributes{"user_name": "alice", "security_email": "alice@example.com"}, write: "UnbindVerification", read: "GetVerificationInfo",
		summary: "Cannot confirm that the verification is deleted", unread: "NoPermission",
	},
}

// prepare returns an account with the object as it was before the write.
func (w acceptedWrite) prepare(t *testing.T) (*ramtest.Server, acctest.Object) {
	t.Helper()
	srv := withDevelopers(t)
	if w.arrange != nil {
		srv.Change(w.arrange)
	}
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	o := c.Null(w.kind)
	if w.before != nil {
		var diags []*tfprotov6.Diagnostic
		o, diags = c.Create(w.kind, w.before)
		clean(t, diags)
		srv.Advance(time.Minute) // the write of the test has another time
	}
	srv.ForgetCalls()
	return srv, o
}

// apply performs the write, and checks that it succeeds with the one warning, and is sent once.
func (w acceptedWrite) apply(t *testing.T, srv *ramtest.Server, o acctest.Object, want string) {
	t.Helper()
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	var diags []*tfprotov6.Diagnostic
	if w.after == nil {
		_, diags = c.Destroy(w.kind, o)
	} else {
		plan, problems := c.Plan(w.kind, w.after, o)
		clean(t, problems)
		o, diags = c.ApplyPlan(w.kind, w.after, o, plan)
		expect(t, "in the state", o.State.IsNull(), false)
	}
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: "+w.summary, want)
	if !slices.Contains(writes(srv), w.write) {
		t.Errorf("the writes are %v", writes(srv))
	}
}

// A write that the service accepts, and that cannot be read back, succeeds with a warning: the next refresh reads the account.
func TestConfirm_warnsOfAnAcceptedWriteThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, w := range acceptedWrites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, o := w.prepare(t)
			srv.AfterWrites(func(action string, a *ramtest.Account) {
				if action == w.write {
					a.Users["admin"].Denied = []string{w.read}
				}
			})
			w.apply(t, srv, o, w.unread)
		})
	}
}

// The same holds for a write that the service does not show for longer than a late read explains.
func TestConfirm_warnsOfAnAcceptedWriteThatIsNotShown(t *testing.T) {
	t.Parallel()
	for name, w := range acceptedWrites {
		if w.stale == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, o := w.prepare(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1000 })
			w.apply(t, srv, o, w.stale)
		})
	}
}

// A destroy is complete only when the service no longer shows the object: until then it stays in the state.
func TestConfirm_keepsWhatTheServiceStillShowsAfterADestroy(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		membershipKind: "still returns the group membership a minute after the request", attachmentKind: "still returns the policy attachment a minute after the request",
		userKind: "still returns the user a minute after the request", groupKind: "still returns the group a minute after the request", profileKind: "still returns the login profile a minute after the request",
		verificationKind: "still returns the address", deviceKind: "The service accepted the deletion, but it could not be confirmed.", bindingKind: "it could not be confirmed that the device is unbound",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, w := range acceptedWrites {
				if w.kind != kind || w.before != nil {
					continue
				}
				w.before, w.after = w.after, nil
				srv, o := w.prepare(t)
				srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1000 })
				after, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Destroy(kind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), want)
				expect(t, "the state is unchanged", after.State.Equal(o.State), true)
			}
		})
	}
}
