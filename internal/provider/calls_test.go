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

// A destroy of users and their objects finds the owner of the provider's own key once. Before a user is deleted, all kinds
// of its objects are listed twice, since another administrator may add one at any time, and one list may be stale.
func TestDestroy_readsTheOwnerOfTheOwnKeyOnce(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	const users = 5
	var objects []acctest.Object
	var kinds []string
	for _, kind := range []string{userKind, profileKind, accessKey, accessKey} {
		for n := range users {
			o, diags := c.Create(kind, map[string]attributes{
				userKind:    {"name": fmt.Sprintf("user-%d", n)},
				profileKind: {"user_name": fmt.Sprintf("user-%d", n), "password_wo": "First-Passw0rd/4", "password_wo_version": 1},
				accessKey:   {"user_name": fmt.Sprintf("user-%d", n)},
			}[kind])
			clean(t, diags)
			objects, kinds = append(objects, o), append(kinds, kind)
		}
	}
	c = newCore(t, srv.Getenv, fakeClock())
	srv.ForgetCalls()
	for n := len(objects) - 1; n >= 0; n-- {
		_, diags := c.Destroy(kinds[n], objects[n])
		clean(t, diags)
	}
	for action, most := range map[string]int{
		"ListAccessKeys":  4 * users,   // each key's deletion is confirmed, and the user's keys are listed twice
		"GetLoginProfile": 3 * users,   // so is the login profile
		"GetUser":         3*users + 1, // the name for the keys, the name and the deletion of each, and the provider's own
		"ListUsers":       1,           // the names for the profiles
		"GetUserMFAInfo":  users,
		"DeleteUser":      users,
	} {
		if calls := len(srv.Calls(action)); calls > most || calls == 0 {
			t.Errorf("%d calls of %s, more than %d or none", calls, action, most)
		}
	}
}
