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

// quota is how many calls of an operation the client makes in any second.
type quota int

// quotas are just below what is published per account and operation (LOAD-04;
// documented for Ram and Sts, assumed for Ims).
var quotas = struct{ reads, writes, attachments, sessions quota }{
	reads:       95, // of 100
	writes:      19, // of 20
	attachments: 9,  // of 10
	sessions:    95, // of 100
}

// quotaWindow is the time that a quota is for. The service does not document whether it is
// a sliding one; a sliding one is the stricter (assumed).
const quotaWindow = time.Second

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
		l.actions[name] = newLimit(op.quota())
	}
	return l.actions[name]
}

// limit paces one operation. As long as nothing is throttled, a call may be sent one second
// after the answer to the call before the last few: these are as many as the quota. The service
// then receives no more than the quota in any second, however long the calls travel, and the first
// ones need not wait. When the service throttles, the calls are sent one by one at half the rate,
// which is restored step by step while the service answers.
type limit struct {
	quota  quota
	slots  chan time.Time // when each call that may be in progress can be sent
	bucket *rate.Limiter
	line   chan struct{} // held by the call with the next turn; the others wait behind it

	mu          sync.Mutex
	lastCut     time.Time // when the rate was halved last
	pausedUntil time.Time // the end of the pause that the service asked for
}

// burst is how many calls may be sent at once, before a service that throttles is noticed:
// with what follows in the next tenth of a second, less than ten writes. A service whose
// quota is far below the published one would throttle all others of a larger burst.
func (q quota) burst() int { return int(max(1, min(2*q/5, 10))) }

func newLimit(of quota) *limit {
	l := &limit{
		quota: of, slots: make(chan time.Time, of),
		bucket: rate.NewLimiter(rate.Limit(of), of.burst()), line: make(chan struct{}, 1),
	}
	for range of {
		l.slots <- time.Time{}
	}
	return l
}

// answered gives back the slot of a call.
func (l *limit) answered(now time.Time) { l.slots <- now.Add(quotaWindow) }

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
	full := rate.Limit(l.quota)
	if current >= full {
		return
	}
	step := full / recoverySeconds / current
	l.bucket.SetLimitAt(now, min(full, current+step))
	if current+step >= full {
		l.bucket.SetBurstAt(now, l.quota.burst())
	}
}

// timeLeft is how long the call with a slot may not be sent.
func (l *limit) timeLeft(now, free time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.pausedUntil.Sub(now), free.Sub(now))
}

// waitTurn waits until the operation may be sent, and returns what reports the end of the
// call. Only the first in line takes a turn, so that a lower rate holds for all who wait
// behind it.
func (c *Client) waitTurn(ctx context.Context, op operation) (done func(), err error) {
	l := c.limits.of(op)
	if err := c.waitInLine(ctx, l); err != nil {
		return nil, err
	}
	done = func() { l.answered(c.Now()) }
	if c.limits.all == nil {
		return done, nil
	}
	if err := c.reserve(ctx, c.limits.all); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// waitInLine takes a slot.
func (c *Client) waitInLine(ctx context.Context, l *limit) error {
	select {
	case l.line <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.line }()
	var free time.Time
	select {
	case free = <-l.slots:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := c.waitFor(ctx, l, free); err != nil {
		l.slots <- free
		return err
	}
	return nil
}

// waitFor waits until a slot is free, no pause is left, and the rate allows a call.
func (c *Client) waitFor(ctx context.Context, l *limit, free time.Time) error {
	for wait := l.timeLeft(c.Now(), free); wait > 0; wait = l.timeLeft(c.Now(), free) {
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
