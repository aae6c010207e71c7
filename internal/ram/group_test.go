// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestGroup_isCreatedChangedFilledAndDeleted(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 2 }))
	fake.Populate(5)
	client := clientOf(t, fake)
	created, err := client.CreateGroup(t.Context(), Group{Name: "ops", DisplayName: "Operations", Comments: "one"})
	if err != nil || created.ID == "" || created.CreateDate.IsZero() {
		t.Fatalf("created %+v, error %v", created, err)
	}
	if _, err := client.CreateGroup(t.Context(), Group{Name: "ops"}); !Exists(err) {
		t.Errorf("a second group with the same name: %v", err)
	}
	if err := client.UpdateGroup(t.Context(), "ops", GroupChange{Name: new("operators"), Comments: new("")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Group(t.Context(), "ops"); !NotFound(err, "Group") {
		t.Errorf("the old name: %v", err)
	}
	got, err := client.Group(t.Context(), "operators")
	if err != nil || got.ID != created.ID || got.DisplayName != "Operations" || got.Comments != "" {
		t.Errorf("got %+v, error %v", got, err)
	}
	if byID, found, err := client.GroupByID(t.Context(), created.ID); err != nil || !found || byID != got {
		t.Errorf("by id: byID %+v, found %t, error %v", byID, found, err)
	}
	if _, found, err := client.GroupByID(t.Context(), "g-other"); err != nil || found {
		t.Errorf("another id: found %t, error %v", found, err)
	}

	names := []string{"user-0001", "user-0002", "user-0003", "user-0004", "user-0005"}
	for _, name := range names {
		if err := client.AddUserToGroup(t.Context(), name, "operators"); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.AddUserToGroup(t.Context(), names[0], "operators"); !Exists(err) {
		t.Errorf("added again: %v", err)
	}
	members, err := client.GroupMembers(t.Context(), "operators")
	if err != nil || len(members) != len(names) {
		t.Errorf("members %v, error %v", members, err)
	}
	for _, member := range members {
		if user, err := client.User(t.Context(), member.UserName); err != nil || user.ID != member.UserID {
			t.Errorf("member %+v: user %+v, error %v", member, user, err)
		}
	}
	if err := client.DeleteGroup(t.Context(), "operators"); !Conflict(err) {
		t.Errorf("deleting a group with members: %v", err)
	}
	for _, name := range names {
		if err := client.RemoveUserFromGroup(t.Context(), name, "operators"); err != nil {
			t.Fatal(err)
		}
	}
	if members, err := client.GroupMembers(t.Context(), "operators"); err != nil || len(members) != 0 {
		t.Errorf("members after removal: members %v, error %v", members, err)
	}
	if err := client.DeleteGroup(t.Context(), "operators"); err != nil {
		t.Error(err)
	}
	if _, err := client.GroupMembers(t.Context(), "operators"); !NotFound(err, "Group") {
		t.Errorf("members of a deleted group: %v", err)
	}
}

func TestGroup_policiesOfEachPrincipal(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) {
		a.Groups["ops"] = &ramtest.Group{ID: "g-1", Name: "ops"}
		a.Roles["deploy"] = &ramtest.Role{ID: "3", Name: "deploy"}
	})
	client := clientOf(t, fake)
	policy := Policy{"System", "ReadOnlyAccess"}
	for _, to := range []Principal{{UserPrincipal, "admin"}, {GroupPrincipal, "ops"}, {RolePrincipal, "deploy"}} {
		before, err := client.AttachedPolicies(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.AttachPolicy(t.Context(), to, policy, ""); err != nil {
			t.Errorf("%v: %v", to, err)
		}
		if err := client.AttachPolicy(t.Context(), to, policy, ""); !Exists(err) {
			t.Errorf("%v, again: %v", to, err)
		}
		// In a resource group it is a separate attachment, which no list returns.
		if err := client.AttachPolicy(t.Context(), to, policy, "rg-1"); err != nil {
			t.Errorf("%v in a resource group: %v", to, err)
		}
		after, err := client.AttachedPolicies(t.Context(), to)
		if err != nil || len(after) != len(before)+1 || !slices.Contains(after, policy) {
			t.Errorf("%v has %v, %v", to, after, err)
		}
		for _, resourceGroup := range []string{"", "rg-1"} {
			if err := client.DetachPolicy(t.Context(), to, policy, resourceGroup); err != nil {
				t.Errorf("%v: %v", to, err)
			}
			if err := client.DetachPolicy(t.Context(), to, policy, resourceGroup); !NotFound(err, string(to.Kind)+".Policy") {
				t.Errorf("%v, again: %v", to, err)
			}
		}
		if err := client.AttachPolicy(t.Context(), to, Policy{"Custom", "missing"}, ""); !NotFound(err, "Policy") {
			t.Errorf("a policy that does not exist: %v", err)
		}
	}
}

// A call without the name of a group or principal is not sent.
func TestGroup_withoutANameNothingIsSent(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	for name, call := range map[string]func(context.Context) error{
		"create":      func(ctx context.Context) error { return second(client.CreateGroup(ctx, Group{})) },
		"read":        func(ctx context.Context) error { return second(client.Group(ctx, " ")) },
		"update":      func(ctx context.Context) error { return client.UpdateGroup(ctx, "", GroupChange{}) },
		"rename":      func(ctx context.Context) error { return client.UpdateGroup(ctx, "ops", GroupChange{Name: new("")}) },
		"delete":      func(ctx context.Context) error { return client.DeleteGroup(ctx, "") },
		"members":     func(ctx context.Context) error { return second(client.GroupMembers(ctx, "")) },
		"add a user":  func(ctx context.Context) error { return client.AddUserToGroup(ctx, "", "ops") },
		"to no group": func(ctx context.Context) error { return client.AddUserToGroup(ctx, "admin", "") },
		"attach": func(ctx context.Context) error {
			return client.AttachPolicy(ctx, Principal{UserPrincipal, ""}, Policy{"System", "ReadOnlyAccess"}, "")
		},
		"policies": func(ctx context.Context) error {
			return second(client.AttachedPolicies(ctx, Principal{RolePrincipal, ""}))
		},
	} {
		if err := call(t.Context()); err == nil || OutcomeUnknown(err) || !strings.Contains(err.Error(), "is empty") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls := fake.Calls(); len(calls) > 0 {
		t.Errorf("sent: %v", calls)
	}
}

func TestGroup_anIncompleteListOfMembersIsRefused(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{"Users,IsTruncated", "User,IsTruncated", "UserId", "UserPrincipalName"} {
		fake := ramtest.New(t)
		fake.Change(func(a *ramtest.Account) {
			a.Groups["ops"] = &ramtest.Group{ID: "g-1", Name: "ops"}
			a.Users["admin"].Groups = []string{"ops"}
		})
		fake.Inject(ramtest.Rule{Action: "ListUsersForGroup", Fault: "drop_fields", Body: fields})
		if members, err := clientOf(t, fake).GroupMembers(t.Context(), "ops"); err == nil || members != nil {
			t.Errorf("without %s: members %v, error %v", fields, members, err)
		}
	}
}
