// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"sync/atomic"
	"time"
)

// reads are the answers that callers of one client share.
type reads struct {
	wrote       *atomic.Bool // anything, since the client was made
	caller      *shared[Caller]
	domain      *shared[string]
	alias       *shared[string]
	preference  *shared[SecurityPreference]
	policy      *shared[PasswordPolicy]
	network     *shared[NetworkPolicy]
	sso         *shared[UserSsoSettings]
	users       *shared[User]     // by the parameter that names one, and its value
	userPages   *shared[userPage] // by marker
	everybody   *shared[*userList]
	keys        *shared[[]AccessKey]
	devicePages *shared[devicePage] // by marker
	devices     *shared[*deviceList]
	singly      singly
}

func newReads(now func() time.Time) reads {
	wrote := new(atomic.Bool)
	forever := func() time.Duration { return forever }
	life := func() time.Duration {
		if wrote.Load() {
			return sharedLife
		}
		return planLife
	}
	return reads{
		wrote:       wrote,
		caller:      newShared[Caller](getCallerIdentity, forever, now),
		domain:      newShared[string](getDefaultDomain, forever, now),
		alias:       newShared[string](getAccountAlias, life, now),
		preference:  newShared[SecurityPreference](getSecurityPreference, life, now),
		policy:      newShared[PasswordPolicy](getPasswordPolicy, life, now),
		network:     newShared[NetworkPolicy](getAccountAccessKeyPolicy, life, now),
		sso:         newShared[UserSsoSettings](getUserSsoSettings, life, now),
		users:       newShared[User](getUser, life, now),
		userPages:   newShared[userPage](listUsers, life, now),
		everybody:   newShared[*userList](listUsers, life, now),
		keys:        newShared[[]AccessKey](listAccessKeys, life, now),
		devicePages: newShared[devicePage](listMFADevices, life, now),
		devices:     newShared[*deviceList](listMFADevices, life, now),
	}
}

// describingUsers goes around a write that makes a user, or changes what is said
// of one.
func (r *reads) describingUsers() (changed func()) {
	// The pages first: a list that is made of them once it is forgotten is made of
	// new ones.
	users, pages, everybody := r.users.changing(), r.userPages.changing(), r.everybody.changing()
	return func() { users(); pages(); everybody() }
}

// changingDevices goes around a write that makes or deletes a device, or changes
// who has it.
func (r *reads) changingDevices() (changed func()) {
	pages, devices := r.devicePages.changing(), r.devices.changing()
	return func() { pages(); devices() }
}

// changingUsers goes around a write that renames or deletes a user, and with it
// what hangs on the user's name.
func (r *reads) changingUsers() (changed func()) {
	users, keys, devices := r.describingUsers(), r.keys.changing(), r.changingDevices()
	return func() { users(); keys(); devices() }
}

// changingAlias goes around a write that gives every user another principal
// name.
func (r *reads) changingAlias() (changed func()) {
	alias, domain, users := r.alias.changing(), r.domain.changing(), r.describingUsers()
	return func() { alias(); domain(); users() }
}
