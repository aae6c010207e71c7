// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestAccessKey_isCreatedUpdatedAndDeleted(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) { a.Users["alice"] = &ramtest.User{ID: "7", Name: "alice"} })
	client := clientOf(t, fake)
	if keys, err := client.AccessKeys(t.Context(), "alice"); err != nil || keys == nil || len(keys) != 0 {
		t.Errorf("none: keys %v, error %v", keys, err)
	}
	created, err := client.CreateAccessKey(t.Context(), "alice")
	if err != nil || created.Secret == "" || created.Status != "Active" || created.CreateDate.Sub(fake.Now()).Abs() > time.Minute {
		t.Fatalf("made %v, error %v", created, err)
	}
	fake.Change(func(a *ramtest.Account) {
		if key, owner := a.KeyByID(created.ID); owner == nil || owner.Name != "alice" || key.Secret != created.Secret {
			t.Errorf("%v is of %v", created, owner)
		}
	})
	// A read after a write of this client never returns the values from before the write.
	for _, status := range []string{"Active", "Inactive", "Active", "Active"} {
		if err := client.UpdateAccessKey(t.Context(), "alice", created.ID, status); err != nil {
			t.Fatal(err)
		}
		keys, err := client.AccessKeys(t.Context(), "alice")
		if err != nil || len(keys) != 1 || keys[0].ID != created.ID || keys[0].Status != status || keys[0].Secret != "" || keys[0].UpdateDate.IsZero() {
			t.Errorf("%s: keys %v, error %v", status, keys, err)
		}
	}
	fake.Advance(time.Hour)
	other, err := client.CreateAccessKey(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := client.AccessKeys(t.Context(), "alice"); err != nil || len(keys) != 2 || keys[0].ID != created.ID || keys[1].ID != other.ID {
		t.Errorf("not sorted by age, oldest first: keys %v, error %v", keys, err)
	}
	if _, err := client.CreateAccessKey(t.Context(), "alice"); !LimitExceeded(err) || OutcomeUnknown(err) {
		t.Errorf("the third: %v", err)
	}
	if err := client.DeleteAccessKey(t.Context(), "alice", created.ID); err != nil {
		t.Fatal(err)
	}
	if keys, err := client.AccessKeys(t.Context(), "alice"); err != nil || len(keys) != 1 || keys[0].ID != other.ID {
		t.Errorf("keys %v, error %v", keys, err)
	}
}

// A refused status is no error if the key has it already. Only then is the list read: not after an accepted request, nor after a
// refusal for another reason, such as a permission.
func TestUpdateAccessKey_refusedStatusOfAKeyThatHasIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule, status string
		http         int
		fails, lists bool
	}{
		{"", "Active", 0, false, false},
		{"InvalidParameter.Status", "Active", 400, false, true},
		{"InvalidParameter.Status", "Inactive", 400, true, true},
		{"DeleteConflict", "Active", 409, false, true},
		{"NoPermission", "Active", 403, true, false},
	} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseSameKeyStatus = false }))
		client := clientOf(t, fake)
		key, err := client.CreateAccessKey(t.Context(), "admin")
		if err != nil {
			t.Fatal(err)
		}
		if c.rule != "" {
			fake.Inject(ramtest.Rule{Action: "UpdateAccessKey", Fault: "code", Status: c.http, Code: c.rule})
		}
		err = client.UpdateAccessKey(t.Context(), "admin", key.ID, c.status)
		if listed := len(fake.Calls("ListAccessKeys")) > 0; (err != nil) != c.fails || listed != c.lists {
			t.Errorf("%s, %s: %v, listed %t", c.rule, c.status, err, listed)
		}
	}
}

func TestAccessKey_deletingAnActiveKeyMayBeRefused(t *testing.T) {
	t.Parallel()
	for _, stays := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseDeletingActiveKeys = stays }))
		client := clientOf(t, fake)
		key, err := client.CreateAccessKey(t.Context(), "admin")
		if err != nil {
			t.Fatal(err)
		}
		if err := client.DeleteAccessKey(t.Context(), "admin", key.ID); Conflict(err) != stays || (err == nil) == stays {
			t.Errorf("key %v still listed: %v", stays, err)
		}
	}
}

func TestAccessKeys_areCachedUntilRefreshed(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	status := func(read func(context.Context, string) ([]AccessKey, error)) string {
		keys, err := read(t.Context(), "admin")
		if err != nil || len(keys) != 1 {
			t.Fatalf("keys %v, error %v", keys, err)
		}
		return keys[0].Status
	}
	first := status(client.AccessKeys)
	fake.Change(func(a *ramtest.Account) { a.Users["admin"].Keys[0].CreateDate = time.Unix(1700000000, 0) })
	before := len(fake.Calls("ListAccessKeys"))
	if got := status(client.AccessKeys); got != first || len(fake.Calls("ListAccessKeys")) != before {
		t.Errorf("got %s, %d calls", got, len(fake.Calls("ListAccessKeys")))
	}
	keys, err := client.RefreshAccessKeys(t.Context(), "admin")
	if err != nil || !keys[0].CreateDate.Equal(time.Unix(1700000000, 0)) {
		t.Errorf("keys %v, error %v", keys, err)
	}
	if keys, err := client.AccessKeys(t.Context(), "admin"); err != nil || !keys[0].CreateDate.Equal(time.Unix(1700000000, 0)) {
		t.Errorf("the refreshed list was not cached: keys %v, error %v", keys, err)
	}
}

func TestAccessKeys_renameInvalidatesTheCache(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(1)
	client := clientOf(t, fake)
	user, err := client.User(t.Context(), "user-0001")
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := client.AccessKeys(t.Context(), "user-0001"); err != nil || len(keys) != 2 {
		t.Fatalf("keys %v, error %v", keys, err)
	}
	if _, err := client.UpdateUser(t.Context(), user.ID, UserChange{Name: new("bob")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.AccessKeys(t.Context(), "user-0001"); !NotFound(err, "User") {
		t.Errorf("the old name: %v", err)
	}
	if devices, err := client.MFADevices(t.Context()); err != nil || len(devices) != 1 || devices[0].UserName != "bob" {
		t.Errorf("devices %v, error %v", devices, err)
	}
}

func TestCreateAccessKey_withoutIDOrSecretFails(t *testing.T) {
	t.Parallel()
	for field, check := range map[string]func(*ramtest.Server, error) bool{
		"AccessKey":       func(_ *ramtest.Server, err error) bool { return OutcomeUnknown(err) },
		"AccessKeyId":     func(_ *ramtest.Server, err error) bool { return OutcomeUnknown(err) },
		"AccessKeySecret": isSecretMissing,
	} {
		fake := ramtest.New(t)
		fake.Inject(ramtest.Rule{Action: "CreateAccessKey", Fault: "drop_fields", Body: field})
		key, err := clientOf(t, fake).CreateAccessKey(t.Context(), "admin")
		if key.Secret != "" || (key.ID != "") != (field == "AccessKeySecret") || !check(fake, err) || len(fake.Calls("CreateAccessKey")) != 1 {
			t.Errorf("without %s: key %v, error %v", field, key, err)
		}
	}
	for _, body := range []string{`{"AccessKey":{"AccessKeyId":"LTAI1","AccessKeySecret":"","Status":"Active"}}`, `{"AccessKey":{"AccessKeyId":"LTAI1","AccessKeySecret":null}}`} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, body) })
		var missing *MissingSecretError
		if _, err := newTestClient(t, server.URL).CreateAccessKey(t.Context(), "alice"); !errors.As(err, &missing) || missing.ID != "LTAI1" || OutcomeUnknown(err) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// isSecretMissing reports whether the error names the created key.
func isSecretMissing(fake *ramtest.Server, err error) bool {
	var missing *MissingSecretError
	if !errors.As(err, &missing) || OutcomeUnknown(err) || !strings.Contains(err.Error(), missing.ID) {
		return false
	}
	created := false
	fake.Change(func(a *ramtest.Account) { _, owner := a.KeyByID(missing.ID); created = owner != nil })
	return created
}

func TestFormat_printsNoSecret(t *testing.T) {
	t.Parallel()
	key := AccessKey{ID: "LTAI5tTestTestTestTest00", Secret: testKey.Secret, Status: "Active"}
	holder := struct {
		Key  AccessKey
		Keys []*AccessKey
	}{key, []*AccessKey{&key}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		for _, value := range []any{key, &key, holder, []AccessKey{key}, &MissingSecretError{ID: key.ID}} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, key.Secret) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", key.Secret)) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
	if text := fmt.Sprint(key) + key.GoString(); !strings.Contains(text, key.ID) || strings.Contains(text, key.Secret) {
		t.Error(text)
	}
	if text, err := json.Marshal(holder); err != nil || strings.Contains(string(text), "s3cr3t") || !strings.Contains(string(text), key.ID) {
		t.Errorf("text %s, error %v", text, err)
	}
}

func TestAccessKeyLastUsed(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = absent }))
		fake.Populate(1)
		used := time.Date(2026, 1, 16, 1, 37, 37, 0, time.UTC)
		var ids []string
		fake.Change(func(a *ramtest.Account) {
			keys := a.Users["user-0001"].Keys
			keys[0].LastUsed, keys[0].LastUsedService = used, "Ecs"
			ids = []string{keys[0].ID, keys[1].ID}
		})
		client := clientOf(t, fake)
		for i, want := range []AccessKeyUse{{used, "Ecs"}, {}} {
			if got, err := client.AccessKeyLastUsed(t.Context(), "user-0001", ids[i]); err != nil || got != want {
				t.Errorf("got %+v, want %+v, error %v", got, want, err)
			}
		}
		fake.Inject(ramtest.Rule{Action: "GetAccessKeyLastUsed", Fault: "drop_fields", Body: "AccessKeyLastUsed"})
		if got, err := client.AccessKeyLastUsed(t.Context(), "user-0001", ids[0]); err == nil {
			t.Errorf("a missing last use counts as never used: %+v", got)
		}
	}
}

func TestAccessKeys_newKeyIsListedWithinTheLag(t *testing.T) {
	t.Parallel()
	for _, lag := range []int{0, 1, 3, 10} {
		for name, read := range map[string]func(*Client) ([]AccessKey, error){
			"shared": func(c *Client) ([]AccessKey, error) { return c.AccessKeys(t.Context(), "admin") },
			"now":    func(c *Client) ([]AccessKey, error) { return c.RefreshAccessKeys(t.Context(), "admin") },
		} {
			fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = lag }))
			client := clientOf(t, fake)
			if keys, err := client.AccessKeys(t.Context(), "admin"); err != nil || len(keys) != 1 {
				t.Fatalf("keys %v, error %v", keys, err)
			}
			if _, err := client.CreateAccessKey(t.Context(), "admin"); err != nil {
				t.Fatal(err)
			}
			reads := 1
			for keys, err := read(client); len(keys) != 2 && reads < 50; keys, err = read(client) {
				if err != nil {
					t.Fatal(err)
				}
				reads++
			}
			if reads > lag+1 {
				t.Errorf("%s, lag %d: %d reads", name, lag, reads)
			}
		}
	}
}
