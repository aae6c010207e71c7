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

// quota is the number of calls of an operation that the client makes in any second.
type quota int

// quotas are slightly below the published quotas per account and operation (LOAD-04;
// documented for Ram and Sts, assumed for Ims).
var quotas = struct{ reads, writes, attachments, sessions quota }{
	reads:       95, // published: 100
	writes:      19, // published: 20
	attachments: 9,  // published: 10
	sessions:    95, // published: 100
}

// quotaWindow is the period of a quota. The service does not document whether it is a
// sliding window. A sliding window is stricter, so it is assumed.
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
	// minRate is the lowest rate that throttling can cause.
	minRate rate.Limit = 1
	// cutInterval is how long further throttling responses do not reduce the rate again,
	// because concurrent calls are throttled together.
	cutInterval = time.Second
	// recoverySeconds is the number of seconds of success after which the full quota is
	// restored.
	recoverySeconds = 20
)

// limits holds the rate limits of one client: one for each operation, and one for all
// calls.
type limits struct {
	mu      sync.Mutex
	actions map[string]*limit
	all     *rate.Limiter // nil without RequestsPerSecond
}

func newLimits(perSecond float64) limits {
	if perSecond <= 0 || math.IsInf(perSecond, 0) || math.IsNaN(perSecond) {
		return limits{}
	}
	return limits{all: rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// of returns the limit of an operation. Ram and Ims have separate quotas.
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

// limit paces one operation. It has as many slots as the quota. A call takes a slot, which
// is free again one second after the response. The service therefore never receives more
// than the quota in any second, however long requests travel, and the first calls do not
// wait. When the service throttles, calls are sent one by one at half the rate. Successful
// calls restore the rate step by step.
type limit struct {
	quota  quota
	slots  chan time.Time // for each free slot, the time from which it may be used
	bucket *rate.Limiter
	line   chan struct{} // held by the next call in line

	mu          sync.Mutex
	lastCut     time.Time // last time at which the rate was halved
	pausedUntil time.Time // end of the pause that the service requested
}

// burst is how many calls may be sent at once before a throttling response can be noticed.
// Together with the calls of the next tenth of a second, these are fewer than ten writes.
// If the actual quota is far below the published one, all further calls of a larger burst
// would be throttled.
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

// release returns the slot of a call after its response.
func (l *limit) release(now time.Time) { l.slots <- now.Add(quotaWindow) }

// slowDown handles a throttling response. All waiting calls observe the pause that the
// service requests, and the accumulated burst is dropped.
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

// speedUp raises the rate after a success, by an amount that makes the rate grow by a
// constant amount per second.
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

// timeLeft returns how long a call that holds a slot has to wait before it is sent.
func (l *limit) timeLeft(now, free time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.pausedUntil.Sub(now), free.Sub(now))
}

// waitTurn waits until the operation may be sent. It returns a function to call when the
// response has arrived. Calls take their turns one by one, so that a reduced rate applies
// to all waiting calls.
func (c *Client) waitTurn(ctx context.Context, op operation) (done func(), err error) {
	l := c.limits.of(op)
	if err := c.waitInLine(ctx, l); err != nil {
		return nil, err
	}
	done = func() { l.release(c.Now()) }
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

// waitFor waits until the slot is free, no pause is in effect, and the rate allows a call.
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

// reserve is rate.Limiter.Wait with the clock of the client. If the turn comes after the
// deadline of ctx, it returns an error at once.
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
