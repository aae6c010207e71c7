// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
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

// A destroy of a user and its objects lists nothing again that it has just found absent, and finds the owner of its own
// key once.
func TestDestroy_readsWhatItDoesNotKnow(t *testing.T) {
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
		"ListAccessKeys":  2 * users,   // each confirms a deletion
		"GetLoginProfile": users,       // so does each of these
		"GetUser":         3*users + 1, // the name for the keys, the name and the deletion of each, and the provider's own
		"ListUsers":       1,           // the names for the profiles
		"GetUserMFAInfo":  users,       // what this run did not delete is listed
		"DeleteUser":      users,
	} {
		if calls := len(srv.Calls(action)); calls > most || calls == 0 {
			t.Errorf("%d calls of %s, more than %d or none", calls, action, most)
		}
	}
}

// What another administrator adds to a user after the deletion by this run is found a minute later. After a write of this
// run it is found at once.
func TestDestroy_listsAgainWhatMayHaveBeenAdded(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(t *testing.T, srv *ramtest.Server, c *acctest.Driver, clock *acctest.Clock){
		"a minute later": func(_ *testing.T, srv *ramtest.Server, _ *acctest.Driver, clock *acctest.Clock) {
			now := srv.Now()
			srv.Change(func(a *ramtest.Account) {
				a.Users["alice"].Keys = []*ramtest.AccessKey{{ID: "LTAIother", Secret: "s", Status: ram.Active, CreateDate: now}}
			})
			clock.Advance(time.Minute)
		},
		"by this run": func(t *testing.T, _ *ramtest.Server, c *acctest.Driver, _ *acctest.Clock) {
			t.Helper()
			_, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			clock := &acctest.Clock{}
			c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
			user, diags := c.Create(userKind, attributes{"name": "alice"})
			clean(t, diags)
			key, diags := c.Create(accessKey, attributes{"user_name": "alice"})
			clean(t, diags)
			_, diags = c.Destroy(accessKey, key)
			clean(t, diags)
			add(t, srv, c, clock)
			_, diags = c.Destroy(userKind, user)
			contains(t, acctest.Messages(acctest.Errors(diags)), "because it still has", "the AccessKey pair")
			expect(t, "keys", len(account(srv).Users["alice"].Keys), 1)
		})
	}
}
