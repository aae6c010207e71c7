// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestUser_dependantsAreRemovedBeforeTheUser(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) {
		a.Groups = map[string]*ramtest.Group{"dev": {ID: "g-1", Name: "dev"}, "ops": {ID: "g-2", Name: "ops"}}
		a.Users["alice"] = &ramtest.User{
			ID: "7", Name: "alice", DisplayName: "alice", Groups: []string{"dev", "ops"}, Policies: []string{"System/ReadOnlyAccess", "Custom/own"},
		}
	})
	client := clientOf(t, fake)
	groups, err := client.UserGroups(t.Context(), "alice")
	slices.Sort(groups)
	if err != nil || !slices.Equal(groups, []string{"dev", "ops"}) {
		t.Errorf("groups %v, error %v", groups, err)
	}
	policies, err := client.AttachedPolicies(t.Context(), Principal{UserPrincipal, "alice"})
	if err != nil || len(policies) != 2 || !slices.Contains(policies, Policy{"System", "ReadOnlyAccess"}) || !slices.Contains(policies, Policy{"Custom", "own"}) {
		t.Errorf("policies %v, error %v", policies, err)
	}
	if err := client.DeleteUser(t.Context(), "7"); !Conflict(err) || OutcomeUnknown(err) {
		t.Errorf("delete with dependent objects: %v", err)
	}
	for _, group := range groups {
		if err := client.RemoveUserFromGroup(t.Context(), "alice", group); err != nil {
			t.Error(err)
		}
	}
	for _, policy := range policies {
		if err := client.DetachPolicy(t.Context(), Principal{UserPrincipal, "alice"}, policy, ""); err != nil {
			t.Error(err)
		}
	}
	if err := client.RemoveUserFromGroup(t.Context(), "alice", "dev"); !NotFound(err, "User.Group") {
		t.Errorf("left again: %v", err)
	}
	if groups, err := client.UserGroups(t.Context(), "alice"); err != nil || !reflect.DeepEqual(groups, []string{}) {
		t.Errorf("groups %v, error %v", groups, err)
	}
	if policies, err := client.AttachedPolicies(t.Context(), Principal{UserPrincipal, "alice"}); err != nil || !reflect.DeepEqual(policies, []Policy{}) {
		t.Errorf("policies %v, error %v", policies, err)
	}
	if err := client.DeleteUser(t.Context(), "7"); err != nil {
		t.Error(err)
	}
}

// An absent list counts as empty if nothing depends on it. An absent list of AccessKeys is
// refused, and so is an item without its name or id.
func TestAnIncompleteListIsRefused(t *testing.T) {
	t.Parallel()
	empty := map[string]bool{"Groups": true, "Group": true, "VirtualMFADevices": true, "VirtualMFADevice": true}
	for fields, read := range map[string]func(context.Context, *Client) error{
		"Groups Group GroupName": func(ctx context.Context, c *Client) error { return second(c.UserGroups(ctx, "user-0001")) },
		"Policies Policy PolicyName PolicyType": func(ctx context.Context, c *Client) error {
			return second(c.AttachedPolicies(ctx, Principal{UserPrincipal, "user-0001"}))
		},
		"AccessKeys AccessKey AccessKeyId Status CreateDate": func(ctx context.Context, c *Client) error { return second(c.AccessKeys(ctx, "user-0001")) },
		"VirtualMFADevices VirtualMFADevice SerialNumber":    func(ctx context.Context, c *Client) error { return second(c.MFADevices(ctx)) },
	} {
		for field := range strings.FieldsSeq(fields) {
			fake := ramtest.New(t)
			fake.Populate(1)
			fake.Change(func(a *ramtest.Account) {
				a.Groups = map[string]*ramtest.Group{"dev": {ID: "g-1", Name: "dev"}}
				a.Users["user-0001"].Groups, a.Users["user-0001"].Policies = []string{"dev"}, []string{"System/p"}
			})
			client := clientOf(t, fake)
			if err := read(t.Context(), client); err != nil {
				t.Fatalf("complete response: %v", err)
			}
			client = clientOf(t, fake)
			fake.Inject(ramtest.Rule{Action: "List*", Fault: "drop_fields", Body: field})
			if err := read(t.Context(), client); (err == nil) != empty[field] || NotFound(err, "User") {
				t.Errorf("without %s: %v", field, err)
			}
		}
	}
}

func TestAListThatIsLeftOutIsEmpty(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{}`) })
	client := newTestClient(t, server.URL)
	client.caches.domain.put("", "a.onaliyun.com")
	groups, err1 := client.UserGroups(t.Context(), "alice")
	passkeys, err2 := client.Passkeys(t.Context(), "alice")
	recycled, err3 := client.RecycledKeys(t.Context(), "7")
	if err := errors.Join(err1, err2, err3); err != nil || len(groups)+len(passkeys)+len(recycled) != 0 {
		t.Error(groups, passkeys, recycled, err)
	}
	if _, err := client.AccessKeys(t.Context(), "alice"); err == nil {
		t.Error("an absent list of AccessKeys counts as empty")
	}
	if _, err := client.AttachedPolicies(t.Context(), Principal{UserPrincipal, "alice"}); err == nil {
		t.Error("an absent list of policies counts as empty")
	}
	if _, err := client.MFADevices(t.Context()); err == nil {
		t.Error("an incomplete list of devices counts as complete")
	}
}
