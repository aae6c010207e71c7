// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// waitForRound waits until that many callers have joined the round that has not started.
func (s *cache[T]) waitForRound(name string, waiting int) {
	for {
		s.mu.Lock()
		r := s.rounds[name]
		there := r != nil && r.began.IsZero() && r.waiting == waiting
		s.mu.Unlock()
		if there {
			return
		}
		runtime.Gosched()
	}
}

func together(ctx context.Context, s *cache[int64], ask func(context.Context) (int64, error)) chan outcome {
	got := make(chan outcome, 1)
	go func() {
		value, err := s.refreshCoalesced(ctx, "a", ask)
		got <- outcome{value, err}
	}()
	return got
}

func TestRounds_callersDuringARoundShareTheNext(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	first := together(t.Context(), s, asked.ask)
	<-asked.begun
	var others []chan outcome
	for range 9 {
		others = append(others, together(t.Context(), s, asked.ask))
	}
	s.waitForRound("a", len(others))
	if got := asked.asked.Load(); got != 1 {
		t.Errorf("%d concurrent rounds", got)
	}
	asked.may <- struct{}{}
	asked.may <- struct{}{}
	if got := <-first; got.err != nil || got.value != 1 {
		t.Errorf("the first: %+v", got)
	}
	for _, other := range others {
		if got := <-other; got.err != nil || got.value != 2 {
			t.Errorf("one of the others: %+v", got)
		}
	}
	if got, err := s.get(t.Context(), "a", asked.free); err != nil || got != 2 {
		t.Errorf("cached value: got %d, error %v", got, err)
	}
	if got, err := s.refreshCoalesced(t.Context(), "a", asked.free); err != nil || got != 3 {
		t.Errorf("a single round: got %d, error %v", got, err)
	}
	if len(s.rounds) > 0 {
		t.Error("a finished round was not removed")
	}
}

func TestRounds_withoutCallersMakeNoCall(t *testing.T) {
	t.Parallel()
	s, asked := newSharedTest(newFakeTime()), newOracle()
	first := together(t.Context(), s, asked.ask)
	<-asked.begun
	ctx, cancel := context.WithCancel(t.Context())
	second := together(ctx, s, asked.ask)
	s.waitForRound("a", 1)
	cancel()
	if got := <-second; !errors.Is(got.err, context.Canceled) {
		t.Errorf("caller whose context ended: %+v", got)
	}
	if got, err := s.refreshCoalesced(ctx, "a", asked.free); !errors.Is(err, context.Canceled) {
		t.Errorf("caller whose context had already ended: got %d, error %v", got, err)
	}
	asked.may <- struct{}{}
	if got := <-first; got.err != nil || got.value != 1 {
		t.Errorf("the first: %+v", got)
	}
	third := together(t.Context(), s, asked.ask)
	asked.may <- struct{}{}
	if got := <-third; got.err != nil || got.value != 2 {
		t.Errorf("next caller: %+v; a round without waiting callers made a call", got)
	}
}

func TestRounds_errorsReachOnlyTheirCallers(t *testing.T) {
	t.Parallel()
	s := newSharedTest(newFakeTime())
	broken := errors.New("broken")
	if _, err := s.refreshCoalesced(t.Context(), "a", func(context.Context) (int64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if got, err := s.refreshCoalesced(t.Context(), "a", newOracle().free); err != nil || got != 1 {
		t.Errorf("got %d, error %v", got, err)
	}
}

func TestRounds_startAfterTheWritesOfTheirCallers(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	s := newSharedTest(clock)
	var truth, asked atomic.Int64
	ask := func(context.Context) (int64, error) {
		asked.Add(1)
		seen := truth.Load()
		runtime.Gosched()
		return seen, nil
	}
	var writers sync.WaitGroup
	const each = 200
	for range 10 {
		writers.Go(func() {
			for range each {
				changed := s.invalidateAround("a")
				written := truth.Add(1)
				changed()
				for _, read := range []func(context.Context, string, func(context.Context) (int64, error)) (int64, error){s.refreshCoalesced, s.get} {
					if got, err := read(t.Context(), "a", ask); err != nil || got < written {
						t.Errorf("read %d after writing %d, %v", got, written, err)
					}
				}
				clock.advance(readLag / 2)
			}
		})
	}
	writers.Wait()
	if got := asked.Load(); got > 2*10*each {
		t.Errorf("asked %d times", got)
	}
}

// held blocks the calls of an action until the test releases them one by one.
type held struct {
	http.RoundTripper

	action  string
	arrived chan struct{}
	may     chan struct{}
	once    sync.Once
}

func (h *held) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.ParseForm(); err != nil {
		return nil, err
	}
	body := request.PostForm.Encode()
	again := request.Clone(request.Context())
	again.Body, again.ContentLength = readCloser{strings.NewReader(body)}, int64(len(body))
	if request.PostForm.Get("Action") == h.action {
		h.once.Do(func() {
			close(h.arrived)
			<-h.may
		})
	}
	return h.RoundTripper.RoundTrip(again)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// Devices that are created concurrently are all confirmed by one list, which starts after
// the last of them was created.
func TestManyDevicesAreConfirmedByOneList(t *testing.T) {
	t.Parallel()
	const devices = 250
	fake, client, _, _ := crowd(t, 0)
	held := &held{RoundTripper: client.http.Transport, action: "ListVirtualMFADevices", arrived: make(chan struct{}), may: make(chan struct{})}
	client.http.Transport = held
	var group sync.WaitGroup
	group.Go(func() {
		if _, found, err := client.RefreshMFADevice(t.Context(), "acs:ram::"+fakeAccount+":mfa/none"); err != nil || found {
			t.Errorf("found %t, error %v", found, err)
		}
	})
	<-held.arrived
	for n := range devices {
		group.Go(func() {
			created, err := client.CreateMFADevice(t.Context(), fmt.Sprintf("device-%d", n))
			if err != nil {
				t.Error(err)
			}
			if seen, found, err := client.RefreshMFADevice(t.Context(), created.SerialNumber); err != nil || !found || seen.SerialNumber != created.SerialNumber {
				t.Errorf("a list that started after the creation lacks the device: seen %+v, found %t, error %v", seen, found, err)
			}
		})
	}
	client.caches.devices.waitForRound("", devices)
	close(held.may)
	group.Wait()
	// The second round has three pages. The first round started before any device existed.
	if got, most := len(fake.Calls("ListVirtualMFADevices")), 2*(devices+99)/100; got > most {
		t.Errorf("%d pages were read, want %d at most", got, most)
	}
}

// Streams share pages: a stream does not read a page again that another stream read, even
// if that stream stopped early.
func TestStreamsAndListsShareTheirPages(t *testing.T) {
	t.Parallel()
	const users = 250
	fake, client, _, _ := crowd(t, users)
	read := func(most int) {
		count := 0
		for user, err := range client.StreamUsers(t.Context()) {
			if err != nil || user.Name == "" {
				t.Fatalf("user %+v, error %v", user, err)
			}
			if count++; count == most {
				break
			}
		}
		devices := 0
		for device, err := range client.StreamMFADevices(t.Context()) {
			if err != nil || device.SerialNumber == "" {
				t.Fatalf("device %+v, error %v", device, err)
			}
			if devices++; devices == most {
				break
			}
		}
	}
	read(50)
	callsOf(t, fake, "one page", map[string]int{"ListUsers": 1, "ListVirtualMFADevices": 1})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() { read(0) })
	}
	group.Go(func() {
		if devices, err := client.MFADevices(t.Context()); err != nil || len(devices) != users {
			t.Errorf("%d devices, %v", len(devices), err)
		}
		if all, err := listAllUsers(t.Context(), client); err != nil || len(all) != users+1 {
			t.Errorf("%d users, %v", len(all), err)
		}
	})
	group.Wait()
	callsOf(t, fake, "all of them, four times", map[string]int{"ListUsers": 3, "ListVirtualMFADevices": 3})
	if devices, err := client.RefreshMFADevices(t.Context()); err != nil || len(devices) != users {
		t.Errorf("%d devices, %v", len(devices), err)
	}
	callsOf(t, fake, "and bypassing the cache", map[string]int{"ListUsers": 3, "ListVirtualMFADevices": 6})
}

func TestStreamUsers_tagsAreCopied(t *testing.T) {
	t.Parallel()
	fake, client, _, _ := crowd(t, 1)
	fake.Change(func(a *ramtest.Account) { a.Users["user-0001"].Tags = map[string]string{"team": "a"} })
	for range 2 {
		for user, err := range client.StreamUsers(t.Context()) {
			if err != nil || user.Name == "user-0001" && user.Tags["team"] != "a" {
				t.Errorf("user.Tags %v, error %v", user.Tags, err)
			}
			if user.Tags != nil {
				user.Tags["team"] = "b"
			}
		}
	}
}

// A refresh reads each object once, however long it takes. An apply, which has written,
// notices changes of other users after a minute.
func TestCache_readsServeAWholePlan(t *testing.T) {
	t.Parallel()
	fake, client, clock, _ := crowd(t, 120)
	read := func() {
		t.Helper()
		_, keysErr := client.AccessKeys(t.Context(), "user-0007")
		_, devicesErr := client.MFADevices(t.Context())
		_, usersErr := listAllUsers(t.Context(), client)
		_, policyErr := client.PasswordPolicy(t.Context())
		if err := errors.Join(keysErr, devicesErr, usersErr, policyErr); err != nil {
			t.Fatal(err)
		}
	}
	once := map[string]int{"ListAccessKeys": 1, "ListVirtualMFADevices": 2, "ListUsers": 2, "GetPasswordPolicy": 1}
	for range 10 {
		read()
		clock.advance(lifeReadOnly / 10)
	}
	callsOf(t, fake, "a long plan", once)
	fake.ForgetCalls()
	read()
	callsOf(t, fake, "after all that", once)

	if err := client.ChangeSecurityPreference(t.Context(), replaceWith(SecurityPreference{LoginSessionDuration: new(int64(3))})); err != nil {
		t.Fatal(err)
	}
	fake.ForgetCalls()
	read()
	callsOf(t, fake, "right after a write of something else", map[string]int{"ListAccessKeys": 0, "ListVirtualMFADevices": 0, "ListUsers": 0, "GetPasswordPolicy": 0})
	clock.advance(lifeAfterWrite)
	read()
	callsOf(t, fake, "a minute after the write", once)
}
