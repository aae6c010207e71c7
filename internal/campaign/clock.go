// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"sync"
	"time"
)

// clock is one time for the provider and the service. A pause takes no time: it moves
// the clock, and that of the service's data with it. Signatures keep real time.
type clock struct {
	follow func(time.Duration) // moves the service's clock

	mu     sync.Mutex
	passed time.Duration
	paused time.Duration // by the provider
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.passed)
}

func (c *clock) pause(ctx context.Context, d time.Duration) error {
	c.follow(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
	c.paused += d
	return ctx.Err()
}

// advance lets time go by between two runs.
func (c *clock) advance(d time.Duration) {
	c.follow(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
}

// waited is how long the provider has waited.
func (c *clock) waited() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused
}

// ahead is the provider's clock when it does not agree with that of the service.
func (c *clock) ahead(d time.Duration) func() time.Time {
	return func() time.Time { return c.now().Add(d) }
}
