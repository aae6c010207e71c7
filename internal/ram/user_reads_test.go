// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// crowd returns an account with that many users and an administrator, and a client with its
// own clock. Pages hold a hundred users.
func crowd(t *testing.T, users int) (*ramtest.Server, *Client, *fakeTime, []string) {
	t.Helper()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	fake.Populate(users)
	clock := newFakeTime()
	client := clientOf(t, fake, func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	return fake, client, clock, namesOf(t, fake)
}

func callsOf(t *testing.T, fake *ramtest.Server, what string, want map[string]int) {
	t.Helper()
	for action, want := range want {
		if got := len(fake.Calls(action)); got != want {
			t.Errorf("%s: %s was called %d times, want %d", what, action, got, want)
		}
	}
}

// The third read finds the user in a list of all users, which one page holds. It needs no
// additional call.
func TestUsersOfASmallAccountAreReadByOneList(t *testing.T) {
	t.Parallel()
	fake, client, _, names := crowd(t, 90)
	for i, listed := range []int{0, 0, 1, 1} {
		if user, err := client.User(t.Context(), names[i]); err != nil || user.Name != names[i] {
			t.Fatalf("%s: user %+v, error %v", names[i], user, err)
		}
		callsOf(t, fake, names[i], map[string]int{"GetUser": min(i+1, alwaysSingle), "ListUsers": listed})
	}
	for _, name := range names {
		if user, err := client.User(t.Context(), name); err != nil || user.Name != name {
			t.Fatalf("%s: user %+v, error %v", name, user, err)
		}
	}
	callsOf(t, fake, "all", map[string]int{"GetUser": alwaysSingle, "ListUsers": 1})
}

// In a larger account the first page is read once. The list of many users starts with it.
func TestAFewUsersAreReadAloneAndManyByPages(t *testing.T) {
	t.Parallel()
	fake, client, clock, names := crowd(t, 150)
	read := func(names []string) {
		t.Helper()
		for _, name := range names {
			user, err := client.User(t.Context(), name)
			if err != nil || user.Name != name {
				t.Fatalf("%s: user %+v, error %v", name, user, err)
			}
			if same, err := client.User(t.Context(), name); err != nil || same.ID != user.ID {
				t.Fatalf("%s: same %+v, error %v", name, same, err)
			}
		}
	}
	read(names[:maxSingleReads])
	callsOf(t, fake, "a few", map[string]int{"GetUser": maxSingleReads, "ListUsers": 1})
	read(names)
	callsOf(t, fake, "many", map[string]int{"GetUser": maxSingleReads, "ListUsers": 2})
	for range 9 {
		clock.advance(lifeReadOnly / 10)
		read(names)
	}
	callsOf(t, fake, "for minutes", map[string]int{"GetUser": maxSingleReads, "ListUsers": 2})
	clock.advance(lifeReadOnly / 10)
	fake.ForgetCalls()
	read(names[:maxSingleReads])
	callsOf(t, fake, "after all that", map[string]int{"GetUser": maxSingleReads, "ListUsers": 1})
	read(names)
	callsOf(t, fake, "many of them again", map[string]int{"GetUser": maxSingleReads, "ListUsers": 2})
}

func TestUser_missingFromTheListIsReadAlone(t *testing.T) {
	t.Parallel()
	fake, client, _, names := crowd(t, 20)
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	now := fake.Now()
	fake.Change(func(a *ramtest.Account) {
		a.Users["late"] = &ramtest.User{ID: "99", Name: "late", CreateDate: now, UpdateDate: now, Status: "active"}
	})
	fake.ForgetCalls()
	if user, err := client.UserByID(t.Context(), "99"); err != nil || user.Name != "late" {
		t.Errorf("user %+v, error %v", user, err)
	}
	for range 2 {
		if _, err := client.User(t.Context(), "unknown"); !NotFound(err, "User") {
			t.Errorf("error %v", err)
		}
	}
	callsOf(t, fake, "who is not listed", map[string]int{"GetUser": 3, "ListUsers": 0})
}

func TestUsers_withoutListPermissionAreReadOneByOne(t *testing.T) {
	t.Parallel()
	fake, client, clock, names := crowd(t, 30)
	fake.Inject(ramtest.Rule{Action: "ListUsers", Status: 403, Code: "NoPermission"})
	for _, name := range names {
		if user, err := client.User(t.Context(), name); err != nil || user.Name != name {
			t.Fatalf("%s: user %+v, error %v", name, user, err)
		}
	}
	callsOf(t, fake, "forbidden", map[string]int{"GetUser": len(names), "ListUsers": 1})
	clock.advance(lifeReadOnly)
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	callsOf(t, fake, "forbidden, a while later", map[string]int{"GetUser": 2 * len(names), "ListUsers": 2})
}

func TestUserByIDIf_usesTheListIfBelieved(t *testing.T) {
	t.Parallel()
	fake, client, _, names := crowd(t, 20)
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	user, err := client.RefreshUser(t.Context(), "user-0020")
	if err != nil {
		t.Fatal(err)
	}
	other := clientOf(t, fake)
	if _, err := other.UpdateUser(t.Context(), user.ID, UserChange{Comments: new("new")}); err != nil {
		t.Fatal(err)
	}
	for _, believed := range []bool{true, false} {
		seen, err := client.UserByIDIf(t.Context(), user.ID, func(User) bool { return believed })
		if err != nil || (seen.Comments == "new") == believed {
			t.Errorf("believed %t: seen %+v, error %v", believed, seen, err)
		}
	}
}

func TestUsers_areReadAloneAfterAWrite(t *testing.T) {
	t.Parallel()
	fake, client, clock, names := crowd(t, 30)
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	user, err := client.User(t.Context(), "user-0030")
	if err != nil {
		t.Fatal(err)
	}
	fake.ForgetCalls()
	if _, err := client.UpdateUser(t.Context(), user.ID, UserChange{Comments: new("new")}); err != nil {
		t.Fatal(err)
	}
	if seen, err := client.UserByID(t.Context(), user.ID); err != nil || seen.Comments != "new" {
		t.Errorf("seen %+v, error %v", seen, err)
	}
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	callsOf(t, fake, "soon after a write", map[string]int{"GetUser": 1 + len(names), "ListUsers": 0})
	clock.advance(readLag)
	fake.ForgetCalls()
	for _, name := range names {
		if _, err := client.User(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	callsOf(t, fake, "a minute after it", map[string]int{"GetUser": alwaysSingle, "ListUsers": 1})
}

// Concurrent callers that write and read the same users each read their own write.
func TestConcurrentReadsSeeTheWritesOfTheirCallers(t *testing.T) {
	t.Parallel()
	fake, client, clock, names := crowd(t, 12)
	ids := map[string]string{}
	fake.Change(func(a *ramtest.Account) {
		for name, user := range a.Users {
			ids[name] = user.ID
		}
	})
	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := client.User(t.Context(), names[i%len(names)]); err != nil {
					t.Error(err)
				}
				if i%5 == 0 {
					clock.advance(readLag / 3)
				}
			}
		})
	}
	for _, name := range names[:4] {
		writers.Go(func() {
			for i := range 4 {
				said := strconv.Itoa(i)
				if _, err := client.UpdateUser(t.Context(), ids[name], UserChange{Comments: &said}); err != nil {
					t.Error(err)
				}
				byID, err := client.UserByID(t.Context(), ids[name])
				byName, nameErr := client.User(t.Context(), name)
				if err != nil || nameErr != nil || byID.Comments != said || byName.Comments != said {
					t.Errorf("wrote %s, read %q and %q, %v, %v", said, byID.Comments, byName.Comments, err, nameErr)
				}
				for listed := len(fake.Calls("ListUsers")); len(fake.Calls("ListUsers")) == listed; { // so that a list exists or is in progress
					runtime.Gosched()
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}

func TestASettingIsReadAfterTheWriteOfItsCaller(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	clock := newFakeTime()
	client := clientOf(t, fake, func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	var group sync.WaitGroup
	var stop atomic.Bool
	for range 3 {
		group.Go(func() {
			for !stop.Load() {
				if _, err := client.PasswordPolicy(t.Context()); err != nil {
					t.Error(err)
				}
				clock.advance(readLag / 5)
			}
		})
	}
	for i := range 25 {
		length := int64(8 + i%20)
		if err := client.ChangePasswordPolicy(t.Context(), replaceWith(PasswordPolicy{MinimumPasswordLength: &length})); err != nil {
			t.Fatal(err)
		}
		if seen, err := client.PasswordPolicy(t.Context()); err != nil || *seen.MinimumPasswordLength != length {
			t.Errorf("wrote %d, read %d, %v", length, *seen.MinimumPasswordLength, err)
		}
	}
	stop.Store(true)
	group.Wait()
}

func TestTheDomainOfTheAccountIsReadAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	fake, client, clock, _ := crowd(t, 1)
	for i, step := range []struct {
		wait  time.Duration
		calls int
	}{{0, 1}, {lifeReadOnly - 1, 1}, {1, 2}, {lifeReadOnly / 2, 2}} {
		clock.advance(step.wait)
		if _, err := client.DefaultDomain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := client.User(t.Context(), "user-0001"); err != nil {
			t.Fatal(err)
		}
		callsOf(t, fake, fmt.Sprint("step ", i), map[string]int{"GetDefaultDomain": step.calls})
	}
}
