// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "time"

// reads are the answers that callers of one client share.
type reads struct {
	caller     *shared[Caller]
	domain     *shared[string]
	alias      *shared[string]
	preference *shared[SecurityPreference]
	policy     *shared[PasswordPolicy]
	network    *shared[NetworkPolicy]
	sso        *shared[UserSsoSettings]
	users      *shared[User] // by the parameter that names one, and its value
	everybody  *shared[*userList]
	keys       *shared[[]AccessKey]
	devices    *shared[*deviceList]
	singly     singly
}

func newReads(now func() time.Time) reads {
	return reads{
		caller:     newShared[Caller](getCallerIdentity, forever, now),
		domain:     newShared[string](getDefaultDomain, forever, now),
		alias:      newShared[string](getAccountAlias, sharedLife, now),
		preference: newShared[SecurityPreference](getSecurityPreference, sharedLife, now),
		policy:     newShared[PasswordPolicy](getPasswordPolicy, sharedLife, now),
		network:    newShared[NetworkPolicy](getAccountAccessKeyPolicy, sharedLife, now),
		sso:        newShared[UserSsoSettings](getUserSsoSettings, sharedLife, now),
		users:      newShared[User](getUser, sharedLife, now),
		everybody:  newShared[*userList](listUsers, sharedLife, now),
		keys:       newShared[[]AccessKey](listAccessKeys, sharedLife, now),
		devices:    newShared[*deviceList](listMFADevices, sharedLife, now),
	}
}

// describingUsers goes around a write that makes a user, or changes what is said
// of one.
func (r *reads) describingUsers() (changed func()) {
	users, everybody := r.users.changing(), r.everybody.changing()
	return func() { users(); everybody() }
}

// changingUsers goes around a write that renames or deletes a user, and with it
// what hangs on the user's name.
func (r *reads) changingUsers() (changed func()) {
	users, keys, devices := r.describingUsers(), r.keys.changing(), r.devices.changing()
	return func() { users(); keys(); devices() }
}

// changingAlias goes around a write that gives every user another principal
// name.
func (r *reads) changingAlias() (changed func()) {
	alias, domain, users := r.alias.changing(), r.domain.changing(), r.describingUsers()
	return func() { alias(); domain(); users() }
}
