// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the local clock and its offset from the service's clock.
type clock struct {
	now    func() time.Time
	pause  func(context.Context, time.Duration) error
	offset atomic.Pointer[time.Duration]
}

// timestampExpired is the code of the service for a request whose timestamp is too far from
// its own clock.
const timestampExpired = "InvalidTimeStamp.Expired"

// learn takes the offset from the Date header of a response. The header counts whole
// seconds, so half a second is added. The service refuses a signature whose timestamp is
// more than 15 minutes off (documented). After any other response the clocks therefore
// agree within 15 minutes, and a Date that differs by more was not written by the service.
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

// sleep waits for d or until ctx ends.
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

// Pause waits for d or until ctx ends, in which case it returns the error of ctx.
func (c *Client) Pause(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.clock.pause(ctx, d)
}

// ClockOffset returns server time minus local time in whole seconds, as of the last
// response. It returns false before the first response.
func (c *Client) ClockOffset() (time.Duration, bool) {
	offset := c.clock.offset.Load()
	if offset == nil {
		return 0, false
	}
	return *offset, true
}

// ServerNow returns the service's time. Before the first response it returns the local time
// and false.
func (c *Client) ServerNow() (time.Time, bool) {
	offset, known := c.ClockOffset()
	return c.Now().Add(offset), known
}
