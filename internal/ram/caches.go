// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"sync/atomic"
	"time"
)

// caches are the cached reads that all callers of one client share.
type caches struct {
	wrote       *atomic.Bool // whether the client has written anything
	caller      *cache[keyCaller]
	domain      *cache[string]
	alias       *cache[string]
	preference  *cache[SecurityPreference]
	policy      *cache[PasswordPolicy]
	network     *cache[NetworkPolicy]
	sso         *cache[UserSsoSettings]
	users       *cache[User]     // by lookup parameter and value
	userPages   *cache[userPage] // by marker
	allUsers    *cache[*userList]
	keys        *cache[[]AccessKey]
	keyOwners   *cache[string] // by id of the key
	credentials *cache[[]ServiceCredential]
	devicePages *cache[devicePage] // by marker
	devices     *cache[*deviceList]
	groups      *cache[Group]
	members     *cache[[]GroupMember]
	attached    *cache[[]Policy]    // by kind and name of the principal
	documents   *cache[string]      // by type and name of the policy
	entities    *cache[[]Principal] // by type and name of the policy
	names       *cache[*userList]   // the list that UserTaken reads
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
		keyOwners:   newCache[string](getUser, forever, c),
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

// invalidateUserDetails surrounds a write that creates a user or changes its fields.
func (r *caches) invalidateUserDetails() (changed func()) {
	// Pages are invalidated before the list, because a list read afterwards is built from
	// pages.
	users, pages, all := r.users.invalidateAround(), r.userPages.invalidateAround(), r.allUsers.invalidateAround()
	return func() { users(); pages(); all() }
}

// invalidateKeys surrounds a write that creates, changes or deletes a key of a user.
func (r *caches) invalidateKeys(userName string) (changed func()) {
	r.confirmed.setKeys(userName, nil, false)
	keys := r.keys.invalidateAround(userName)
	return func() { r.confirmed.setKeys(userName, nil, false); keys() }
}

// invalidateDevices surrounds a write that creates, deletes, binds or unbinds a device.
func (r *caches) invalidateDevices() (changed func()) {
	pages, devices := r.devicePages.invalidateAround(), r.devices.invalidateAround()
	return func() { pages(); devices() }
}

// invalidateUsers surrounds a write that renames or deletes a user. It also invalidates the
// objects that are addressed by the user's name.
func (r *caches) invalidateUsers() (changed func()) {
	r.confirmed.clear()
	users, keys, devices := r.invalidateUserDetails(), r.keys.invalidateAround(), r.invalidateDevices()
	credentials := r.credentials.invalidateAround()
	members, attached, names := r.members.invalidateAround(), r.attached.invalidateAround(), r.names.invalidateAround()
	return func() {
		r.confirmed.clear()
		names()
		users()
		keys()
		credentials()
		devices()
		members()
		attached()
	}
}

// invalidateAlias surrounds a change of the alias, which is part of every user's principal
// name.
func (r *caches) invalidateAlias() (changed func()) {
	alias, domain, users := r.alias.invalidateAround(), r.domain.invalidateAround(), r.invalidateUserDetails()
	return func() { alias(); domain(); users() }
}
