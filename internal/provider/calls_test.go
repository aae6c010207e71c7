// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// mostReadsPerWrite bounds the reads of an apply of many users (LOAD-05).
const mostReadsPerWrite = 1.0

// An apply knows what it created: it reads less than one object for each that it writes.
func TestApply_readsLessThanItWrites(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 0 }))
	c := newCore(t, srv.Getenv, fakeClock())
	const users = 100
	inParallel := func(create func(user string)) {
		var workers sync.WaitGroup
		names := make(chan string, users)
		for n := range users {
			names <- fmt.Sprintf("user-%03d", n)
		}
		close(names)
		for range 10 {
			workers.Go(func() {
				for name := range names {
					create(name)
				}
			})
		}
		workers.Wait()
	}
	create := func(kind string, config attributes) {
		if _, diags := c.Create(kind, config); len(diags) > 0 {
			t.Errorf("%s %v: %s", kind, config, acctest.Messages(diags))
		}
	}
	inParallel(func(user string) { create(userKind, attributes{"name": user}) })
	inParallel(func(user string) {
		create(profileKind, attributes{"user_name": user, "password_wo": "First-Passw0rd/4", "password_wo_version": 1})
		create(accessKey, attributes{"user_name": user})
		create(accessKey, attributes{"user_name": user})
		create(deviceKind, attributes{"virtual_mfa_device_name": user, "bind_to_user": user})
	})
	reads, written := 0, 0
	byAction := map[string]int{}
	for _, call := range srv.Calls() {
		byAction[call.Action]++
		if strings.HasPrefix(call.Action, "Get") || strings.HasPrefix(call.Action, "List") {
			reads++
		} else {
			written++
		}
	}
	ratio := float64(reads) / float64(written)
	t.Logf("%d reads and %d writes, %.2f: %v", reads, written, ratio, byAction)
	if ratio > mostReadsPerWrite {
		t.Errorf("%.2f reads for each write, more than %.2f", ratio, mostReadsPerWrite)
	}
}
