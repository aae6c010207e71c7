// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const testPassword = "Tr0ub4dor&3-correct-horse"

func TestLoginProfile_createUpdateDelete(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = absent }))
		client := clientOf(t, fake)
		created, err := client.CreateLoginProfile(t.Context(), "admin", LoginProfileChange{Password: new(testPassword), PasswordResetRequired: new(true)})
		want := LoginProfile{Status: "Active", PasswordResetRequired: true, PasswordStatus: "InitialValid", UpdateDate: created.UpdateDate}
		if err != nil || created != want || created.UpdateDate.IsZero() {
			t.Errorf("created %+v, want %+v, error %v", created, want, err)
		}
		if _, err := client.CreateLoginProfile(t.Context(), "admin", LoginProfileChange{Password: new(testPassword)}); !Exists(err) || OutcomeUnknown(err) {
			t.Errorf("created again: %v", err)
		}
		// A change affects only the values that it names. A changed password affects no
		// other value.
		for _, change := range []LoginProfileChange{
			{MFABindRequired: new(true)}, {Status: new("Inactive")}, {PasswordResetRequired: new(false)}, {Password: new(testPassword + "2")},
		} {
			if err := client.UpdateLoginProfile(t.Context(), "admin", change); err != nil {
				t.Fatal(err)
			}
		}
		logon := time.Date(2026, 1, 12, 10, 0, 0, 0, time.UTC)
		fake.Change(func(a *ramtest.Account) {
			profile := a.Users["admin"].LoginProfile
			profile.LastLogin = logon
			if profile.Password != testPassword+"2" {
				t.Error("the password has changed")
			}
		})
		got, err := client.LoginProfile(t.Context(), "admin")
		want = LoginProfile{Status: "Inactive", MFABindRequired: true, PasswordStatus: "NotInitial", UpdateDate: got.UpdateDate, LastLogin: logon}
		if err != nil || got != want {
			t.Errorf("got %+v, want %+v, error %v", got, want, err)
		}
		if err := client.DeleteLoginProfile(t.Context(), "admin"); err != nil {
			t.Fatal(err)
		}
		if _, err := client.LoginProfile(t.Context(), "admin"); !NotFound(err, "User.LoginProfile") {
			t.Errorf("deleted: %v", err)
		}
	}
}

func TestLoginProfile_undocumentedBehaviour(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) {
			b.PasswordOptional, b.ShowMandatoryMFA, b.HideNewerFields = on, on, on
		}))
		fake.Change(func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = "mandatory" })
		client := clientOf(t, fake)
		if _, err := client.CreateLoginProfile(t.Context(), "admin", LoginProfileChange{}); (err == nil) != on || OutcomeUnknown(err) {
			t.Errorf("%v, without a password: %v", on, err)
		}
		if !on {
			if _, err := client.CreateLoginProfile(t.Context(), "admin", LoginProfileChange{Password: new(testPassword)}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := client.LoginProfile(t.Context(), "admin"); err != nil || got.MFABindRequired != on || (got.PasswordStatus == "") != on {
			t.Errorf("%v: got %+v, error %v", on, got, err)
		}
	}
}

func TestLoginProfile_incompleteResponseIsRefused(t *testing.T) {
	t.Parallel()
	for field := range strings.FieldsSeq("LoginProfile Status PasswordResetRequired MFABindRequired") {
		fake := ramtest.New(t)
		fake.Populate(1)
		fake.Inject(ramtest.Rule{Action: "GetLoginProfile", Fault: "drop_fields", Body: field})
		if got, err := clientOf(t, fake).LoginProfile(t.Context(), "user-0001"); err == nil || NotFound(err, "User", "User.LoginProfile") {
			t.Errorf("without %s: got %+v, error %v", field, got, err)
		}
	}
}

func TestNoErrorAndNoURLShowsAPassword(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"CreateLoginProfile", "UpdateLoginProfile"} {
		fake := ramtest.New(t)
		fake.Inject(ramtest.Rule{Action: action, Fault: "code", Code: "InvalidParameter.Password.TooWeak", Message: "{Password} is weak"})
		var seen strings.Builder
		client := clientOf(t, fake, func(c *Config) {
			c.Observe = func(_ context.Context, a Attempt) { fmt.Fprintf(&seen, "%+v", a) }
		})
		change := LoginProfileChange{Password: new(testPassword)}
		err := second(client.CreateLoginProfile(t.Context(), "admin", change))
		if action == "UpdateLoginProfile" {
			err = client.UpdateLoginProfile(t.Context(), "admin", change)
		}
		if err == nil || strings.Contains(err.Error(), testPassword) || !strings.Contains(err.Error(), "TooWeak") {
			t.Errorf("%s: %v", action, err)
		}
		for _, call := range fake.Calls() {
			seen.WriteString(call.URL)
		}
		if seen.Len() == 0 || strings.Contains(seen.String(), testPassword) {
			t.Errorf("%s: %s", action, seen.String())
		}
	}
}
