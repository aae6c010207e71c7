// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestUser_createReadUpdateDelete(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = absent }))
		client := clientOf(t, fake)
		created, err := client.CreateUser(t.Context(), User{Name: "alice", Comments: "platform", Tags: map[string]string{"team": "a", "empty": ""}})
		if err != nil {
			t.Fatal(err)
		}
		want := User{
			ID: created.ID, Name: "alice", PrincipalName: "alice@" + fakeAccount + ".onaliyun.com", DisplayName: "alice", Comments: "platform",
			ProvisionType: "Manual", CreateDate: created.CreateDate, UpdateDate: created.UpdateDate, Tags: map[string]string{"team": "a", "empty": ""},
		}
		if created.ID == "" || created.CreateDate.IsZero() || created.CreateDate.Sub(fake.Now()).Abs() > time.Minute || !reflect.DeepEqual(created, want) {
			t.Errorf("created %+v, want %+v", created, want)
		}
		if got, err := client.UserByID(t.Context(), created.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v, want %+v, %v", got, want, err)
		}

		changed, err := client.UpdateUser(t.Context(), created.ID, UserChange{
			Name: new("bob"), DisplayName: new("Bob B."), MobilePhone: new("86-13900001234"), Email: new("bob@example.com"), Comments: new(""),
		})
		if err != nil || changed.Name != "bob" || changed.ID != created.ID || changed.Tags != nil {
			t.Errorf("changed %+v, %v", changed, err)
		}
		want.Name, want.PrincipalName, want.DisplayName, want.Comments = "bob", "bob@"+fakeAccount+".onaliyun.com", "Bob B.", ""
		want.MobilePhone, want.Email, want.UpdateDate = "86-13900001234", "bob@example.com", changed.UpdateDate
		if got, err := client.User(t.Context(), "bob"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v, want %+v, %v", got, want, err)
		}
		if _, err := client.User(t.Context(), "alice"); !NotFound(err, "User") {
			t.Errorf("the old name: %v", err)
		}
		if _, err := client.UpdateUser(t.Context(), created.ID, UserChange{MobilePhone: new("")}); err != nil {
			t.Fatal(err)
		}
		if got, err := client.RefreshUser(t.Context(), "bob"); err != nil || got.MobilePhone != "" || got.Email != "bob@example.com" {
			t.Errorf("unchanged and cleared values: got %+v, error %v", got, err)
		}
		if err := client.DeleteUser(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := client.UserByID(t.Context(), created.ID); !NotFound(err, "User") {
			t.Errorf("deleted: %v", err)
		}
		if err := client.DeleteUser(t.Context(), created.ID); !NotFound(err, "User") {
			t.Errorf("deleted again: %v", err)
		}
	}
}

func TestUser_longNameIsShortenedAsDisplayName(t *testing.T) {
	t.Parallel()
	client := clientOf(t, ramtest.New(t))
	name := strings.Repeat("long-", 10)
	if user, err := client.CreateUser(t.Context(), User{Name: name}); err != nil || user.Name != name || user.DisplayName != name[:24] {
		t.Errorf("user %+v, error %v", user, err)
	}
	if user, err := client.CreateUser(t.Context(), User{Name: "bob", DisplayName: "Bob"}); err != nil || user.DisplayName != "Bob" {
		t.Errorf("user %+v, error %v", user, err)
	}
	if _, err := client.CreateUser(t.Context(), User{Name: "bob"}); !Exists(err) || OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
}

func TestAllUsersAreListedFrozenOnesToo(t *testing.T) {
	t.Parallel()
	for _, millis := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.LastLoginInMilliseconds = millis }))
		fake.Populate(4)
		logon := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
		fake.Change(func(a *ramtest.Account) {
			a.Users["user-0002"].Status = "freeze"
			a.Users["user-0003"].LastLoginDate = logon
		})
		found := map[string]time.Time{}
		for user, err := range clientOf(t, fake).Users(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			found[user.Name] = user.LastLoginDate
		}
		want := map[string]time.Time{"admin": {}, "user-0001": {}, "user-0002": {}, "user-0003": logon, "user-0004": {}}
		if !maps.EqualFunc(found, want, time.Time.Equal) {
			t.Errorf("found %v", found)
		}
	}
}

func TestAccessKeyOwner(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(1)
	var ofUser, ofRoot string
	fake.Change(func(a *ramtest.Account) {
		a.Keys = []*ramtest.AccessKey{{ID: "LTAIroot", Secret: "s", Status: "Active"}}
		ofUser, ofRoot = a.Users["user-0001"].Keys[0].ID, "LTAIroot"
	})
	client := clientOf(t, fake)
	if user, err := client.AccessKeyOwner(t.Context(), ofUser); err != nil || user.Name != "user-0001" {
		t.Errorf("user %+v, error %v", user, err)
	}
	for _, id := range []string{ofRoot, "LTAIunknown"} {
		if user, err := client.AccessKeyOwner(t.Context(), id); !NotFound(err, "User") || user.ID != "" {
			t.Errorf("%s: user %+v, error %v", id, user, err)
		}
	}
	fake.ForgetCalls()
	for range 2 {
		if id, err := client.AccessKeyOwnerID(t.Context(), ofUser); err != nil || id == "" {
			t.Errorf("id %q, error %v", id, err)
		}
		if id, err := client.AccessKeyOwnerID(t.Context(), ofRoot); !NotFound(err, "User") || id != "" {
			t.Errorf("id %q, error %v", id, err)
		}
	}
	callsOf(t, fake, "the owner is read once, unless it was not found", map[string]int{"GetUser": 3})
}

func TestUsers_areCachedUntilRefreshed(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	admin, err := client.User(t.Context(), "admin")
	if err != nil || second(client.UserByID(t.Context(), admin.ID)) != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]struct {
		shared, now func(context.Context, string) (User, error)
		by          string
	}{
		"by name": {client.User, client.RefreshUser, "admin"},
		"by id":   {client.UserByID, client.RefreshUserByID, admin.ID},
	} {
		fake.Change(func(a *ramtest.Account) { a.Users["admin"].Comments = name })
		if got, err := read.shared(t.Context(), read.by); err != nil || got.Comments != "" {
			t.Errorf("%s, cached: got %+v, error %v", name, got, err)
		}
		if got, err := read.now(t.Context(), read.by); err != nil || got.Comments != name {
			t.Errorf("%s, refreshed: got %+v, error %v", name, got, err)
		}
	}
}

func TestUser_tagsAreAddedAndRemoved(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	admin, err := client.User(t.Context(), "admin")
	if err != nil || len(admin.Tags) != 0 {
		t.Fatalf("admin %+v, error %v", admin, err)
	}
	for _, test := range []struct {
		do   func() error
		want map[string]string
	}{
		{func() error { return client.TagUser(t.Context(), admin.ID, map[string]string{"a": "1", "b": ""}) }, map[string]string{"a": "1", "b": ""}},
		{func() error { return client.TagUser(t.Context(), admin.ID, map[string]string{"a": "2"}) }, map[string]string{"a": "2", "b": ""}},
		{func() error { return client.UntagUser(t.Context(), admin.ID, nil) }, map[string]string{"a": "2", "b": ""}},
		{func() error { return client.UntagUser(t.Context(), admin.ID, []string{"b", "c"}) }, map[string]string{"a": "2"}},
	} {
		if err := test.do(); err != nil {
			t.Fatal(err)
		}
		if user, err := client.User(t.Context(), "admin"); err != nil || !maps.Equal(user.Tags, test.want) {
			t.Errorf("user.Tags %v, want %v, error %v", user.Tags, test.want, err)
		}
	}
	if err := client.TagUser(t.Context(), "1", map[string]string{"a": "1"}); !NotFound(err, "User") {
		t.Errorf("error: %v", err)
	}
}

func TestManyTagsAreSentInParts(t *testing.T) {
	t.Parallel()
	var keys []string
	tags := map[string]string{}
	for i := range 45 {
		key := fmt.Sprintf("key-%02d", i)
		keys = append(keys, key)
		tags[key] = "value of " + key
	}
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{"RequestId":"R"}`) })
	client := newTestClient(t, server.URL)
	if err := errors.Join(client.TagUser(t.Context(), "7", tags), client.UntagUser(t.Context(), "7", keys)); err != nil {
		t.Fatal(err)
	}
	forms := server.received()
	if len(forms) != 6 {
		t.Fatalf("%d calls", len(forms))
	}
	var tagged, untagged []string
	for i, form := range forms {
		if form.Get("ResourceType") != "user" || form.Get("ResourceId.1") != "7" || form.Has("Tag.21.Key") || form.Has("TagKey.21") {
			t.Errorf("call %d: %v", i, business(form))
		}
		for n := 1; n <= tagsPerCall; n++ {
			if key := form.Get(fmt.Sprintf("Tag.%d.Key", n)); key != "" {
				tagged = append(tagged, key+"="+form.Get(fmt.Sprintf("Tag.%d.Value", n)))
			}
			if key := form.Get(fmt.Sprintf("TagKey.%d", n)); key != "" {
				untagged = append(untagged, key)
			}
		}
	}
	if !slices.Equal(untagged, keys) || len(tagged) != 45 || tagged[44] != "key-44=value of key-44" {
		t.Errorf("tagged %v, untagged %v", tagged, untagged)
	}
}

// withoutName returns all calls for a user, with a blank name or id.
func withoutName(blank string) map[string]func(context.Context, *Client) error {
	return map[string]func(context.Context, *Client) error{
		"User":       func(ctx context.Context, c *Client) error { _, err := c.User(ctx, blank); return err },
		"UserByID":   func(ctx context.Context, c *Client) error { _, err := c.UserByID(ctx, blank); return err },
		"KeyOwner":   func(ctx context.Context, c *Client) error { _, err := c.AccessKeyOwner(ctx, blank); return err },
		"CreateUser": func(ctx context.Context, c *Client) error { _, err := c.CreateUser(ctx, User{Name: blank}); return err },
		"UpdateUser": func(ctx context.Context, c *Client) error {
			_, err := c.UpdateUser(ctx, blank, UserChange{})
			return err
		},
		"rename": func(ctx context.Context, c *Client) error {
			_, err := c.UpdateUser(ctx, "7", UserChange{Name: &blank})
			return err
		},
		"DeleteUser": func(ctx context.Context, c *Client) error { return c.DeleteUser(ctx, blank) },
		"TagUser":    func(ctx context.Context, c *Client) error { return c.TagUser(ctx, blank, map[string]string{"a": "b"}) },
		"UntagUser":  func(ctx context.Context, c *Client) error { return c.UntagUser(ctx, blank, []string{"a"}) },
		"UserGroups": func(ctx context.Context, c *Client) error { _, err := c.UserGroups(ctx, blank); return err },
		"RemoveUser": func(ctx context.Context, c *Client) error { return c.RemoveUserFromGroup(ctx, blank, "g") },
		"Policies": func(ctx context.Context, c *Client) error {
			_, err := c.AttachedPolicies(ctx, Principal{UserPrincipal, blank})
			return err
		},
		"Detach": func(ctx context.Context, c *Client) error {
			return c.DetachPolicy(ctx, Principal{UserPrincipal, blank}, Policy{"System", "p"}, "")
		},
		"Profile": func(ctx context.Context, c *Client) error { _, err := c.LoginProfile(ctx, blank); return err },
		"New profile": func(ctx context.Context, c *Client) error {
			_, err := c.CreateLoginProfile(ctx, blank, LoginProfileChange{})
			return err
		},
		"Set profile": func(ctx context.Context, c *Client) error {
			return c.UpdateLoginProfile(ctx, blank, LoginProfileChange{})
		},
		"No profile": func(ctx context.Context, c *Client) error { return c.DeleteLoginProfile(ctx, blank) },
		"Keys":       func(ctx context.Context, c *Client) error { _, err := c.AccessKeys(ctx, blank); return err },
		"Keys now":   func(ctx context.Context, c *Client) error { _, err := c.RefreshAccessKeys(ctx, blank); return err },
		"New key":    func(ctx context.Context, c *Client) error { _, err := c.CreateAccessKey(ctx, blank); return err },
		"Set key":    func(ctx context.Context, c *Client) error { return c.UpdateAccessKey(ctx, blank, "k", "Active") },
		"No key":     func(ctx context.Context, c *Client) error { return c.DeleteAccessKey(ctx, blank, "k") },
		"which key":  func(ctx context.Context, c *Client) error { return c.DeleteAccessKey(ctx, "alice", blank) },
		"Key use":    func(ctx context.Context, c *Client) error { _, err := c.AccessKeyLastUsed(ctx, blank, "k"); return err },
		"which use": func(ctx context.Context, c *Client) error {
			_, err := c.AccessKeyLastUsed(ctx, "alice", blank)
			return err
		},
		"New device": func(ctx context.Context, c *Client) error { _, err := c.CreateMFADevice(ctx, blank); return err },
		"No device":  func(ctx context.Context, c *Client) error { return c.DeleteMFADevice(ctx, blank) },
		"Bind": func(ctx context.Context, c *Client) error {
			return c.BindMFADevice(ctx, blank, "s", "000000", "111111")
		},
		"Bind which": func(ctx context.Context, c *Client) error {
			return c.BindMFADevice(ctx, "alice", blank, "000000", "111111")
		},
		"Unbind":     func(ctx context.Context, c *Client) error { return c.UnbindMFADevice(ctx, blank) },
		"User's MFA": func(ctx context.Context, c *Client) error { _, err := c.UserMFA(ctx, blank); return err },
	}
}

func TestNothingIsSentWithoutAUser(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{"", " ", "\t\n"} {
		fake := ramtest.New(t)
		client := clientOf(t, fake)
		for name, call := range withoutName(blank) {
			err := call(t.Context(), client)
			if err == nil || OutcomeUnknown(err) || NotFound(err, "User") || !strings.Contains(err.Error(), "not sent") {
				t.Errorf("%s of %q: %v", name, blank, err)
			}
		}
		if calls := fake.Calls(); len(calls) != 0 {
			t.Errorf("%q: %d calls", blank, len(calls))
		}
	}
}

func TestOperations_onceIsNotRepeated(t *testing.T) {
	t.Parallel()
	creates := map[string]func(context.Context, *Client) error{
		"CreateUser": func(ctx context.Context, c *Client) error { _, err := c.CreateUser(ctx, User{Name: "bob"}); return err },
		"CreateLoginProfile": func(ctx context.Context, c *Client) error {
			_, err := c.CreateLoginProfile(ctx, "admin", LoginProfileChange{Password: new("aB3!aB3!aB3!")})
			return err
		},
		"CreateAccessKey": func(ctx context.Context, c *Client) error { _, err := c.CreateAccessKey(ctx, "admin"); return err },
		"CreateServiceCredential": func(ctx context.Context, c *Client) error {
			_, err := c.CreateServiceCredential(ctx, "admin", NewServiceCredential{Name: "ci", ServiceName: "dashscope.aliyuncs.com"})
			return err
		},
		"CreateVirtualMFADevice": func(ctx context.Context, c *Client) error { _, err := c.CreateMFADevice(ctx, "phone"); return err },
		"BindMFADevice": func(ctx context.Context, c *Client) error {
			device, err := c.CreateMFADevice(ctx, "phone")
			if err != nil {
				return err
			}
			code1, code2 := nearSteps(t, c, device.Seed)
			return c.BindMFADevice(ctx, "admin", device.SerialNumber, code1, code2)
		},
	}
	for _, rule := range []ramtest.Rule{
		{Fault: "reset"},
		{Fault: "cut"},
		{Fault: "truncate"},
		{Fault: "empty"},
		{Fault: "html"},
		{Fault: "null"},
		{Fault: "code", Code: "InternalError"},
		{Fault: "code", Code: "ServiceUnavailable"},
		{Fault: "code", Code: "Throttling.User"},
	} {
		for action, create := range creates {
			for _, phase := range []string{"before_commit", "after_commit"} {
				throttled := rule.Code == "Throttling.User"
				if throttled && phase == "after_commit" {
					continue // the service never reports a refusal wrongly
				}
				rule := rule
				rule.Action, rule.Phase, rule.Nth = action, phase, "1"
				t.Run(strings.Join([]string{action, rule.Fault, rule.Code, phase}, " "), func(t *testing.T) {
					t.Parallel()
					fake := ramtest.New(t)
					fake.Inject(rule)
					err := create(t.Context(), clientOf(t, fake))
					sent := len(fake.Calls(action))
					if throttled && (err != nil || sent != 2) || !throttled && (!OutcomeUnknown(err) || sent != 1) {
						t.Errorf("sent %d times, error: %v", sent, err)
					}
				})
			}
		}
	}
}

func TestNotFound_kindsOfAUser(t *testing.T) {
	t.Parallel()
	kinds := []string{"User", "User.AccessKey", "User.LoginProfile", "VirtualMFADevice", "User.MFADevice", "User.Group", "User.Policy"}
	client := clientOf(t, ramtest.New(t))
	for kind, calls := range map[string][]error{
		"User": {
			second(client.User(t.Context(), "unknown")), second(client.UserByID(t.Context(), "7")), second(client.AccessKeys(t.Context(), "unknown")),
			second(client.CreateAccessKey(t.Context(), "unknown")), client.UnbindMFADevice(t.Context(), "unknown"), client.DeleteLoginProfile(t.Context(), "unknown"),
			second(client.UserGroups(t.Context(), "unknown")), second(client.AttachedPolicies(t.Context(), Principal{UserPrincipal, "unknown"})), second(client.UpdateUser(t.Context(), "7", UserChange{})),
			second(client.CreateLoginProfile(t.Context(), "unknown", LoginProfileChange{Password: new("aB3!aB3!aB3!")})),
		},
		"User.AccessKey": {
			client.UpdateAccessKey(t.Context(), "admin", "k", "Inactive"), client.DeleteAccessKey(t.Context(), "admin", "k"),
			second(client.AccessKeyLastUsed(t.Context(), "admin", "k")),
		},
		"User.LoginProfile": {
			second(client.LoginProfile(t.Context(), "admin")), client.DeleteLoginProfile(t.Context(), "admin"),
			client.UpdateLoginProfile(t.Context(), "admin", LoginProfileChange{Status: new("Active")}),
		},
		"VirtualMFADevice": {client.DeleteMFADevice(t.Context(), "s"), client.BindMFADevice(t.Context(), "admin", "s", "000000", "111111")},
		"User.MFADevice":   {client.UnbindMFADevice(t.Context(), "admin")},
		"User.Policy":      {client.DetachPolicy(t.Context(), Principal{UserPrincipal, "admin"}, Policy{"System", "p"}, "")},
	} {
		for i, err := range calls {
			for _, other := range kinds {
				if got := NotFound(err, other); got != (other == kind) {
					t.Errorf("%s %d, %s: got %v, error %v", kind, i, other, got, err)
				}
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
