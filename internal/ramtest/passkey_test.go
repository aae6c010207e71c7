// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"testing"
	"time"
)

func TestPasskeys(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	equal(t, "none", c.ok("Ims", "ListPasskeys", of("Ims", "alice")...).at("Passkeys"), []any{})
	s.Change(func(a *Account) {
		a.Users["alice"].Passkeys = []*Passkey{
			{ID: "PASSKEY-1", Name: "device1", CreateDate: time.Unix(1737450279, 0), LastUseDate: time.Unix(1737450390, 0)},
			{ID: "PASSKEY-2", Name: "device2", CreateDate: time.Unix(1737450279, 0)},
		}
	})
	listed := c.ok("Ims", "ListPasskeys", of("Ims", "alice")...).list("Passkeys", "PasskeyId")
	equal(t, "listed", listed, []reply{
		{"PasskeyId": "PASSKEY-1", "PasskeyName": "device1", "CreateDate": "1737450279", "LastUseDate": "1737450390"},
		{"PasskeyId": "PASSKEY-2", "PasskeyName": "device2", "CreateDate": "1737450279", "LastUseDate": ""},
	})
	c.ok("Ims", "UpdatePasskey", of("Ims", "alice", "PasskeyId", "PASSKEY-1", "PasskeyName", "phone")...)
	c.refused("MissingPasskeyName", "Ims", "UpdatePasskey", of("Ims", "alice", "PasskeyId", "PASSKEY-1")...)
	c.ok("Ims", "DeletePasskey", of("Ims", "alice", "PasskeyId", "PASSKEY-2")...)
	c.refused("EntityNotExist.Passkey", "Ims", "DeletePasskey", of("Ims", "alice", "PasskeyId", "PASSKEY-2")...)
	c.refused("EntityNotExist.Passkey", "Ims", "UpdatePasskey", of("Ims", "admin", "PasskeyId", "PASSKEY-1", "PasskeyName", "x")...)
	c.refused("EntityNotExist.User", "Ims", "ListPasskeys", of("Ims", "unknown")...)
	c.refused("MissingPasskeyId", "Ims", "DeletePasskey", of("Ims", "alice")...)
	own := aliceOf(t, s).ok("Ims", "ListPasskeys").list("Passkeys", "PasskeyId")
	equal(t, "left", column(own, "PasskeyName"), []string{"phone"})
}
