// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"sync/atomic"
	"time"
)

// caches are the reads that callers of one client share.
type caches struct {
	wrote       *atomic.Bool // whether the client has written anything
	caller      *cache[keyCaller]
	domain      *cache[string]
	alias       *cache[string]
	preference  *cache[SecurityPreference]
	policy      *cache[PasswordPolicy]
	network     *cache[NetworkPolicy]
	sso         *cache[UserSsoSettings]
	users       *cache[User]     // by the parameter that names one, and its value
	userPages   *cache[userPage] // by marker
	allUsers    *cache[*userList]
	keys        *cache[[]AccessKey]
	credentials *cache[[]ServiceCredential]
	devicePages *cache[devicePage] // by marker
	devices     *cache[*deviceList]
	groups      *cache[Group]
	members     *cache[[]GroupMember]
	attached    *cache[[]Policy]    // by the kind and the name of a principal
	documents   *cache[string]      // by the type and the name of a policy
	entities    *cache[[]Principal] // by the type and the name of a policy
	names       *cache[*userList]   // what UserTaken reads
	confirmed   confirmedUsers
	single      singleReads
}

func newCaches(c *Client) caches {
	wrote := new(atomic.Bool)
	forever := func() time.Duration { return forever }
	life := func() time.Duration {
		if wrote.Load() {
			return lifeAfterWrite
		}
		return lifeReadOnly
	}
	return caches{
		wrote:       wrote,
		caller:      newCache[keyCaller](getCallerIdentity, forever, c),
		domain:      newCache[string](getDefaultDomain, forever, c),
		alias:       newCache[string](getAccountAlias, life, c),
		preference:  newCache[SecurityPreference](getSecurityPreference, life, c),
		policy:      newCache[PasswordPolicy](getPasswordPolicy, life, c),
		network:     newCache[NetworkPolicy](getAccountAccessKeyPolicy, life, c),
		sso:         newCache[UserSsoSettings](getUserSsoSettings, life, c),
		users:       newCache[User](getUser, life, c),
		userPages:   newCache[userPage](listUsers, life, c),
		allUsers:    newCache[*userList](listUsers, life, c),
		names:       newCache[*userList](listUsers, func() time.Duration { return lifeAfterWrite }, c),
		keys:        newCache[[]AccessKey](listAccessKeys, life, c),
		credentials: newCache[[]ServiceCredential](listServiceCredentials, life, c),
		devicePages: newCache[devicePage](listMFADevices, life, c),
		devices:     newCache[*deviceList](listMFADevices, life, c),
		groups:      newCache[Group](getGroup, life, c),
		members:     newCache[[]GroupMember](listUsersForGroup, life, c),
		attached:    newCache[[]Policy](attachmentsOf[UserPrincipal].list, life, c),
		documents:   newCache[string](getPolicy, life, c),
		entities:    newCache[[]Principal](listEntitiesForPolicy, life, c),
	}
}

// invalidateUserDetails goes around a write that creates a user or changes its fields.
func (r *caches) invalidateUserDetails() (changed func()) {
	// The pages first: a list that is read after it was invalidated is made of fresh
	// pages.
	users, pages, all := r.users.invalidateAround(), r.userPages.invalidateAround(), r.allUsers.invalidateAround()
	return func() { users(); pages(); all() }
}

// invalidateKeys goes around a write that creates, changes or deletes a key of a user.
func (r *caches) invalidateKeys(userName string) (changed func()) {
	r.confirmed.setKeys(userName, nil, false)
	keys := r.keys.invalidateAround(userName)
	return func() { r.confirmed.setKeys(userName, nil, false); keys() }
}

// invalidateDevices goes around a write that creates, deletes, binds or unbinds a device.
func (r *caches) invalidateDevices() (changed func()) {
	pages, devices := r.devicePages.invalidateAround(), r.devices.invalidateAround()
	return func() { pages(); devices() }
}

// invalidateUsers goes around a write that renames or deletes a user, and with it what is
// addressed by the user's name.
func (r *caches) invalidateUsers() (changed func()) {
	r.confirmed.forget()
	users, keys, devices := r.invalidateUserDetails(), r.keys.invalidateAround(), r.invalidateDevices()
	credentials := r.credentials.invalidateAround()
	members, attached, names := r.members.invalidateAround(), r.attached.invalidateAround(), r.names.invalidateAround()
	return func() {
		r.confirmed.forget()
		names()
		users()
		keys()
		credentials()
		devices()
		members()
		attached()
	}
}

// invalidateAlias goes around a write that changes every user's principal name.
func (r *caches) invalidateAlias() (changed func()) {
	alias, domain, users := r.alias.invalidateAround(), r.domain.invalidateAround(), r.invalidateUserDetails()
	return func() { alias(); domain(); users() }
}
