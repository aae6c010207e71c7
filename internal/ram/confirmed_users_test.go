// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "testing"

// A confirmed user is removed when its values may have changed.
func TestConfirmedUser_isForgottenAfterAChange(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	known := func(wantUser, wantKeys bool) {
		t.Helper()
		user, knowsUser := client.ConfirmedUser("alice")
		_, knowsKeys := client.ConfirmedAccessKeys("alice")
		if knowsUser != wantUser || knowsKeys != wantKeys || knowsUser && user.ID != "1" {
			t.Errorf("user %v: %v, keys: %v", user, knowsUser, knowsKeys)
		}
	}
	alice := User{ID: "1", Name: "alice"}
	client.ConfirmAccessKeys("alice", nil) // a user that the client did not create
	known(false, false)
	client.ConfirmUser(alice)
	known(true, true)

	changed := client.caches.invalidateKeys("alice")
	known(true, false)
	changed()
	client.ConfirmAccessKeys("alice", []AccessKey{{ID: "key"}})
	known(true, true)

	client.caches.invalidateUsers()() // a rename or a deletion
	known(false, false)
	client.ConfirmUser(alice)
	clock.advance(lifeReadOnly)
	known(false, false)
}
