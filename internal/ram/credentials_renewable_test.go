// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// issuer issues numbered keys that are valid for an hour, or returns err.
type issuer struct {
	mu      sync.Mutex
	count   int
	refresh []bool
	err     error
	takes   time.Duration
}

func (i *issuer) fetch(ctx context.Context, refresh bool) (lease, error) {
	select {
	case <-time.After(i.takes):
	case <-ctx.Done():
		return lease{}, ctx.Err()
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count++
	i.refresh = append(i.refresh, refresh)
	if i.err != nil {
		return lease{}, i.err
	}
	return newLease(Key{ID: fmt.Sprint("key-", i.count)}, time.Now(), time.Hour), nil
}

func (i *issuer) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = err
}

func (i *issuer) credentials() *renewable { return &renewable{now: time.Now, fetch: i.fetch} }

// pass advances the time of the synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

func wantKey(t *testing.T, c Credentials, id string) {
	t.Helper()
	key, err := c.Get(t.Context())
	if err != nil || key.ID != id {
		t.Errorf("key is %q, error %v, want %q", key.ID, err, id)
	}
}

func TestManyWaitersMakeOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{takes: time.Second}
		c := issuer.credentials()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { wantKey(t, c, "key-1") })
		}
		all.Wait()
		if issuer.count != 1 {
			t.Errorf("%d fetches", issuer.count)
		}
	})
}

// A renewal is on a goroutine of its own, where no guard of a request could catch a panic of a source of credentials.
func TestARenewalThatPanicsIsAnError(t *testing.T) {
	t.Parallel()
	broken := true
	c := &renewable{now: time.Now, fetch: func(context.Context, bool) (lease, error) {
		if broken {
			panic("the-secret")
		}
		return newLease(Key{ID: "key-1"}, time.Now(), time.Hour), nil
	}}
	var bug *PanicError
	if _, err := c.Get(t.Context()); !errors.As(err, &bug) || strings.Contains(err.Error()+bug.Stack, "the-secret") {
		t.Errorf("the error is %v", err)
	}
	broken = false
	wantKey(t, c, "key-1")
}

// Each read of a run whose session cannot be renewed would otherwise send a request to Sts.
func TestRenewal_aRefusalIsCachedForSeconds(t *testing.T) {
	t.Parallel()
	refusal := &CredentialSourceError{Err: &Error{Code: "NoPermission", Status: 403}}
	for name, test := range map[string]struct {
		err  error
		want int // fetches
	}{
		"refused":      {refusal, 1},
		"unavailable":  {&Error{Code: "ServiceUnavailable", Status: 503}, 3},
		"no response":  {&NoResponseError{Err: errors.New("connection refused")}, 3},
		"another kind": {errors.New("no such file"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				issuer := &issuer{err: test.err}
				c := issuer.credentials()
				for range 3 {
					if _, err := c.Get(t.Context()); !errors.Is(err, test.err) {
						t.Errorf("the error is %v", err)
					}
				}
				if issuer.count != test.want {
					t.Errorf("%d fetches, want %d", issuer.count, test.want)
				}
				issuer.fail(nil)
				pass(refusalPause)
				wantKey(t, c, fmt.Sprint("key-", test.want+1))
			})
		})
	}
}

func TestAKeyIsRenewedBeforeItExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := (&issuer{}).credentials()
		wantKey(t, c, "key-1")
		pass(time.Hour - maxMargin - time.Second)
		wantKey(t, c, "key-1")
		pass(time.Second)
		wantKey(t, c, "key-2")
	})
}

func TestMarginOfShortSessions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for life, margin := range map[time.Duration]time.Duration{
		15 * time.Minute: 90 * time.Second, 50 * time.Minute: 5 * time.Minute, time.Hour: 5 * time.Minute, 12 * time.Hour: 5 * time.Minute,
	} {
		if g := newLease(Key{}, now, life); g.end.Sub(g.renew) != margin || g.end != now.Add(life) {
			t.Errorf("life %s: renewed %s ahead, want %s", life, g.end.Sub(g.renew), margin)
		}
	}
}

// A failed renewal is not an error while the old key is valid.
func TestAnEarlyRenewalThatFailsKeepsTheKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{}
		c := issuer.credentials()
		wantKey(t, c, "key-1")
		pass(56 * time.Minute)
		broken := errors.New("broken")
		issuer.fail(broken)
		wantKey(t, c, "key-1")
		wantKey(t, c, "key-1")
		if issuer.count != 2 {
			t.Errorf("%d fetches, want one per minute while the renewal fails", issuer.count)
		}
		pass(4 * time.Minute)
		if _, err := c.Get(t.Context()); !errors.Is(err, broken) {
			t.Errorf("after the end: %v", err)
		}
		issuer.fail(nil)
		wantKey(t, c, "key-4")
	})
}

func TestAnErrorOfASourceIsForItsCallersAndNotCached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		issuer := &issuer{takes: time.Second, err: broken}
		c := issuer.credentials()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := c.Get(t.Context()); !errors.Is(err, broken) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if issuer.count != 1 {
			t.Errorf("%d fetches failed, want one", issuer.count)
		}
		issuer.fail(nil)
		wantKey(t, c, "key-2")
	})
}

func TestExpire_fetchesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{}
		c := issuer.credentials()
		wantKey(t, c, "key-1")
		for range 3 {
			c.Expire(Key{ID: "key-1"})
		}
		wantKey(t, c, "key-2")
		c.Expire(Key{ID: "key-1"}) // late: the key was already replaced
		wantKey(t, c, "key-2")
		if want := []bool{false, true}; fmt.Sprint(issuer.refresh) != fmt.Sprint(want) {
			t.Errorf("refreshed: issuer.refresh %v, want %v", issuer.refresh, want)
		}
	})
}

// A refused key is not used again, even if no other key is available.
func TestExpire_refusedKeyIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{}
		c := issuer.credentials()
		wantKey(t, c, "key-1")
		broken := errors.New("broken")
		issuer.fail(broken)
		c.Expire(Key{ID: "key-1"})
		if key, err := c.Get(t.Context()); !errors.Is(err, broken) {
			t.Error(key, err)
		}
	})
}

// A caller whose context ends leaves at once. The others still get the key.
func TestRenewable_waitersLeaveIndependently(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{takes: time.Minute}
		c := issuer.credentials()
		var all sync.WaitGroup
		for patience := range 3 {
			all.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Duration(patience+1)*time.Second, cancel)
				start := time.Now()
				_, err := c.Get(ctx)
				if !errors.Is(err, context.Canceled) || time.Since(start) != time.Duration(patience+1)*time.Second {
					t.Errorf("left after %s: %v", time.Since(start), err)
				}
			})
		}
		all.Go(func() { wantKey(t, c, "key-1") })
		all.Wait()
	})
}

func TestRenewable_lastCallerCancelsTheFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		issuer := &issuer{takes: time.Hour}
		c := issuer.credentials()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.Get(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		synctest.Wait()
		if c.running != nil {
			t.Error("the fetch continues without waiting callers")
		}
		issuer.takes = 0
		wantKey(t, c, "key-1")
	})
}

// A caller with a short deadline starts the fetch. Its deadline does not apply to callers
// with more time.
func TestRenewable_deadlinesAreIndependent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := (&issuer{takes: 10 * time.Second}).credentials()
		var all sync.WaitGroup
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if _, err := c.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
		all.Go(func() {
			pass(time.Second)
			wantKey(t, c, "key-1")
		})
		all.Wait()
	})
}
