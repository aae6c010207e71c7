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
	// lifeReadOnly is how long a read serves other callers while the client has written
	// nothing (LOAD-05). Terraform configures a new provider for each of its walks, so a
	// client that only reads belongs to one refresh, plan or query: that needs each object
	// once and of one moment, however long it takes. The limit is for hosts that use a
	// configured provider for days.
	lifeReadOnly = 10 * time.Minute
	// lifeAfterWrite is how long it serves once the client has written: during an apply,
	// changes by others have to be seen.
	lifeAfterWrite = time.Minute
	// forever is for what is read once per client.
	forever time.Duration = math.MaxInt64
	// readLag is how long after a write the service may still answer with the values
	// before it (documented; the length is assumed).
	readLag = time.Minute
)

// cache holds answers of one operation by name, each read once for all callers that ask at
// the same time or soon after. Errors are not cached, and neither is what was read within
// readLag of a write of this client: so a waiter for that write sees each new answer.
type cache[T any] struct {
	action string
	ttl    func() time.Duration
	now    func() time.Time
	check  func(context.Context) error        // refuses a caller
	doubt  func(context.Context, error) error // completes an error for one caller

	mu         sync.Mutex
	readings   map[string]*reading[T]
	rounds     map[string]*reading[T] // of refreshCoalesced, the last of each name
	written    map[string]time.Time   // the last write to a name
	writtenAll time.Time              // the last write to all of them
}

// reading is one answer, or the call that reads it.
type reading[T any] struct {
	began  time.Time     // zero: it waits for the round before it
	done   chan struct{} // closed once value and err are there
	value  T
	err    error
	cancel context.CancelFunc

	waiting  int // callers that need the answer
	finished bool
}

// serves reports whether a caller at that time may have this answer.
func (r *reading[T]) serves(now time.Time, life time.Duration) bool {
	return r != nil && (!r.finished || now.Sub(r.began) < life)
}

// newCache returns the cache of an operation. The read of the caller is not checked,
// because the check needs it.
func newCache[T any](op operation, ttl func() time.Duration, c *Client) *cache[T] {
	s := newUncheckedCache[T](op, ttl, c.Now)
	if op.product != stsProduct {
		s.check = func(ctx context.Context) error { return c.checkRead(ctx, op) }
		s.doubt = c.doubtNotFound
	}
	return s
}

func newUncheckedCache[T any](op operation, ttl func() time.Duration, now func() time.Time) *cache[T] {
	return &cache[T]{
		action: op.action, ttl: ttl, now: now,
		check:    func(context.Context) error { return nil },
		doubt:    func(_ context.Context, err error) error { return err },
		readings: map[string]*reading[T]{}, rounds: map[string]*reading[T]{}, written: map[string]time.Time{},
	}
}

// get returns what is cached, or reads. The call belongs to all who wait for it: it ends
// with the last of them, not with the first.
func (s *cache[T]) get(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	return s.getWithin(ctx, s.ttl(), name, ask)
}

// getWithin is get for a caller that needs an answer no older than life.
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
		return r.value, s.doubt(ctx, r.err)
	case <-ctx.Done():
		var none T
		return none, s.canceled(ctx.Err())
	}
}

// refresh bypasses the cache.
func (s *cache[T]) refresh(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	s.mu.Lock()
	delete(s.readings, name)
	s.mu.Unlock()
	return s.get(ctx, name, ask)
}

func (s *cache[T]) canceled(err error) error { return fmt.Errorf("%s: %w", s.action, err) }

// join returns a reading that the caller may use, or begins one.
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

// shared is the context of a call that serves several callers: it outlives the first of
// them, and is for no account in particular, as each caller is checked by itself.
func shared(ctx context.Context) context.Context {
	return WithCallerAccount(context.WithoutCancel(ctx))
}

// begin returns a reading without callers, and the context of its call.
func begin[T any](ctx context.Context) (*reading[T], context.Context) {
	detached, cancel := context.WithCancel(shared(ctx)) //nolint:gosec // read cancels it, or the last caller to leave
	return &reading[T]{done: make(chan struct{}), cancel: cancel}, detached
}

func (s *cache[T]) read(ctx context.Context, name string, r *reading[T], ask func(context.Context) (T, error)) {
	defer r.cancel()
	r.err = CatchPanic(func() (err error) { // it runs in a goroutine of its own
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

// drop prevents that another caller joins r.
func (s *cache[T]) drop(name string, r *reading[T]) {
	if s.readings[name] == r {
		delete(s.readings, name)
	}
	if s.rounds[name] == r {
		delete(s.rounds, name)
	}
}

// put adds an answer of another read.
func (s *cache[T]) put(name string, value T) {
	done := make(chan struct{})
	close(done)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings[name] = &reading[T]{began: s.now(), done: done, value: value, finished: true, cancel: func() {}}
}

// holds reports whether get would make no call.
func (s *cache[T]) holds(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readings[name].serves(s.now(), s.ttl())
}

// mayCache reports whether an answer that is read now would serve other callers.
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

// invalidateAround goes around a write to the names, or to all if none is given. It drops
// what was read before the write, and its result drops what was read during it:
//
//	defer s.invalidateAround(name)()
func (s *cache[T]) invalidateAround(names ...string) (changed func()) {
	s.invalidate(names)
	return func() { s.invalidate(names) }
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

// refreshCoalesced is refresh for one of many concurrent callers, each after a write of
// its own, where each answer is long. A caller that comes while a round is in progress
// joins the next one, which begins when that ends: after all of its callers have asked, so
// that each of them sees its own write. One call serves as many callers as came during the
// one before it.
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

// joinRound joins the round that has not begun, or adds one.
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

// startAfter reads a round once the one before it has ended, unless all of its callers
// have left by then: such a round makes no call.
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

// start closes a round for further callers; those that accept what is cached may still
// join its call.
func (s *cache[T]) start(name string, r *reading[T]) {
	r.began = s.now()
	if s.rounds[name] == r {
		s.readings[name] = r
	}
}
