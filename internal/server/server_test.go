// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"errors"
	"testing"
	"time"
)

type valueKey struct{}

// A releasable context is the context of the request until it is released, and canceled afterwards.
func TestReleasableContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), valueKey{}, "a value"), time.Hour)
	defer cancel()
	var held, derived context.Context
	_, err := withReleased(ctx, 0, func(lent context.Context, _ int) (int, error) {
		held = lent
		var stop context.CancelFunc
		derived, stop = context.WithCancel(lent)
		defer stop()
		wanted, _ := ctx.Deadline()
		if deadline, has := lent.Deadline(); !has || !deadline.Equal(wanted) || lent.Value(valueKey{}) != "a value" || derived.Value(valueKey{}) != "a value" || lent.Err() != nil {
			t.Error("it differs from the context of the request")
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(held.Err(), context.Canceled) || held.Value(valueKey{}) != nil || derived.Value(valueKey{}) != nil {
		t.Errorf("it is not canceled: %v, %v", held.Err(), held.Value(valueKey{}))
	}
	<-held.Done()
	// The cancellation of the request cancels the contexts that are derived from it.
	_, err = withReleased(ctx, 0, func(lent context.Context, _ int) (int, error) {
		below, stop := context.WithCancel(lent)
		defer stop()
		cancel()
		<-below.Done()
		return 0, lent.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
