// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"sync"
	"time"
)

// grant is a key for a while.
type lease struct {
	key   Key
	renew time.Time // from then on a new one is fetched
	end   time.Time // until then this one works
}

// maxMargin is how long before its end a session is renewed at the latest, so
// that no call starts with a key that ends under way (CRED-04).
const maxMargin = 5 * time.Minute

// grantFor is a key that was handed out now and lives for life.
func newLease(key Key, now time.Time, life time.Duration) lease {
	now = now.Round(0) // a monotonic clock stops while the machine sleeps
	return lease{key: key, renew: now.Add(life - min(maxMargin, life/10)), end: now.Add(life)}
}

// renewed are credentials with an end, for which a new grant is fetched ahead of it. However many callers
// wait, one fetch is under way, and its result, also a failure, is for all that
// wait; a failure is not kept for those who come later. A caller leaves when its
// context ends; the fetch ends with the last of them.
type renewable struct {
	fetch func(ctx context.Context, again bool) (lease, error)
	now   func() time.Time

	mu      sync.Mutex
	current lease
	refused bool // by the service, so that what was held says nothing
	running *fetch
}

type fetch struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiting int // guarded by the mu of the credentials
	done    chan struct{}
	key     Key
	err     error
}

// Get implements [Credentials].
func (s *renewable) Get(ctx context.Context) (Key, error) {
	for {
		key, f := s.join(ctx)
		if f == nil {
			return key, nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			s.leave(f)
			return Key{}, context.Cause(ctx)
		}
		// A fetch has the deadline of the one who started it. It says nothing to
		// those who have more time.
		if f.err != nil && f.ctx.Err() != nil && ctx.Err() == nil {
			continue
		}
		s.leave(f)
		return f.key, f.err
	}
}

// Expire implements [Credentials]. A key that was replaced already is no reason
// to fetch another.
func (s *renewable) Expire(key Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.key == key {
		s.current, s.refused = lease{}, true
	}
}

// join answers the key that is held, or the fetch to wait for.
func (s *renewable) join(ctx context.Context) (Key, *fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Before(s.current.renew) {
		return s.current.key, nil
	}
	if s.running == nil {
		s.running = newFetching(ctx)
		go s.run(s.running, s.refused)
	}
	s.running.waiting++
	return Key{}, s.running
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

func (s *renewable) run(f *fetch, refresh bool) {
	fresh, err := s.fetch(f.ctx, refresh)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	f.key, f.err = s.settle(fresh, err)
	close(f.done)
}

// settle keeps what was fetched. Where that failed ahead of time, the key that
// still works is used on and asked about again a little later.
func (s *renewable) settle(fresh lease, err error) (Key, error) {
	now := s.now().Round(0)
	switch {
	case err == nil:
		s.current, s.refused = fresh, false
	case now.Before(s.current.end):
		s.current.renew = now.Add(min(time.Minute, s.current.end.Sub(now)/2))
	default:
		return Key{}, err
	}
	return s.current.key, nil
}
