// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quota is the rate of an operation, below the published one.
type quota struct {
	perSecond rate.Limit
	burst     int
}

// quotas are a fifth below what is published per account and operation (LOAD-04;
// documented for Ram and Sts, assumed for Ims).
var quotas = struct{ reads, writes, attachments, sessions quota }{
	reads:       quota{80, 10}, // of 100
	writes:      quota{16, 2},  // of 20
	attachments: quota{8, 1},   // of 10
	sessions:    quota{80, 10}, // of 100
}

func (op operation) quota() quota {
	switch op.pace {
	case attachment:
		return quotas.attachments
	case session:
		return quotas.sessions
	case byRepeat:
	}
	if op.repeat == read {
		return quotas.reads
	}
	return quotas.writes
}

const (
	// minRate is the lowest rate that throttling leads to.
	minRate rate.Limit = 1
	// cutInterval is how long further throttling answers are ignored: concurrent calls get
	// the same one.
	cutInterval = time.Second
	// recoverySeconds is how many seconds of success restore the quota of an operation.
	recoverySeconds = 20
)

// limits pace the calls of one client, each operation by itself and all together.
type limits struct {
	mu      sync.Mutex
	actions map[string]*limit
	all     *rate.Limiter // nil without a cap
}

func newLimits(perSecond float64) limits {
	if perSecond <= 0 || math.IsInf(perSecond, 0) || math.IsNaN(perSecond) {
		return limits{}
	}
	return limits{all: rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// of is the limit of an operation. Ram and Ims count apart.
func (l *limits) of(op operation) *limit {
	name := string(op.product) + "/" + op.action
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.actions == nil {
		l.actions = map[string]*limit{}
	}
	if l.actions[name] == nil {
		quota := op.quota()
		l.actions[name] = &limit{quota: quota, bucket: rate.NewLimiter(quota.perSecond, quota.burst), line: make(chan struct{}, 1)}
	}
	return l.actions[name]
}

// limit paces one operation: the rate is halved when the service throttles it, and
// restored step by step while it answers.
type limit struct {
	quota  quota
	bucket *rate.Limiter
	line   chan struct{} // held by the call with the next turn; the others wait behind it

	mu          sync.Mutex
	lastCut     time.Time // when the rate was halved last
	pausedUntil time.Time // the end of the pause that the service asked for
}

// slowDown applies a throttling answer. The pause that the service asks for holds for all
// waiting calls, and the saved burst is dropped.
func (l *limit) slowDown(now time.Time, silence time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := now.Add(min(silence, longestBackoff)); until.After(l.pausedUntil) {
		l.pausedUntil = until
	}
	l.bucket.SetBurstAt(now, 1)
	if !l.lastCut.IsZero() && now.Sub(l.lastCut) < cutInterval {
		return
	}
	l.lastCut = now
	l.bucket.SetLimitAt(now, max(minRate, l.bucket.Limit()/2))
}

// speedUp adds so much per success that the rate grows by a constant amount per second,
// whatever the rate is.
func (l *limit) speedUp(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	current := l.bucket.Limit()
	if current >= l.quota.perSecond {
		return
	}
	step := l.quota.perSecond / recoverySeconds / current
	l.bucket.SetLimitAt(now, min(l.quota.perSecond, current+step))
	if current+step >= l.quota.perSecond {
		l.bucket.SetBurstAt(now, l.quota.burst)
	}
}

// pauseLeft is how long no call may be sent.
func (l *limit) pauseLeft(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pausedUntil.Sub(now)
}

// waitTurn waits until the operation may be sent. Only the first in line reserves a turn,
// so that a lower rate holds for all who wait behind it.
func (c *Client) waitTurn(ctx context.Context, op operation) error {
	if err := c.waitInLine(ctx, c.limits.of(op)); err != nil {
		return err
	}
	if c.limits.all == nil {
		return nil
	}
	return c.reserve(ctx, c.limits.all)
}

func (c *Client) waitInLine(ctx context.Context, l *limit) error {
	select {
	case l.line <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.line }()
	for wait := l.pauseLeft(c.Now()); wait > 0; wait = l.pauseLeft(c.Now()) {
		if tooLong(ctx, wait) {
			return context.DeadlineExceeded
		}
		if err := c.Pause(ctx, wait); err != nil {
			return err
		}
	}
	return c.reserve(ctx, l.bucket)
}

// reserve is rate.Limiter.Wait with the clock of the client. A turn that is too late for
// ctx is returned at once.
func (c *Client) reserve(ctx context.Context, bucket *rate.Limiter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := c.Now()
	turn := bucket.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	if tooLong(ctx, wait) {
		turn.CancelAt(now)
		return context.DeadlineExceeded
	}
	if err := c.Pause(ctx, wait); err != nil {
		turn.CancelAt(c.Now())
		return err
	}
	return nil
}
