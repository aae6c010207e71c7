// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

// Durations of waits. The service is eventually consistent and does not publish any of these
// durations (all assumed).
const (
	// SendLimit limits a create whose response the service returns only once. It is separate
	// from the operation's timeout, because neither that timeout nor one Ctrl-C may lose the
	// created object (KEY-07).
	SendLimit = time.Minute
	// LagWindow is how long after a create with unknown outcome the created object may not be
	// listed yet.
	LagWindow = 30 * time.Second
	// ListLimit is how long an operation waits until a new or changed AccessKey is listed.
	// Other clouds document "typically 2 minutes".
	ListLimit = 2 * time.Minute
	// LateLimit is the longest time after its creation at which an AccessKey is first listed.
	// Other clouds document "7 minutes or more". Until then no list proves that a key does
	// not exist. Messages about an unknown outcome state this time.
	LateLimit = time.Hour
	// ConfirmLimit is how long an operation waits until an accepted write is visible. After
	// that it warns.
	ConfirmLimit = time.Minute
	// ConflictLimit is how long a delete is repeated that the service refuses for a kind of
	// object which the lists do not contain and the operation did not remove (assumed: such
	// an object is one that no list returns, and not a stale response).
	ConflictLimit = 10 * time.Second
	// UseWindow is how long the reads of the service may not find a new AccessKey pair
	// (assumed: the service is eventually consistent, without a documented limit).
	UseWindow = 30 * time.Second
	// PlanReads is how long the plan of a new credential waits until the others of the same
	// user are read. A CLI reads the objects of a plan in any order.
	PlanReads = 3 * time.Second
	// secondReadDelay is the time between the two reads that must both miss an object before
	// it counts as deleted.
	secondReadDelay = 2 * time.Second
)

// Pauses are the pauses between checks. They double from First to Longest.
type Pauses struct{ First, Longest time.Duration }

var (
	// writePauses are for an accepted write that is not visible yet.
	writePauses = Pauses{200 * time.Millisecond, 5 * time.Second}
	// ReportPauses are for a report, which the service generates within minutes.
	ReportPauses = Pauses{2 * time.Second, 30 * time.Second}
)

// WaitUntil waits until the service shows an accepted write (CONS-01). It calls check, with
// growing pauses, until check returns true or an error, or the limit has passed. If ctx ends
// during a pause, it returns the error of ctx.
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

// ConfirmGone reports whether an object that one read missed is missing in a second, later
// read. find must bypass all caches. An existing object, and the only copy of its secret,
// must not be removed from the state.
func (i *Instance) ConfirmGone(ctx context.Context, find func(context.Context) (found bool, err error)) (bool, error) {
	if err := i.Client.Pause(ctx, secondReadDelay); err != nil {
		return false, err
	}
	found, err := find(ctx)
	return err == nil && !found, err
}

// FindTwice reports whether an object exists, before it is removed from the state or deleted.
// If read does not find it, refresh reads it again after a pause. refresh must bypass all
// caches.
func (i *Instance) FindTwice(ctx context.Context, read, refresh func(context.Context) (found bool, err error)) (bool, error) {
	found, err := read(ctx)
	if err != nil || found {
		return found, err
	}
	gone, err := i.ConfirmGone(ctx, refresh)
	return !gone, err
}

// ExistsForDelete reports whether an object that a destroy deletes exists. An object that two
// fresh reads do not find needs no request. If the account of the object is unknown, that is an
// error, because the object may exist in another account.
func (i *Instance) ExistsForDelete(ctx context.Context, f diagnostics.Operation, refresh func(context.Context) (found bool, err error), diags *diag.Diagnostics) bool {
	found, err := i.FindTwice(ctx, refresh, refresh)
	if !diagnostics.Report(diags, f, err) && !found {
		i.CheckKnown(ctx, f, diags)
	}
	return err == nil && found
}

// ServerNow returns the time of the service according to its last responses. Before the
// first response it returns the local time.
func (i *Instance) ServerNow() time.Time {
	now, _ := i.Client.ServerNow()
	return now
}
