// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// oracle answers how often it was asked, once it may.
type oracle struct {
	asked atomic.Int64
	begun chan context.Context // one for each question
	may   chan struct{}        // one for each answer
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

// free answers at once.
func (o *oracle) free(context.Context) (int64, error) { return o.asked.Add(1), nil }

func newSharedTest(clock *fakeTime) *shared[int64] {
	return newShared[int64](operation{action: "Ask"}, sharedLife, clock.now)
}

// outcome is what one caller got.
type outcome struct {
	value int64
	err   error
}

func (s *shared[T]) waitFor(name string, waiting int) {
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

func later(ctx context.Context, s *shared[int64], ask func(context.Context) (int64, error)) chan outcome {
	got := make(chan outcome, 1)
	go func() {
		value, err := s.get(ctx, "a", ask)
		got <- outcome{value, err}
	}()
	return got
}

func TestASharedCallOutlivesTheOneWhoBeganIt(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	ctx, cancel := context.WithCancel(t.Context())
	first := later(ctx, s, asked.ask)
	s.waitFor("a", 1)
	second := later(t.Context(), s, asked.ask)
	s.waitFor("a", 2)
	cancel()
	if got := <-first; !errors.Is(got.err, context.Canceled) || OutcomeUnknown(got.err) {
		t.Errorf("the one who gave up: %+v", got)
	}
	asked.may <- struct{}{}
	if got := <-second; got.err != nil || got.value != 1 {
		t.Errorf("the one who waited: %+v", got)
	}
	if got := asked.asked.Load(); got != 1 {
		t.Errorf("asked %d times", got)
	}
}

func TestASharedCallEndsWithTheLastWhoWaits(t *testing.T) {
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
		t.Errorf("whoever comes next asks anew: %d, %v", got, err)
	}
}

func TestAnEndedContextAsksNothing(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.get(ctx, "a", asked.free); !errors.Is(err, context.Canceled) || asked.asked.Load() != 0 {
		t.Errorf("asked %d times, error: %v", asked.asked.Load(), err)
	}
}

func TestAnAnswerServesAMinuteAndNoLonger(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s, asked := newSharedTest(clock), newOracle()
	for i, want := range []int64{1, 1, 2} {
		if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != want {
			t.Errorf("%d: %d, want %d, %v", i, got, want, err)
		}
		clock.advance(sharedLife - 1)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 3 {
		t.Errorf("another name: %d", got)
	}
	if got, _ := s.anew(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("anew: %d", got)
	}
	if got, _ := s.get(t.Context(), "b", asked.free); got != 4 {
		t.Errorf("after anew: %d", got)
	}
}

func TestAnErrorIsNotKept(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	broken := errors.New("broken")
	if _, err := s.get(t.Context(), "a", func(context.Context) (int64, error) { return 7, broken }); !errors.Is(err, broken) {
		t.Errorf("error: %v", err)
	}
	if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 1 {
		t.Errorf("%d, %v", got, err)
	}
}

func TestAReadInFlightDuringAWriteIsNotKept(t *testing.T) {
	t.Parallel()
	for name, names := range map[string][]string{"that name": {"a"}, "all names": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newFakeTime()
			s, asked := newSharedTest(clock), newOracle()
			before := later(t.Context(), s, asked.ask)
			s.waitFor("a", 1)
			changed := s.changing(names...)
			clock.advance(2 * readLag) // so that only the order counts
			during := later(t.Context(), s, asked.ask)
			s.waitFor("a", 1)
			changed()
			clock.advance(2 * readLag)
			after := later(t.Context(), s, asked.ask)
			for range 3 { // so the one who came after the write did not join
				<-asked.begun
			}
			for range 3 {
				asked.may <- struct{}{}
			}
			values := map[int64]bool{}
			for _, got := range []outcome{<-before, <-during, <-after} {
				values[got.value] = got.err == nil
			}
			if len(values) != 3 || !values[1] || !values[2] || !values[3] {
				t.Errorf("not three calls: %v", values)
			}
			if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 3 {
				t.Errorf("what was read after the write is kept: %d, %v", got, err)
			}
		})
	}
}

func TestWhatIsReadSoonAfterAWriteIsNotKept(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s, asked := newSharedTest(clock), newOracle()
	s.changing("a")()
	for i, want := range []int64{1, 2, 3, 3} {
		if got, _ := s.get(t.Context(), "a", asked.free); got != want {
			t.Errorf("%d: %d, want %d", i, got, want)
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

func TestNobodyReadsWhatWasBeforeItsOwnWrite(t *testing.T) {
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
		changed := s.changing("a")
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

func TestARefreshOfManyInstancesReadsEachThingOnce(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(20)
	client := clientOf(t, fake)
	var names []string
	for user, err := range client.Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, user.Name)
	}
	fake.ForgetCalls()
	var group sync.WaitGroup
	for _, name := range names {
		for range 3 {
			group.Go(func() {
				if user, err := client.User(t.Context(), name); err != nil || user.Name != name {
					t.Errorf("%s: %+v, %v", name, user, err)
				}
				if keys, err := client.AccessKeys(t.Context(), name); err != nil || len(keys) == 0 {
					t.Errorf("%s: %v, %v", name, keys, err)
				}
				if devices, err := client.MFADevices(t.Context()); err != nil || len(devices) != 20 {
					t.Errorf("%v, %v", devices, err)
				}
			})
		}
	}
	group.Wait()
	for action, want := range map[string]int{"GetUser": 21, "ListAccessKeys": 21, "ListVirtualMFADevices": 10, "GetDefaultDomain": 1} {
		if got := len(fake.Calls(action)); got != want {
			t.Errorf("%s was called %d times, want %d", action, got, want)
		}
	}
}

func TestEveryWriteForgetsWhatItTouches(t *testing.T) {
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
		}, []string{"user"}},
		"a tag's end": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return c.UntagUser(ctx, u.ID, []string{"team"})
		}, []string{"user"}},
		"a rename": {func(ctx context.Context, c *Client, u *ramtest.User) error {
			return second(c.UpdateUser(ctx, u.ID, UserChange{Name: new("bob")}))
		}, []string{"user", "keys", "devices"}},
		"a user's end": {func(ctx context.Context, c *Client, u *ramtest.User) error { return c.DeleteUser(ctx, u.ID) }, []string{"user", "keys", "devices"}},
		"an alias":     {func(ctx context.Context, c *Client, _ *ramtest.User) error { return c.SetAccountAlias(ctx, "other") }, []string{"user", "domain"}},
		"no alias":     {func(ctx context.Context, c *Client, _ *ramtest.User) error { return c.ClearAccountAlias(ctx) }, []string{"user", "domain"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := ramtest.New(t, ramtest.Behaving(func(b *ramtest.Behaviour) { b.LenientUserDeletion = true }))
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
			client := clientOf(t, fake) // of its own, so that no earlier write of it counts
			before := seenOf(t, client)
			if again := seenOf(t, client); !maps.Equal(again, before) || len(fake.Calls()) != 4 {
				t.Fatalf("nothing is shared: %d calls, %s", len(fake.Calls()), cmp.Diff(before, again))
			}
			if err := test.write(t.Context(), client, alice); err != nil {
				t.Fatal(err)
			}
			after := seenOf(t, client)
			for _, read := range test.reads {
				if after[read] == before[read] {
					t.Errorf("%s is as before: %s", read, after[read])
				}
			}
		})
	}
}

// seenOf is what the shared reads say of alice and her account, errors as well.
func seenOf(t *testing.T, client *Client) map[string]string {
	t.Helper()
	user, userErr := client.User(t.Context(), "alice")
	keys, keysErr := client.AccessKeys(t.Context(), "alice")
	devices, devicesErr := client.MFADevices(t.Context())
	domain, domainErr := client.domain(t.Context())
	slices.SortFunc(devices, func(x, y MFADevice) int { return strings.Compare(x.SerialNumber, y.SerialNumber) })
	return map[string]string{
		"user": fmt.Sprint(user, userErr), "keys": fmt.Sprint(keys, keysErr),
		"devices": fmt.Sprint(devices, devicesErr), "domain": fmt.Sprint(domain, domainErr),
	}
}

func TestWhatSeveralCallersShareBelongsToEach(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(1)
	fake.Change(func(a *ramtest.Account) { a.Users["user-0001"].Tags = map[string]string{"team": "a"} })
	client := clientOf(t, fake)
	for range 2 {
		user, err := client.User(t.Context(), "user-0001")
		keys, keysErr := client.AccessKeys(t.Context(), "user-0001")
		devices, devicesErr := client.MFADevices(t.Context())
		if err := errors.Join(err, keysErr, devicesErr); err != nil {
			t.Fatal(err)
		}
		if user.Tags["team"] != "a" || keys[0].Status != "Active" || devices[0].UserName != "user-0001" {
			t.Errorf("%v, %v, %v", user.Tags, keys, devices)
		}
		user.Tags["team"], keys[0].Status, devices[0].UserName = "b", "Inactive", "bob"
	}
}

func TestAWaiterSeesItsWriteThroughAnyRead(t *testing.T) {
	t.Parallel()
	for _, lag := range []int{0, 1, 3, 10} {
		fake := ramtest.New(t)
		fake.Populate(1)
		fake.Behave(func(b *ramtest.Behaviour) { b.StaleReads = lag })
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
			t.Errorf("lag %d: %d reads, %v", lag, reads, err)
		}
	}
}
