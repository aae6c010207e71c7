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
	// planLife is how long what was read serves others while the client has written
	// nothing (LOAD-05). Terraform configures a provider anew for each of its walks,
	// so a client that only reads is one of a refresh, a plan or a query. That wants
	// each thing once and of one moment, however long thousands of objects take, and
	// what it ends with is no newer than its oldest answer anyway. The end is for
	// hosts that keep a configured provider for days.
	planLife = 10 * time.Minute
	// sharedLife is how long it serves once the client has written: an apply takes
	// its time, and what somebody else does meanwhile should count.
	sharedLife = time.Minute
	// forever is for what is read once per client.
	forever time.Duration = math.MaxInt64
	// readLag is how long after a write of ours an answer may still be of the time
	// before it. Source: documented, the length assumed.
	readLag = time.Minute
)

// shared are answers of one kind by name, each read once for all who ask at the
// same time or soon after. Errors are not kept, and neither is what was read
// within readLag of a write of ours: so whoever waits for that write to show
// sees each new answer.
type shared[T any] struct {
	action string
	life   func() time.Duration
	now    func() time.Time

	mu       sync.Mutex
	readings map[string]*reading[T]
	rounds   map[string]*reading[T] // of together, the last of each name
	written  map[string]time.Time   // the last write to a name
	rewrite  time.Time              // the last write to all of them
}

// reading is one answer, or the call that brings it.
type reading[T any] struct {
	began  time.Time     // zero: it waits for the round before
	done   chan struct{} // closed once value and err are there
	value  T
	err    error
	cancel context.CancelFunc

	waiting int // who would miss the call if it ended
	over    bool
}

// serves tells whether one who asks now may have this answer.
func (r *reading[T]) serves(now time.Time, life time.Duration) bool {
	return r != nil && (!r.over || now.Sub(r.began) < life)
}

func newShared[T any](op operation, life func() time.Duration, now func() time.Time) *shared[T] {
	return &shared[T]{
		action: op.action, life: life, now: now,
		readings: map[string]*reading[T]{}, rounds: map[string]*reading[T]{}, written: map[string]time.Time{},
	}
}

// get answers what is known of a name, or asks. The call belongs to all who wait
// for it: it ends with the last of them, not with the one who came first.
func (s *shared[T]) get(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	return s.within(ctx, s.life(), name, ask)
}

// within is get for one who wants no answer that is older than life.
func (s *shared[T]) within(ctx context.Context, life time.Duration, name string, ask func(context.Context) (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, s.givenUp(err)
	}
	return s.await(ctx, name, s.join(ctx, life, name, ask))
}

// await waits for a reading that the caller has joined.
func (s *shared[T]) await(ctx context.Context, name string, r *reading[T]) (T, error) {
	defer s.leave(name, r)
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, s.givenUp(ctx.Err())
	}
}

// anew asks past what is known.
func (s *shared[T]) anew(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	s.mu.Lock()
	delete(s.readings, name)
	s.mu.Unlock()
	return s.get(ctx, name, ask)
}

func (s *shared[T]) givenUp(err error) error { return fmt.Errorf("%s: %w", s.action, err) }

// join gives a reading that may be used, or begins one.
func (s *shared[T]) join(ctx context.Context, life time.Duration, name string, ask func(context.Context) (T, error)) *reading[T] {
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

// begin makes a reading that nobody has joined yet, and the context of its call.
func begin[T any](ctx context.Context) (*reading[T], context.Context) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx)) //nolint:gosec // read calls it, or the last to leave
	return &reading[T]{done: make(chan struct{}), cancel: cancel}, detached
}

func (s *shared[T]) read(ctx context.Context, name string, r *reading[T], ask func(context.Context) (T, error)) {
	defer r.cancel()
	r.err = CatchPanic(func() (err error) { // nobody else is on this goroutine to catch it
		r.value, err = ask(ctx)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	r.over = true
	if s.rounds[name] == r {
		delete(s.rounds, name)
	}
	if r.err != nil || s.mayLag(name, r.began) {
		s.drop(name, r)
	}
	close(r.done)
}

func (s *shared[T]) leave(name string, r *reading[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.waiting--
	if r.waiting == 0 && !r.over {
		s.drop(name, r)
		r.cancel()
	}
}

// drop lets nobody else join r.
func (s *shared[T]) drop(name string, r *reading[T]) {
	if s.readings[name] == r {
		delete(s.readings, name)
	}
	if s.rounds[name] == r {
		delete(s.rounds, name)
	}
}

// has tells whether get would ask nobody.
func (s *shared[T]) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readings[name].serves(s.now(), s.life())
}

// keeps tells whether an answer that is asked for now would serve others.
func (s *shared[T]) keeps(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.mayLag(name, s.now())
}

func (s *shared[T]) mayLag(name string, began time.Time) bool {
	for _, write := range []time.Time{s.written[name], s.rewrite} {
		if !write.IsZero() && began.Sub(write) < readLag {
			return true
		}
	}
	return false
}

// changing goes around a write to the names, or to all if none is given. What
// was read before is forgotten at once, and what others read meanwhile once
// changed is called:
//
//	defer s.changing(name)()
func (s *shared[T]) changing(names ...string) (changed func()) {
	s.forget(names)
	return func() { s.forget(names) }
}

func (s *shared[T]) forget(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(names) == 0 {
		clear(s.readings)
		s.rewrite = now
	}
	for _, name := range names {
		delete(s.readings, name)
		s.written[name] = now
	}
}
