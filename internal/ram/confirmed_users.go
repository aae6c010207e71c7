// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"slices"
	"sync"
	"time"
)

// confirmedUsers holds, by name, the users that this client created and then read back.
// Objects of such a user are created in the same run without reading the user again. An
// entry is removed when the client changes or deletes the user.
type confirmedUsers struct {
	mu     sync.Mutex
	byName map[string]confirmedUser
}

type confirmedUser struct {
	User

	at        time.Time
	keys      []AccessKey
	keysKnown bool // keys is the complete list of the user's keys
}

func (u *confirmedUsers) clear() {
	u.mu.Lock()
	defer u.mu.Unlock()
	clear(u.byName)
}

// ConfirmUser records a user that was read back with the values that this client sent.
func (c *Client) ConfirmUser(user User) {
	u := &c.caches.confirmed
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byName == nil {
		u.byName = map[string]confirmedUser{}
	}
	u.byName[user.Name] = confirmedUser{User: user.clone(), at: c.Now(), keysKnown: true}
}

// ConfirmedUser returns a user that this client created, read back, and has not changed
// since. Another client may have changed it.
func (c *Client) ConfirmedUser(name string) (User, bool) {
	u := &c.caches.confirmed
	u.mu.Lock()
	defer u.mu.Unlock()
	user, known := u.byName[name]
	if !known || c.Now().Sub(user.at) >= lifeReadOnly {
		return User{}, false
	}
	return user.clone(), true
}

// ConfirmAccessKeys records the complete list of keys of a user that this client created.
// The list is read after this client created one of the keys.
func (c *Client) ConfirmAccessKeys(userName string, keys []AccessKey) {
	c.caches.confirmed.setKeys(userName, slices.Clone(keys), true)
}

// ConfirmedAccessKeys returns the recorded keys of a user that this client created. known
// is false if this client has changed a key of the user since.
func (c *Client) ConfirmedAccessKeys(userName string) (keys []AccessKey, known bool) {
	if _, created := c.ConfirmedUser(userName); !created {
		return nil, false
	}
	u := &c.caches.confirmed
	u.mu.Lock()
	defer u.mu.Unlock()
	user := u.byName[userName]
	return slices.Clone(user.keys), user.keysKnown
}

func (u *confirmedUsers) setKeys(userName string, keys []AccessKey, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if user, created := u.byName[userName]; created {
		user.keys, user.keysKnown = keys, known
		u.byName[userName] = user
	}
}

// Owner returns the id and the name of the user for whom an object is created. It does not
// read a user again that this client created and read back.
func (c *Client) Owner(ctx context.Context, name string) (User, error) {
	if user, known := c.ConfirmedUser(name); known {
		if err := c.checkRead(ctx, getUser); err != nil {
			return User{}, err
		}
		return user, nil
	}
	return c.User(ctx, name)
}

// NameTaken reports whether the account has a user with a name that this client is about to
// create. One list serves all names that a run creates within a minute. If the name is
// taken after that, the service refuses the create.
func (c *Client) NameTaken(ctx context.Context, name string) (user User, taken bool, err error) {
	names, single := c.caches.names, &c.caches.single
	if names.has("") || single.next(c.Now()) > alwaysSingle {
		list, err := names.get(ctx, "", c.readAllUsers)
		if err == nil {
			if _, listed := list.find(byName, name); !listed {
				return User{}, false, nil
			}
		} else {
			single.disableListing(c.Now())
		}
	}
	user, err = c.RefreshUser(ctx, name)
	if NotFound(err, "User") {
		return User{}, false, nil
	}
	return user, err == nil, err
}
