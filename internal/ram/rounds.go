// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

// together is anew for one of many who ask at the same time, each after a write of
// its own, where each answer is long. Whoever asks while a round is under way takes
// part in the next one, which begins when that ends: after all who take part have
// asked, so that none of them is shown what was before its write. A call serves as
// many as came while the one before it was under way.
func (s *shared[T]) together(ctx context.Context, name string, ask func(context.Context) (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, s.givenUp(err)
	}
	return s.await(ctx, name, s.takePart(ctx, name, ask))
}

// takePart joins the round that has not begun, or makes one.
func (s *shared[T]) takePart(ctx context.Context, name string, ask func(context.Context) (T, error)) *reading[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rounds[name]
	if r == nil || !r.began.IsZero() {
		before := r
		var detached context.Context
		r, detached = begin[T](ctx)
		s.rounds[name] = r
		if before == nil {
			s.open(name, r)
			go s.read(detached, name, r, ask)
		} else {
			go s.follow(detached, name, before, r, ask)
		}
	}
	r.waiting++
	return r
}

// follow holds a round once the one before it has ended, unless all who took part
// have left by then: nobody joins it any more, so it asks nothing.
func (s *shared[T]) follow(ctx context.Context, name string, before, r *reading[T], ask func(context.Context) (T, error)) {
	select {
	case <-before.done:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.open(name, r)
	s.mu.Unlock()
	s.read(ctx, name, r, ask)
}

// open lets nobody else take part in a round; those who want no more than what is
// known may still join its call.
func (s *shared[T]) open(name string, r *reading[T]) {
	r.began = s.now()
	if s.rounds[name] == r {
		s.readings[name] = r
	}
}
