// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

type keyOfALoad struct{}

// The values in the context of a request are released after the response, although the framework keeps the context.
func TestServer_releasesTheContextOfARequest(t *testing.T) {
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
