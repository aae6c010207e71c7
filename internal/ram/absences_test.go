// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"testing"
	"time"
)

// What was found absent counts for a minute, until this client writes such an object.
func TestConfirmedAbsent_endsWithAWriteARenameAndAMinute(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	alice := User{ID: "1", Name: "alice"}
	confirm := func() {
		clock.advance(time.Second)
		client.ConfirmAbsent(AbsentKeys, alice, clock.now())
	}
	absent := func(when string, want bool) {
		t.Helper()
		if got := client.ConfirmedAbsent(AbsentKeys, alice); got != want {
			t.Errorf("%s: absent %v, want %v", when, got, want)
		}
	}
	absent("never read", false)
	confirm()
	absent("read", true)
	for when, other := range map[string]User{"another user with the name": {ID: "2", Name: "alice"}, "another name": {ID: "1", Name: "bob"}} {
		if client.ConfirmedAbsent(AbsentKeys, other) {
			t.Error("absent for", when)
		}
	}
	if client.ConfirmedAbsent(AbsentProfile, alice) {
		t.Error("absent for another kind")
	}

	caches := &client.caches
	for when, write := range map[string]struct {
		around func() func()
		ends   bool
	}{
		"a write of a key":             {func() func() { return caches.invalidateKeys("alice") }, true},
		"a write of a key of another":  {func() func() { return caches.invalidateKeys("bob") }, false},
		"a rename":                     {caches.invalidateUsers, true},
		"the deletion of another user": {caches.invalidateDeletedUser, false},
	} {
		confirm()
		clock.advance(time.Second)
		began := clock.now()
		clock.advance(time.Second)
		changed := write.around()
		absent("during "+when, !write.ends)
		clock.advance(time.Second)
		changed()
		client.ConfirmAbsent(AbsentKeys, alice, began)
		absent("read before the end of "+when, !write.ends)
	}

	confirm()
	clock.advance(lifeAfterWrite - 1)
	absent("almost a minute ago", true)
	clock.advance(1)
	absent("a minute ago", false)
	client.ConfirmAbsent(AbsentKeys, User{Name: "alice"}, clock.now())
	if client.ConfirmedAbsent(AbsentKeys, User{Name: "alice"}) {
		t.Error("absent for a user without an id")
	}
}
