// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

type keyOfALoad struct{}

// What hangs on the context of a request is let go of when the request is answered,
// though the framework keeps the context.
func TestServer_keepsNothingOfARequest(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import("ram_user", "alice")
	if len(diags) > 0 {
		t.Fatal(acctest.Messages(diags))
	}
	released := make(chan struct{})
	func() {
		load := new([1 << 20]byte)
		runtime.AddCleanup(load, func(done chan struct{}) { close(done) }, released)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), keyOfALoad{}, load))
		defer cancel()
		resp, err := c.Server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "ram_user", CurrentState: c.Dynamic(o.State), Private: o.Private})
		must(t, err)
		clean(t, resp.Diagnostics)
	}()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for {
		runtime.GC()
		select {
		case <-released:
			runtime.KeepAlive(c)
			return
		case <-deadline.C:
			t.Fatal("what hung on the context is still there")
		default:
			runtime.Gosched()
		}
	}
}

// A context is what it was lent of until it is taken back, and then it has ended.
func TestLending(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), keyOfALoad{}, "a value"), time.Hour)
	defer cancel()
	var kept, derived context.Context
	_, err := withReleased(ctx, 0, func(lent context.Context, _ int) (int, error) {
		kept = lent
		var stop context.CancelFunc
		derived, stop = context.WithCancel(lent)
		defer stop()
		wanted, _ := ctx.Deadline()
		if deadline, has := lent.Deadline(); !has || !deadline.Equal(wanted) || lent.Value(keyOfALoad{}) != "a value" || derived.Value(keyOfALoad{}) != "a value" || lent.Err() != nil {
			t.Error("it is not what it was lent of")
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(kept.Err(), context.Canceled) || kept.Value(keyOfALoad{}) != nil || derived.Value(keyOfALoad{}) != nil {
		t.Errorf("it goes on: %v, %v", kept.Err(), kept.Value(keyOfALoad{}))
	}
	<-kept.Done()
	// The end of the caller's is the end of what was derived from it.
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
