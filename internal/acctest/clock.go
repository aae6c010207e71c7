// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that a pause advances instead of waiting. The provider uses its methods Now
// and Pause instead of the real ones.
type Clock struct {
	// Follow advances the service's clock by the same amount. Nil: the service uses real time.
	Follow func(time.Duration)

	mu     sync.Mutex
	moved  time.Duration
	paused time.Duration
}

// NewClock returns a clock that is ahead of real time.
func NewClock(ahead time.Duration, follow func(time.Duration)) *Clock {
	return &Clock{Follow: follow, moved: ahead}
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved)
}

// Pause advances the clock by a pause of the provider. It returns an error if the context has
// ended.
func (c *Clock) Pause(ctx context.Context, d time.Duration) error {
	c.move(d, d)
	return ctx.Err()
}

// Advance advances the clock between two runs.
func (c *Clock) Advance(d time.Duration) { c.move(d, 0) }

func (c *Clock) move(d, paused time.Duration) {
	if c.Follow != nil {
		c.Follow(d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
	c.paused += paused
}

// Paused returns the total pause of the provider.
func (c *Clock) Paused() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused
}

// Skewed returns the clock of a machine that differs from the service by d.
func (c *Clock) Skewed(d time.Duration) func() time.Time {
	return func() time.Time { return c.Now().Add(d) }
}
