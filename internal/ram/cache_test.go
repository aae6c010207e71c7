// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// oracle returns the number of calls so far. It returns when the test allows it.
type oracle struct {
	asked atomic.Int64
	begun chan context.Context // one item per call
	may   chan struct{}        // one item per response
}

func newOracle() *oracle {
	return &oracle{begun: make(chan context.Context, 10), may: make(chan struct{}, 10)}
}

func (o *oracle) ask(ctx context.Context) (int64, error) {
	number := o.asked.Add(1)
	o.begun <- ctx
	select {
	case <-o.may:
		return number, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// free returns at once.
func (o *oracle) free(context.Context) (int64, error) { return o.asked.Add(1), nil }

func newSharedTest(clock *fakeTime) *cache[int64] {
	return newUncheckedCache[int64](operation{action: "Ask"}, func() time.Duration { return lifeAfterWrite }, clock.now)
}

// outcome is the result of one caller.
type outcome struct {
	value int64
	err   error
}

func (s *cache[T]) waitFor(name string, waiting int) {
	for {
		s.mu.Lock()
		r := s.readings[name]
		there := r != nil && r.waiting == waiting
		s.mu.Unlock()
		if there {
			return
		}
		runtime.Gosched()
	}
}

func later(ctx context.Context, s *cache[int64], ask func(context.Context) (int64, error)) chan outcome {
	got := make(chan outcome, 1)
	go func() {
		value, err := s.get(ctx, "a", ask)
		got <- outcome{value, err}
	}()
	return got
}

func TestACoalescedReadOutlivesItsFirstCaller(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	ctx, cancel := context.WithCancel(t.Context())
	first := later(ctx, s, asked.ask)
	s.waitFor("a", 1)
	second := later(t.Context(), s, asked.ask)
	s.waitFor("a", 2)
	cancel()
	if got := <-first; !errors.Is(got.err, context.Canceled) || OutcomeUnknown(got.err) {
		t.Errorf("caller whose context ended: %+v", got)
	}
	asked.may <- struct{}{}
	if got := <-second; got.err != nil || got.value != 1 {
		t.Errorf("caller that waited: %+v", got)
	}
	if got := asked.asked.Load(); got != 1 {
		t.Errorf("asked %d times", got)
	}
}

func TestCache_callIsCanceledWithItsLastCaller(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	ctx, cancel := context.WithCancel(t.Context())
	first, second := later(ctx, s, asked.ask), later(ctx, s, asked.ask)
	s.waitFor("a", 2)
	call := <-asked.begun
	cancel()
	<-first
	<-second
	<-call.Done()
	if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 2 {
		t.Errorf("next caller: got %d, error %v", got, err)
	}
}

func TestCache_endedContextMakesNoCall(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.get(ctx, "a", asked.free); !errors.Is(err, context.Canceled) || asked.asked.Load() != 0 {
		t.Errorf("asked %d times, error: %v", asked.asked.Load(), err)
	}
}

func TestCache_expiresAfterAMinute(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s, asked := newSharedTest(clock), newOracle()
	for i, want := range []int64{1, 1, 2} {
		if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != want {
			t.Errorf("%d: got %d, want %d, error %v", i, got, want, err)
		}
		clock.advance(lifeAfterWrite - 1)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 3 {
		t.Errorf("another name: %d", got)
	}
	if got, _ := s.refresh(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("refreshed: %d", got)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("after a refresh: %d", got)
	}
}

func TestAnErrorIsNotCached(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	broken := errors.New("broken")
	if _, err := s.get(t.Context(), "a", func(context.Context) (int64, error) { return 7, broken }); !errors.Is(err, broken) {
		t.Errorf("error: %v", err)
	}
	if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 1 {
		t.Errorf("got %d, error %v", got, err)
	}
}

func TestAReadDuringAWriteIsNotCached(t *testing.T) {
	t.Parallel()
	for name, names := range map[string][]string{"that name": {"a"}, "all names": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newFakeTime()
			s, asked := newSharedTest(clock), newOracle()
			// Each caller has called before the next one starts, so the results are in
			// order. The caller after the write did not join.
			before := later(t.Context(), s, asked.ask)
			<-asked.begun
			changed := s.invalidateAround(names...)
			clock.advance(2 * readLag) // only the order matters
			during := later(t.Context(), s, asked.ask)
			<-asked.begun
			changed()
			clock.advance(2 * readLag)
			after := later(t.Context(), s, asked.ask)
			<-asked.begun
			for range 3 {
				asked.may <- struct{}{}
			}
			values := map[int64]bool{}
			for _, got := range []outcome{<-before, <-during, <-after} {
				values[got.value] = got.err == nil
			}
			if len(values) != 3 || !values[1] || !values[2] || !values[3] {
				t.Errorf("want three calls: %v", values)
			}
			if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 3 {
				t.Errorf("value read after the write is not cached: got %d, error %v", got, err)
			}
		})
	}
}

func TestAReadShortlyAfterAWriteIsNotCached(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s, asked := newSharedTest(clock), newOracle()
	s.invalidateAround("a")()
	for i, want := range []int64{1, 2, 3, 3} {
		if got, _ := s.get(t.Context(), "a", asked.free); got != want {
			t.Errorf("%d: got %d, want %d", i, got, want)
		}
		clock.advance(readLag / 2)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("another name: %d", got)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("another name was not written: %d", got)
	}
}

func TestAReadSeesTheWriteOfItsCaller(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s := newSharedTest(clock)
	var truth atomic.Int64
	ask := func(context.Context) (int64, error) { return truth.Load(), nil }
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := s.get(t.Context(), "a", ask); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for range 300 {
		changed := s.invalidateAround("a")
		written := truth.Add(1)
		changed()
		if got, err := s.get(t.Context(), "a", ask); err != nil || got < written {
			t.Errorf("read %d after writing %d, %v", got, written, err)
		}
		clock.advance(readLag)
	}
	close(stop)
	readers.Wait()
}

func TestCache_refreshOfManyInstancesReadsEachObjectOnce(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(20)
	names := namesOf(t, fake)
	client := clientOf(t, fake)
	var group sync.WaitGroup
	for _, name := range names {
		for range 3 {
			group.Go(func() {
				if user, err := client.User(t.Context(), name); err != nil || user.Name != name {
					t.Errorf("%s: user %+v, error %v", name, user, err)
				}
				if keys, err := client.AccessKeys(t.Context(), name); err != nil || len(keys) == 0 {
					t.Errorf("%s: keys %v, error %v", name, keys, err)
				}
				if devices, err := client.MFADevices(t.Context()); err != nil || len(devices) != 20 {
					t.Errorf("devices %v, error %v", devices, err)
				}
				for user, err := range client.Users(t.Context()) {
					if err != nil || user.Name == "" {
						t.Errorf("user %+v, error %v", user, err)
					}
				}
			})
		}
	}
	group.Wait()
	// Pages of the fake hold two items.
	for action, want := range map[string]int{"ListUsers": 11, "ListAccessKeys": 21, "ListVirtualMFADevices": 10, "GetDefaultDomain": 1} {
		if got := len(fake.Calls(action)); got != want {
			t.Errorf("%s was called %d times, want %d", action, got, want)
		}
	}
	if got := len(fake.Calls("GetUser")); got > maxSingleReads {
		t.Errorf("%d users were read one by one, want at most %d", got, maxSingleReads)
	}
}

func TestCache_everyWriteInvalidatesWhatItChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		write func(context.Context, *Client, *ramtest.User) error
		reads []string
	}{
		"a new key": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return second(c.CreateAccessKey(ctx, "alice"))
		}, []string{"keys"}},
		"a key's end": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return c.DeleteAccessKey(ctx, "alice", u.Keys[0].ID)
		}, []string{"keys"}},
		"a status": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return c.UpdateAccessKey(ctx, "alice", u.Keys[0].ID, "Inactive")
		}, []string{"keys"}},
		"a new device": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return second(c.CreateMFADevice(ctx, "new"))
		}, []string{"devices"}},
		"unbinding": {func(ctx context.Context, c *Client, _ *ramtest.User) error { return c.UnbindMFADevice(ctx, "alice") }, []string{"devices"}},
		"a device's end": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return c.DeleteMFADevice(ctx, "acs:ram::"+fakeAccount+":mfa/free")
		}, []string{"devices"}},
		"a tag": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return c.TagUser(ctx, u.ID, map[string]string{"a": "b"})
		}, []string{"user", "users"}},
		"a tag's end": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return c.UntagUser(ctx, u.ID, []string{"team"})
		}, []string{"user"}},
		"a rename": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return second(c.UpdateUser(ctx, u.ID, UserChange{Name: new("bob")}))
		}, []string{"user", "users", "keys", "devices"}},
		"a user's end": {func(ctx context.Context, c *Client, u *ramtest.User) error { return c.DeleteUser(ctx, u.ID) }, []string{"user", "users", "keys", "devices"}},
		"an alias":     {func(ctx context.Context, c *Client, _ *ramtest.User) error { return c.SetAccountAlias(ctx, "other") }, []string{"user", "users", "domain", "alias"}},
		"no alias":     {func(ctx context.Context, c *Client, _ *ramtest.User) error { return c.ClearAccountAlias(ctx) }, []string{"user", "users", "domain", "alias"}},
		"a preference": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return c.ChangeSecurityPreference(ctx, replaceWith(SecurityPreference{LoginSessionDuration: new(int64(3))}))
		}, []string{"preference"}},
		"a password policy": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return c.ChangePasswordPolicy(ctx, replaceWith(PasswordPolicy{MinimumPasswordLength: new(int64(20))}))
		}, []string{"policy"}},
		"a network policy": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return c.ChangeAccountAccessKeyPolicy(ctx, replaceWith(NetworkPolicy{Status: new(NetworkPolicyActive), Public: []string{"0.0.0.0/0"}}))
		}, []string{"network"}},
		"single sign-on": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return c.ChangeUserSsoSettings(ctx, replaceWith(UserSsoSettings{AuxiliaryDomain: new("example.com")}))
		}, []string{"sso"}},
		"a new user": {func(ctx context.Context, c *Client, _ *ramtest.User) error {
			return second(c.CreateUser(ctx, User{Name: "bob"}))
		}, []string{"users"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = "none" }))
			alice := &ramtest.User{
				ID: "7", Name: "alice", Tags: map[string]string{"team": "a"}, MFASerial: "acs:ram::" + fakeAccount + ":mfa/bound",
				Keys: []*ramtest.AccessKey{{ID: "LTAIalice", Secret: "s", Status: "Active", CreateDate: fake.Now()}},
			}
			fake.Change(func(a *ramtest.Account) {
				a.Alias = "acme"
				a.Users["alice"] = alice
				for name, owner := range map[string]string{"bound": "7", "free": ""} {
					serial := "acs:ram::" + fakeAccount + ":mfa/" + name
					a.MFADevices[serial] = &ramtest.MFADevice{Name: name, Serial: serial, Seed: "GEZDGNBV", UserID: owner}
				}
			})
			client := askingClientOf(t, fake) // another client, without earlier writes
			before := seenOf(t, client)
			if again := seenOf(t, client); !maps.Equal(again, before) || len(fake.Calls()) != 11 {
				t.Fatalf("reads are not cached: %d calls, %s", len(fake.Calls()), cmp.Diff(before, again))
			}
			if err := test.write(t.Context(), client, alice); err != nil {
				t.Fatal(err)
			}
			after := seenOf(t, client)
			for _, read := range test.reads {
				if after[read] == before[read] {
					t.Errorf("%s was not invalidated: %s", read, after[read])
				}
			}
		})
	}
}

// A change that turns out to be needless sends nothing, and what was read before and during it stays cached.
func TestCache_aWriteThatIsNotSentInvalidatesNothing(t *testing.T) {
	t.Parallel()
	for get, use := range map[string]struct {
		write, read func(context.Context, *Client) error
	}{
		"GetSecurityPreference": {
			func(ctx context.Context, c *Client) error { return c.ChangeSecurityPreference(ctx, unchanged) },
			func(ctx context.Context, c *Client) error { return second(c.SecurityPreference(ctx)) },
		},
		"GetPasswordPolicy": {
			func(ctx context.Context, c *Client) error { return c.ChangePasswordPolicy(ctx, unchanged) },
			func(ctx context.Context, c *Client) error { return second(c.PasswordPolicy(ctx)) },
		},
		"GetUserSsoSettings": {
			func(ctx context.Context, c *Client) error { return c.ChangeUserSsoSettings(ctx, unchanged) },
			func(ctx context.Context, c *Client) error { return second(c.UserSsoSettings(ctx)) },
		},
		"GetAccessKeyPolicyForAccount": {
			func(ctx context.Context, c *Client) error { return c.ChangeAccountAccessKeyPolicy(ctx, unchanged) },
			func(ctx context.Context, c *Client) error { return second(c.AccountAccessKeyPolicy(ctx)) },
		},
	} {
		t.Run(get, func(t *testing.T) {
			t.Parallel()
			fake := ramtest.New(t)
			client := askingClientOf(t, fake)
			for _, do := range []func(context.Context, *Client) error{use.read, use.write, use.read, use.read} {
				if err := do(t.Context(), client); err != nil {
					t.Fatal(err)
				}
			}
			if calls := len(fake.Calls(get)); calls != 2 {
				t.Errorf("%d calls, want one of the first read and one of the write", calls)
			}
		})
	}
}

func unchanged[S any](_ context.Context, live S, _ Reply) (S, error) { return live, ErrUnchanged }

// seenOf returns the results of all cached reads about alice and her account, including
// errors.
func seenOf(t *testing.T, client *Client) map[string]string {
	t.Helper()
	user, userErr := client.User(t.Context(), "alice")
	users, usersErr := listAllUsers(t.Context(), client)
	keys, keysErr := client.AccessKeys(t.Context(), "alice")
	devices, devicesErr := client.MFADevices(t.Context())
	domain, domainErr := client.domain(t.Context())
	alias, aliasErr := client.AccountAlias(t.Context())
	preference, preferenceErr := client.SecurityPreference(t.Context())
	policy, policyErr := client.PasswordPolicy(t.Context())
	network, networkErr := client.AccountAccessKeyPolicy(t.Context())
	sso, ssoErr := client.UserSsoSettings(t.Context())
	slices.SortFunc(users, func(x, y User) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(devices, func(x, y MFADevice) int { return strings.Compare(x.SerialNumber, y.SerialNumber) })
	return map[string]string{
		"user": fmt.Sprint(user, userErr), "users": fmt.Sprint(users, usersErr), "keys": fmt.Sprint(keys, keysErr),
		"devices": fmt.Sprint(devices, devicesErr), "domain": fmt.Sprint(domain, domainErr), "alias": fmt.Sprint(alias, aliasErr),
		"preference": shownAs(t, preference, preferenceErr), "policy": shownAs(t, policy, policyErr),
		"network": shownAs(t, network, networkErr), "sso": shownAs(t, sso, ssoErr),
	}
}

// shownAs formats a value and follows pointers.
func shownAs(t *testing.T, value any, err error) string {
	t.Helper()
	text, broken := json.Marshal(value)
	if broken != nil {
		t.Fatal(broken)
	}
	return fmt.Sprint(string(text), err)
}

// listAllUsers returns all users of the account.
func listAllUsers(ctx context.Context, client *Client) (users []User, err error) {
	for user, err := range client.Users(ctx) {
		if err != nil {
			return nil, err
		}
		users = append(users, user)
	}
	return users, nil
}

// namesOf returns the names of all users of the fake.
func namesOf(t *testing.T, fake *ramtest.Server) (names []string) {
	t.Helper()
	fake.Change(func(a *ramtest.Account) { names = slices.Sorted(maps.Keys(a.Users)) })
	return names
}

func TestCache_valuesAreCopiedForEachCaller(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(1)
	fake.Change(func(a *ramtest.Account) { a.Users["user-0001"].Tags = map[string]string{"team": "a"} })
	other := clientOf(t, fake)
	if err := errors.Join(
		other.ChangeSecurityPreference(t.Context(), replaceWith(SecurityPreference{LoginNetworkMasks: []string{"10.0.0.0/8"}})),
		other.ChangeAccountAccessKeyPolicy(t.Context(), replaceWith(NetworkPolicy{Status: new(NetworkPolicyInactive), VPC: map[string][]string{"vpc-1": {"10.0.0.1"}}})),
	); err != nil {
		t.Fatal(err)
	}
	client := clientOf(t, fake)
	for range 2 {
		user, err := client.User(t.Context(), "user-0001")
		keys, keysErr := client.AccessKeys(t.Context(), "user-0001")
		devices, devicesErr := client.MFADevices(t.Context())
		if err := errors.Join(err, keysErr, devicesErr); err != nil {
			t.Fatal(err)
		}
		if user.Tags["team"] != "a" || keys[0].Status != "Active" || devices[0].UserName != "user-0001" {
			t.Errorf("user.Tags %v, keys %v, devices %v", user.Tags, keys, devices)
		}
		user.Tags["team"], keys[0].Status, devices[0].UserName = "b", "Inactive", "bob"
		users, err := listAllUsers(t.Context(), client)
		preference, preferenceErr := client.SecurityPreference(t.Context())
		network, networkErr := client.AccountAccessKeyPolicy(t.Context())
		if err := errors.Join(err, preferenceErr, networkErr); err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(users, func(u User) bool { return u.Name == "user-0001" })
		if users[at].Tags["team"] != "a" || preference.LoginNetworkMasks[0] != "10.0.0.0/8" || network.VPC["vpc-1"][0] != "10.0.0.1" || len(network.VPC) != 1 {
			t.Errorf("%v, preference.LoginNetworkMasks %v, network.VPC %v", users[at].Tags, preference.LoginNetworkMasks, network.VPC)
		}
		users[at].Tags["team"], preference.LoginNetworkMasks[0], network.VPC["vpc-1"][0], network.VPC["vpc-2"] = "b", "0.0.0.0/0", "0.0.0.0/0", nil
	}
}

func TestAWaiterSeesItsWriteThroughAnyRead(t *testing.T) {
	t.Parallel()
	for _, lag := range []int{0, 1, 3, 10} {
		fake := ramtest.New(t)
		fake.Populate(1)
		fake.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = lag })
		client := clientOf(t, fake)
		user, err := client.User(t.Context(), "user-0001")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.UpdateUser(t.Context(), user.ID, UserChange{Comments: new("new")}); err != nil {
			t.Fatal(err)
		}
		reads := 1
		for user, err = client.UserByID(t.Context(), user.ID); user.Comments != "new" && reads < 50; reads++ {
			user, err = client.UserByID(t.Context(), user.ID)
		}
		if err != nil || reads > lag+1 {
			t.Errorf("lag %d: %d reads, error %v", lag, reads, err)
		}
	}
}
