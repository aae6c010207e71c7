// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"context"
	"time"
)

// How long the provider waits for the service. The service is eventually
// consistent and does not publish any of these durations (all assumed).
const (
	// SendLimit bounds a create whose answer is returned once. It is separate from
	// the operation's timeout, since neither the end of that timeout nor one Ctrl-C may
	// lose the created object (KEY-07).
	SendLimit = time.Minute
	// LagWindow is how long after a create of unknown outcome the created object may
	// take to be listed.
	LagWindow = 30 * time.Second
	// ListLimit is how long an operation waits until a new or changed AccessKey is listed.
	// Other clouds say "typically 2 minutes".
	ListLimit = 2 * time.Minute
	// LateLimit is how long after its creation an AccessKey may first be listed at the
	// latest. Other clouds say "7 minutes or more". Until then no list proves that a key
	// does not exist, and messages about an unknown outcome name this time.
	LateLimit = time.Hour
	// ConfirmLimit is how long an accepted write may stay invisible before a warning
	// says so.
	ConfirmLimit = time.Minute
	// secondReadDelay separates the two reads that have to miss an object before it
	// counts as gone.
	secondReadDelay = 2 * time.Second
)

// Pauses are the times between two checks: they double from First to Longest.
type Pauses struct{ First, Longest time.Duration }

var (
	// writePauses are for a write that the service accepted and does not show yet.
	writePauses = Pauses{200 * time.Millisecond, 5 * time.Second}
	// ReportPauses are for a report that the service generates within minutes.
	ReportPauses = Pauses{2 * time.Second, 30 * time.Second}
)

// WaitUntil calls check, with growing pauses, until it reports true, fails, or the
// limit has passed. It returns the error of a pause that the context cancels.
func (i *Instance) WaitUntil(ctx context.Context, limit time.Duration, check func(context.Context) (bool, error)) (bool, error) {
	return i.WaitPaused(ctx, writePauses, limit, check)
}

// WaitPaused is WaitUntil with other pauses.
func (i *Instance) WaitPaused(ctx context.Context, pauses Pauses, limit time.Duration, check func(context.Context) (bool, error)) (bool, error) {
	end := i.Client.Now().Add(limit)
	for pause := pauses.First; ; pause = min(2*pause, pauses.Longest) {
		done, err := check(ctx)
		if done || err != nil || !i.Client.Now().Before(end) {
			return done, err
		}
		if err := i.Client.Pause(ctx, pause); err != nil {
			return false, err
		}
	}
}

// ConfirmGone reports whether an object that a first read missed is missing again
// after a while. find has to bypass every cache. A live object, and the only copy of
// its secret, must not leave the state.
func (i *Instance) ConfirmGone(ctx context.Context, find func(context.Context) (found bool, err error)) (bool, error) {
	if err := i.Client.Pause(ctx, secondReadDelay); err != nil {
		return false, err
	}
	found, err := find(ctx)
	return err == nil && !found, err
}

// FindTwice reports whether an object exists, for a removal from the state and for a
// delete: what read does not find is read again after a while with refresh, which bypasses
// every cache.
func (i *Instance) FindTwice(ctx context.Context, read, refresh func(context.Context) (found bool, err error)) (bool, error) {
	found, err := read(ctx)
	if err != nil || found {
		return found, err
	}
	gone, err := i.ConfirmGone(ctx, refresh)
	return !gone, err
}

// ServerTime returns the time of the service as its last answers show it, or the time of this
// machine before the first answer.
func (i *Instance) ServerTime() time.Time {
	now, _ := i.Client.ServerNow()
	return now
}
