// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// renamed returns an account whose alias another user changes after the client has read its
// domain.
func renamed(t *testing.T, changes ...func(*ramtest.Behaviour)) (*ramtest.Server, *Client) {
	t.Helper()
	fake := ramtest.New(t)
	for _, change := range changes {
		fake.SetBehaviour(change)
	}
	fake.Populate(1)
	client := clientOf(t, fake)
	if _, err := client.domain(t.Context()); err != nil {
		t.Fatal(err)
	}
	fake.SetBehaviour(func(b *ramtest.Behaviour) { b.RefuseAccountDomain = true })
	fake.Change(func(a *ramtest.Account) { a.Alias = "acme" })
	fake.ForgetCalls()
	return fake, client
}

func TestDomain_followsAnAliasOfAnotherProgram(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		action string
		call   func(context.Context, *Client) error
	}{
		"a read": {"GetLoginProfile", func(ctx context.Context, c *Client) error {
			_, err := c.LoginProfile(ctx, "user-0001")
			return err
		}},
		"a user": {"GetUser", func(ctx context.Context, c *Client) error {
			user, err := c.User(ctx, "user-0001")
			if err == nil && user.PrincipalName != "user-0001@acme.onaliyun.com" {
				t.Errorf("user %+v", user)
			}
			return err
		}},
		"a list": {"ListAccessKeys", func(ctx context.Context, c *Client) error {
			_, err := c.AccessKeys(ctx, "user-0001")
			return err
		}},
		"a write": {"UpdateLoginProfile", func(ctx context.Context, c *Client) error {
			return c.UpdateLoginProfile(ctx, "user-0001", LoginProfileChange{Status: new("Inactive")})
		}},
		"a new user": {"CreateUser", func(ctx context.Context, c *Client) error {
			_, err := c.CreateUser(ctx, User{Name: "bob"})
			return err
		}},
		"a new name": {"UpdateUser", func(ctx context.Context, c *Client) error {
			user, err := c.UserByID(ctx, mustUser(t, c, "user-0001"))
			if err == nil {
				_, err = c.UpdateUser(ctx, user.ID, UserChange{Name: new("bob")})
			}
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, client := renamed(t)
			if err := test.call(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			if got := len(fake.Calls(test.action)); got == 0 || got > 3 {
				t.Errorf("%s was sent %d times", test.action, got)
			}
			if got := len(fake.Calls("GetDefaultDomain")); got != 1 {
				t.Errorf("the domain was read %d times", got)
			}
			fake.ForgetCalls()
			if _, err := client.LoginProfile(t.Context(), "admin"); !NotFound(err, "User.LoginProfile") || len(fake.Calls()) != 1 {
				t.Errorf("the new domain is not cached: %d calls, error %v", len(fake.Calls()), err)
			}
		})
	}
}

// mustUser returns the id of a user without using a principal name.
func mustUser(t *testing.T, client *Client, name string) string {
	t.Helper()
	for user, err := range client.Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if user.Name == name {
			return user.ID
		}
	}
	t.Fatalf("there is no user %s", name)
	return ""
}

func TestADomainIsReadOnceForConcurrentCalls(t *testing.T) {
	t.Parallel()
	fake, client := renamed(t)
	if _, err := client.User(t.Context(), "user-0001"); err != nil {
		t.Fatal(err)
	}
	fake.ForgetCalls()
	if got, err := client.domainOtherThan(t.Context(), fakeAccount+".onaliyun.com"); err != nil || got != "acme.onaliyun.com" || len(fake.Calls()) != 0 {
		t.Errorf("%s after %d calls, %v", got, len(fake.Calls()), err)
	}
}

func TestDomain_canceledReadIsReported(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clientOf(t, ramtest.New(t)).LoginProfile(ctx, "alice"); !errors.Is(err, context.Canceled) || OutcomeUnknown(err) || !strings.Contains(err.Error(), "GetLoginProfile") {
		t.Errorf("error: %v", err)
	}
}

func TestDomain_missingUserIsCheckedUnderTheCurrentDomain(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	if _, err := client.LoginProfile(t.Context(), "unknown"); !NotFound(err, "User") || NotFound(err, "User.LoginProfile") {
		t.Errorf("error: %v", err)
	}
	if profiles, domains := len(fake.Calls("GetLoginProfile")), len(fake.Calls("GetDefaultDomain")); profiles != 1 || domains != 2 {
		t.Errorf("%d calls and %d of the domain", profiles, domains)
	}
}

func TestDomain_followsTheClientsOwnAlias(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseAccountDomain = true }))
	client := clientOf(t, fake)
	for _, want := range []string{fakeAccount + ".onaliyun.com", "acme.onaliyun.com", fakeAccount + ".onaliyun.com"} {
		if want == "acme.onaliyun.com" {
			if err := client.SetAccountAlias(t.Context(), "acme"); err != nil {
				t.Fatal(err)
			}
		} else if err := client.ClearAccountAlias(t.Context()); err != nil {
			t.Fatal(err)
		}
		fake.ForgetCalls()
		if user, err := client.User(t.Context(), "admin"); err != nil || user.PrincipalName != "admin@"+want {
			t.Errorf("%s: user %+v, error %v", want, user, err)
		}
		if got := len(fake.Calls("GetUser")); got != 1 {
			t.Errorf("%s: %d calls", want, got)
		}
	}
}

func TestWithoutADomainNothingIsSentAndTheOutcomeIsKnown(t *testing.T) {
	t.Parallel()
	for code, is := range map[string]func(error) bool{
		"NoPermission":  Denied,
		"InternalError": func(err error) bool { return !Denied(err) },
	} {
		fake := ramtest.New(t)
		fake.Inject(ramtest.Rule{Action: "GetDefaultDomain", Fault: "code", Code: code})
		client := clientOf(t, fake)
		_, err := client.CreateUser(t.Context(), User{Name: "alice"})
		if err == nil || !is(err) || OutcomeUnknown(err) || !strings.Contains(err.Error(), "CreateUser") || !strings.Contains(err.Error(), "GetDefaultDomain") {
			t.Errorf("%s: %v", code, err)
		}
		if got := len(fake.Calls("CreateUser")); got != 0 {
			t.Errorf("%s: sent %d times", code, got)
		}
	}
}

func TestAMissingUserIsNotBelievedWithoutTheCurrentDomain(t *testing.T) {
	t.Parallel()
	fake, client := renamed(t)
	fake.Inject(ramtest.Rule{Action: "GetDefaultDomain", Fault: "code", Code: "NoPermission"})
	if _, err := client.LoginProfile(t.Context(), "user-0001"); err == nil || NotFound(err, "User") || !Denied(err) {
		t.Errorf("error: %v", err)
	}
}
