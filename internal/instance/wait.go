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
	// sendLimit bounds a create whose answer is returned once. It is separate from
	// the operation's timeout, since neither the end of that timeout nor one Ctrl-C may
	// lose the created object (KEY-07).
	SendLimit = time.Minute
	// lagWindow is how long after a create of unknown outcome the created object may
	// take to be listed.
	LagWindow = 30 * time.Second
	// visibility is how long a change of an AccessKey may take to be listed.
	ListLimit = 2 * time.Minute
	// patience is how long an accepted write may stay invisible before a warning
	// says so.
	ConfirmLimit = time.Minute
	// secondReadDelay separates the two reads that have to miss an object before it
	// counts as gone.
	secondReadDelay = 2 * time.Second

	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
)

// WaitUntil calls check, with growing pauses, until it reports true, fails, or the
// limit has passed.
func (i *Instance) WaitUntil(ctx context.Context, limit time.Duration, check func(context.Context) (bool, error)) (bool, error) {
	end := i.Client.Now().Add(limit)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
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
