// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

const (
	// lifeReadOnly is how long a cached read is used while the client has written nothing
	// (LOAD-05). Terraform configures a new provider for each walk, so a client that only
	// reads serves one refresh, plan or query, which needs one consistent read of each
	// object however long it takes. The limit matters for hosts that use a configured
	// provider for days.
	lifeReadOnly = 10 * time.Minute
	// lifeAfterWrite is how long a cached read is used once the client has written. An
	// apply has to notice changes by others.
	lifeAfterWrite = time.Minute
	// forever is the life of values that are read once per client.
	forever time.Duration = math.MaxInt64
	// readLag is how long after a write the service may still return the previous values
	// (documented; the length is assumed).
	readLag = time.Minute
)

// cache holds the results of one read operation by name. Callers that ask at the same time
// or soon after share one read. Errors are not cached. Neither are results that were read
// within readLag of a write of this client, so a waiter for that write sees each new
// result.
type cache[T any] struct {
	action  string
	ttl     func() time.Duration
	now     func() time.Time
	check   func(context.Context) error        // refuses callers whose account differs
	explain func(context.Context, error) error // amends an error for one caller

	mu         sync.Mutex
	readings   map[string]*reading[T]
	rounds     map[string]*reading[T] // the last round of refreshCoalesced for each name
	written    map[string]time.Time   // time of the last write to each name
	writtenAll time.Time              // time of the last write to all names
}

// reading is one result, or the call in progress that reads it.
type reading[T any] struct {
	began  time.Time     // zero while the previous round is in progress
	done   chan struct{} // closed when value and err are set
	value  T
	err    error
	cancel context.CancelFunc

	waiting  int // number of callers that still need the result
	finished bool
}

// serves reports whether a caller at that time may use this result.
func (r *reading[T]) serves(now time.Time, life time.Duration) bool {
	return r != nil && (!r.finished || now.Sub(r.began) < life)
}

// newCache returns the cache of an operation. The cache of Caller does not check the
// account, because the check itself reads it.
func newCache[T any](op operation, ttl func() time.Duration, c *Client) *cache[T] {
	s := newUncheckedCache[T](op, ttl, c.Now)
	if op.product != stsProduct {
		s.check = func(ctx context.Context) error { return c.checkRead(ctx, op) }
		s.explain = c.checkNotFound
	}
	return s
}

func newUncheckedCache[T any](op operation, ttl func() time.Duration, now func() time.Time) *cache[T] {
	return &cache[T]{
		action: op.action, ttl: ttl, now: now,
		check:    func(context.Context) error { return nil },
		explain:  func(_ context.Context, err error) error { return err },
		readings: map[string]*reading[T]{}, rounds: map[string]*reading[T]{}, written: map[string]time.Time{},
	}
}

// get returns the cached value, or reads it. The read is shared by all callers that wait
// for it, and is canceled when the last of them leaves.
func (s *cache[T]) get(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	return s.getWithin(ctx, s.ttl(), name, ask)
}

// getWithin is get for a caller that accepts a result no older than life.
func (s *cache[T]) getWithin(ctx context.Context, life time.Duration, name string, ask func(context.Context) (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, s.canceled(err)
	}
	if err := s.check(ctx); err != nil {
		var none T
		return none, err
	}
	return s.await(ctx, name, s.join(ctx, life, name, ask))
}

// await waits for a reading that the caller has joined.
func (s *cache[T]) await(ctx context.Context, name string, r *reading[T]) (T, error) {
	defer s.leave(name, r)
	select {
	case <-r.done:
		return r.value, s.explain(ctx, r.err)
	case <-ctx.Done():
		var none T
		return none, s.canceled(ctx.Err())
	}
}

// refresh reads the value again. It bypasses the cache.
func (s *cache[T]) refresh(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	s.forget(name)
	return s.get(ctx, name, ask)
}

// forget removes the cached value. Callers that wait for its read still get it.
func (s *cache[T]) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.readings, name)
}

func (s *cache[T]) canceled(err error) error { return fmt.Errorf("%s: %w", s.action, err) }

// join returns a reading that the caller may use, or starts one.
func (s *cache[T]) join(ctx context.Context, life time.Duration, name string, ask func(context.Context) (T, error)) *reading[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	r := s.readings[name]
	if !r.serves(now, life) {
		var detached context.Context
		r, detached = begin[T](ctx)
		r.began = now
		s.readings[name] = r
		go s.read(detached, name, r, ask)
	}
	r.waiting++
	return r
}

// shared returns the context of a read that serves several callers. It is not canceled with
// the first caller and carries no account, because each caller is checked separately.
func shared(ctx context.Context) context.Context {
	return WithCallerAccount(context.WithoutCancel(ctx))
}

// begin returns a reading without callers, and the context of its read.
func begin[T any](ctx context.Context) (*reading[T], context.Context) {
	detached, cancel := context.WithCancel(shared(ctx)) //nolint:gosec // read cancels it, or the last caller to leave
	return &reading[T]{done: make(chan struct{}), cancel: cancel}, detached
}

func (s *cache[T]) read(ctx context.Context, name string, r *reading[T], ask func(context.Context) (T, error)) {
	defer r.cancel()
	r.err = CatchPanic(func() (err error) { // runs in its own goroutine
		r.value, err = ask(ctx)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	r.finished = true
	if s.rounds[name] == r {
		delete(s.rounds, name)
	}
	if r.err != nil || s.mayLag(name, r.began) {
		s.drop(name, r)
	}
	close(r.done)
}

func (s *cache[T]) leave(name string, r *reading[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.waiting--
	if r.waiting == 0 && !r.finished {
		s.drop(name, r)
		r.cancel()
	}
}

// drop prevents other callers from joining r.
func (s *cache[T]) drop(name string, r *reading[T]) {
	if s.readings[name] == r {
		delete(s.readings, name)
	}
	if s.rounds[name] == r {
		delete(s.rounds, name)
	}
}

// put caches a value that another operation returned.
func (s *cache[T]) put(name string, value T) {
	done := make(chan struct{})
	close(done)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings[name] = &reading[T]{began: s.now(), done: done, value: value, finished: true, cancel: func() {}}
}

// has reports whether get would return without a call.
func (s *cache[T]) has(name string) bool { return s.hasWithin(s.ttl(), name) }

// hasWithin reports whether getWithin would return without a call.
func (s *cache[T]) hasWithin(life time.Duration, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readings[name].serves(s.now(), life)
}

// mayCache reports whether a result that is read now would be cached.
func (s *cache[T]) mayCache(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.mayLag(name, s.now())
}

func (s *cache[T]) mayLag(name string, began time.Time) bool {
	for _, write := range []time.Time{s.written[name], s.writtenAll} {
		if !write.IsZero() && began.Sub(write) < readLag {
			return true
		}
	}
	return false
}

// invalidateAround surrounds a write to the names, or to all names if none is given. It
// drops the results from before the write, and the returned function drops those read
// during the write:
//
//	defer s.invalidateAround(name)()
func (s *cache[T]) invalidateAround(names ...string) (changed func()) {
	s.invalidate(names)
	return func() { s.invalidate(names) }
}

// invalidateIfSent is invalidateAround for a write of all names that is not sent if build
// returns an error, such as [ErrUnchanged]: then the results stay.
func (s *cache[T]) invalidateIfSent(build compose) (composed compose, changed func()) {
	dropRead := func() {}
	composed = func(ctx context.Context) (params, error) {
		in, err := build(ctx)
		if err == nil {
			dropRead = s.invalidateAround()
		}
		return in, err
	}
	return composed, func() { dropRead() }
}

func (s *cache[T]) invalidate(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(names) == 0 {
		clear(s.readings)
		s.writtenAll = now
	}
	for _, name := range names {
		delete(s.readings, name)
		s.written[name] = now
	}
}

// refreshCoalesced is refresh for many concurrent callers that each wait for their own
// write, where a read takes long. A caller that arrives during a round joins the next
// round, which starts after the current one. Each read therefore starts after the writes of
// its callers, so that each sees its own write, and one read serves all callers that
// arrived during the previous one.
func (s *cache[T]) refreshCoalesced(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, s.canceled(err)
	}
	if err := s.check(ctx); err != nil {
		var none T
		return none, err
	}
	return s.await(ctx, name, s.joinRound(ctx, name, ask))
}

// joinRound joins the round that has not started yet, or adds one.
func (s *cache[T]) joinRound(ctx context.Context, name string, ask func(context.Context) (T, error)) *reading[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rounds[name]
	if r == nil || !r.began.IsZero() {
		before := r
		var detached context.Context
		r, detached = begin[T](ctx)
		s.rounds[name] = r
		if before == nil {
			s.start(name, r)
			go s.read(detached, name, r, ask)
		} else {
			go s.startAfter(detached, name, before, r, ask)
		}
	}
	r.waiting++
	return r
}

// startAfter starts the read of a round when the previous round has ended. If all callers
// have left by then, it makes no call.
func (s *cache[T]) startAfter(ctx context.Context, name string, before, r *reading[T], ask func(context.Context) (T, error)) {
	select {
	case <-before.done:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.start(name, r)
	s.mu.Unlock()
	s.read(ctx, name, r, ask)
}

// start closes a round to further callers of refreshCoalesced. Callers that accept a cached
// value may still join its read.
func (s *cache[T]) start(name string, r *reading[T]) {
	r.began = s.now()
	if s.rounds[name] == r {
		s.readings[name] = r
	}
}
