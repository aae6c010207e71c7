// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"sync"
	"time"
)

// lease is a key that is valid for a limited time.
type lease struct {
	key   Key
	renew time.Time // time from which a new key is fetched
	end   time.Time // time until which this key is valid
}

// maxMargin is how long before its expiration a session is renewed at the latest. No call
// starts with a key that expires before the response (CRED-04).
const maxMargin = 5 * time.Minute

// refusalPause is how long callers get the same refusal of a new key. Otherwise each read of a run whose session cannot
// be renewed would send another request to Sts, whose quota the whole account shares.
const refusalPause = 5 * time.Second

// newLease returns a lease for a key that was just issued.
func newLease(key Key, now time.Time, life time.Duration) lease {
	now = now.Round(0) // the monotonic clock stops while the machine sleeps
	return lease{key: key, renew: now.Add(life - min(maxMargin, life/10)), end: now.Add(life)}
}

// renewable are credentials that are renewed before they expire. Concurrent callers share
// one fetch and its result or error. A refusal of the service is cached for refusalPause,
// other errors are not cached. A caller leaves when its context ends, and the fetch is
// canceled when the last caller leaves.
type renewable struct {
	fetch func(ctx context.Context, refused bool) (lease, error)
	now   func() time.Time

	mu      sync.Mutex
	current lease
	refused bool // the service refused the key, so the source must return another one
	refusal error
	again   time.Time // until then, refusal is the result
	running *fetch
}

type fetch struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiting int // guarded by the mutex of the credentials
	done    chan struct{}
	key     Key
	err     error
}

// Get implements [Credentials].
func (s *renewable) Get(ctx context.Context) (Key, error) {
	for {
		key, f, err := s.join(ctx)
		if f == nil {
			return key, err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			s.leave(f)
			return Key{}, context.Cause(ctx)
		}
		// A fetch has the deadline of its first caller, which does not apply to callers
		// with more time.
		if f.err != nil && f.ctx.Err() != nil && ctx.Err() == nil {
			continue
		}
		s.leave(f)
		return f.key, f.err
	}
}

// Expire implements [Credentials]. It ignores a key that was already replaced.
func (s *renewable) Expire(key Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.key == key {
		s.current, s.refused = lease{}, true
	}
}

// join returns the current key, or a recent refusal, or the fetch to wait for.
func (s *renewable) join(ctx context.Context) (Key, *fetch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch now := s.now(); {
	case now.Before(s.current.renew):
		return s.current.key, nil, nil
	case s.refusal != nil && now.Before(s.again):
		return Key{}, nil, s.refusal
	}
	if s.running == nil {
		s.running = newFetching(ctx)
		go s.run(s.running, s.refused)
	}
	s.running.waiting++
	return Key{}, s.running, nil
}

func newFetching(ctx context.Context) *fetch {
	f := &fetch{done: make(chan struct{})}
	own := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		f.ctx, f.cancel = context.WithDeadline(own, deadline)
		return f
	}
	f.ctx, f.cancel = context.WithCancel(own)
	return f
}

func (s *renewable) leave(f *fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiting--
	if f.waiting == 0 {
		f.cancel()
	}
}

func (s *renewable) run(f *fetch, refused bool) {
	var fresh lease
	err := CatchPanic(func() (err error) { // runs in its own goroutine
		fresh, err = s.fetch(f.ctx, refused)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	f.key, f.err = s.settle(fresh, err)
	close(f.done)
}

// settle stores the result of a fetch. If an early renewal failed, the current key stays in
// use and the renewal is tried again later.
func (s *renewable) settle(fresh lease, err error) (Key, error) {
	now := s.now().Round(0)
	s.refusal = nil
	var refusal *Error
	switch {
	case err == nil:
		s.current, s.refused = fresh, false
	case now.Before(s.current.end):
		s.current.renew = now.Add(min(time.Minute, s.current.end.Sub(now)/2))
	case errors.As(err, &refusal) && classOf(err) == permanent:
		s.refusal, s.again = err, now.Add(refusalPause)
		return Key{}, err
	default:
		return Key{}, err
	}
	return s.current.key, nil
}
