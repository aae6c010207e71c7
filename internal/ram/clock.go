// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the local clock and how far the service's is ahead of it.
type clock struct {
	now    func() time.Time
	pause  func(context.Context, time.Duration) error
	offset atomic.Pointer[time.Duration]
}

// timestampExpired is the code with which the service refuses a call because the clocks
// differ too much.
const timestampExpired = "InvalidTimeStamp.Expired"

// learn takes the offset from the Date header of an answer of the service. The header
// counts whole seconds, so half a second is added. The service refuses the timestamp of
// a signature that is more than 15 minutes off (documented), so after any other answer
// the clocks agree to that, and a Date that contradicts it is not the service's.
func (k *clock) learn(header http.Header, refused bool) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	offset := date.Add(500 * time.Millisecond).Sub(k.now())
	if !refused && offset.Abs() > minClockOffset+attemptTimeout {
		k.offset.CompareAndSwap(nil, new(time.Duration))
		return
	}
	k.offset.Store(&offset)
}

// sleep waits in real time.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Now returns the time of the local clock.
func (c *Client) Now() time.Time { return c.clock.now() }

// Pause waits for d, or for the end of ctx, whose error it returns.
func (c *Client) Pause(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.clock.pause(ctx, d)
}

// ClockOffset returns server time minus local time, to the second, as the last answer of
// the service showed it; false before the first answer.
func (c *Client) ClockOffset() (time.Duration, bool) {
	offset := c.clock.offset.Load()
	if offset == nil {
		return 0, false
	}
	return *offset, true
}

// ServerNow returns the service's time; false if it is that of the local clock, because
// no answer has come yet.
func (c *Client) ServerNow() (time.Time, bool) {
	offset, known := c.ClockOffset()
	return c.Now().Add(offset), known
}
