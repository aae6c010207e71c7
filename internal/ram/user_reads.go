// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

var (
	getUser   = operation{product: imsProduct, action: "GetUser", repeat: read}
	listUsers = operation{product: imsProduct, action: "ListUsers", repeat: read}
)

const (
	// usersPerPage is the largest page size of users (documented).
	usersPerPage = 1000
	// alwaysSingle is the number of reads of one user, by name or by id, that never use a
	// list. Credentials that manage one user need no permission to list all users.
	alwaysSingle = 2
	// maxSingleReads is the number of users that are read one by one if the list of all
	// users needs several calls. The next read uses the list. A refresh of many users then
	// needs few calls, and a refresh of a few users does not list a large account.
	maxSingleReads = 8
	// recentUser is the age up to which the name of a user is used for a write without
	// another read (assumed: no one reuses a name within seconds).
	recentUser = 5 * time.Second
)

// The parameters that identify a user.
const (
	byName = "UserPrincipalName"
	byID   = "UserId"
)

// User returns a user by its current name. It comes from the cache unless this client has
// changed a user since it was read, and may come from a list of all users.
func (c *Client) User(ctx context.Context, name string) (User, error) {
	return c.cachedUser(ctx, byName, name, acceptAny)
}

// RefreshUser returns a user by its name. It bypasses the cache.
func (c *Client) RefreshUser(ctx context.Context, name string) (User, error) {
	return c.refreshUser(ctx, byName, name)
}

// UserByID returns a user by id, which does not change when the user is renamed. It is
// cached like User.
func (c *Client) UserByID(ctx context.Context, id string) (User, error) {
	return c.cachedUser(ctx, byID, id, acceptAny)
}

// UserByIDIf is UserByID for a caller that needs more than the name and the id. It returns
// a user from the list of all users only if believed accepts it, and otherwise reads the
// user alone. The documentation says that the list has all fields of a user, but the
// service does not guarantee it.
func (c *Client) UserByIDIf(ctx context.Context, id string, believed func(User) bool) (User, error) {
	return c.cachedUser(ctx, byID, id, believed)
}

// RefreshUserByID returns a user by id. It bypasses the cache.
func (c *Client) RefreshUserByID(ctx context.Context, id string) (User, error) {
	return c.refreshUser(ctx, byID, id)
}

// RecentUserByID returns a user by id that was read at most [recentUser] ago, alone or in a
// list of all users, for a write that addresses the user by name.
func (c *Client) RecentUserByID(ctx context.Context, id string) (User, error) {
	if user, listed := c.listedUser(ctx, byID, id, recentUser); listed {
		return user, nil
	}
	user, err := c.caches.users.getWithin(ctx, recentUser, byID+" "+id, c.userReader(byID, id))
	return user.clone(), err
}

func acceptAny(User) bool { return true }

func (c *Client) cachedUser(ctx context.Context, by, value string, believed func(User) bool) (User, error) {
	if user, listed := c.listedUser(ctx, by, value, c.caches.users.ttl()); listed && believed(user) {
		return user, nil
	}
	user, err := c.caches.users.get(ctx, by+" "+value, c.userReader(by, value))
	return user.clone(), err
}

func (c *Client) refreshUser(ctx context.Context, by, value string) (User, error) {
	user, err := c.caches.users.refresh(ctx, by+" "+value, c.userReader(by, value))
	return user.clone(), err
}

func (c *Client) userReader(by, value string) func(context.Context) (User, error) {
	return func(ctx context.Context) (User, error) { return c.readUser(ctx, by, value) }
}

// clone returns a copy of a user whose tags the caller may change.
func (u User) clone() User {
	u.Tags = maps.Clone(u.Tags)
	return u
}

// listedUser finds a user in a list of all users that is no older than life, unless the user
// itself was read since or single reads are cheaper. If the list lacks the user or cannot be
// read, the caller reads the user alone.
func (c *Client) listedUser(ctx context.Context, by, value string, life time.Duration) (User, bool) {
	if getUser.require(by, value) != nil || c.caches.users.hasWithin(life, by+" "+value) || !c.listIsCheaper(ctx) {
		return User{}, false
	}
	list, err := c.caches.allUsers.getWithin(ctx, life, "", c.listAllUsers)
	if err != nil {
		c.caches.single.disableListing(c.Now())
		return User{}, false
	}
	user, found := list.find(by, value)
	return user.clone(), found
}

// listIsCheaper reports whether listing all users takes fewer calls than reading the
// remaining users one by one. If that is unknown, it reads the first page, which contains
// all users of a small account.
func (c *Client) listIsCheaper(ctx context.Context) bool {
	all, nth := c.caches.allUsers, c.caches.single.next(c.Now())
	switch {
	case all.has(""):
		return true
	// Shortly after a write a list is not cached, so each caller would read the list for
	// one user.
	case nth <= alwaysSingle, !all.mayCache(""):
		return false
	case nth > maxSingleReads:
		return true
	}
	first, err := c.userPage(ctx, "")
	if err != nil {
		c.caches.single.disableListing(c.Now())
		return false
	}
	next, err := first.next()
	return err == nil && next == ""
}

// singleReads counts the users that were read one by one.
type singleReads struct {
	mu            sync.Mutex
	last          time.Time
	count         int
	listingFailed time.Time // time at which listing failed
}

// next returns the number of single reads including this one, or alwaysSingle while listing
// is disabled. The count restarts after a minute without a read.
func (s *singleReads) next(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.last) >= lifeAfterWrite {
		s.count = 0
	}
	s.last = now
	s.count++
	if !s.listingFailed.IsZero() && now.Sub(s.listingFailed) < lifeAfterWrite {
		return alwaysSingle
	}
	return s.count
}

// disableListing disables the list for a minute, so that users are read one by one.
// Credentials that may read users need no permission to list them.
func (s *singleReads) disableListing(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listingFailed = now
}

// userList holds all users of the account.
type userList struct {
	users  []User
	byID   map[string]int
	byName map[string]int
}

func (l *userList) find(by, value string) (User, bool) {
	index := l.byID
	if by == byName {
		index = l.byName
	}
	at, found := index[value]
	if !found {
		return User{}, false
	}
	return l.users[at], true
}

type usersResponse struct {
	page

	Users struct{ User []userFields }
}

func (a *usersResponse) missing() string {
	if a.Users.User == nil && !a.ends() {
		return "Users"
	}
	for _, user := range a.Users.User {
		if missing := user.missing(); missing != "" {
			return missing
		}
	}
	return ""
}

// userPage is one page of users, sorted by name.
type userPage struct {
	page

	users []User
}

// readUserPage reads one page of all users, including frozen ones.
func (c *Client) readUserPage(ctx context.Context, marker string) (userPage, error) {
	in := params{"MaxItems": strconv.Itoa(usersPerPage), "Status": "active,freeze"}
	var response usersResponse
	if err := c.call(ctx, listUsers, withMarker(in, marker), &response); err != nil {
		return userPage{}, err
	}
	users := make([]User, 0, len(response.Users.User))
	for _, item := range response.Users.User {
		users = append(users, item.user())
	}
	slices.SortFunc(users, func(x, y User) int { return cmp.Compare(x.Name, y.Name) })
	return userPage{response.page, users}, nil
}

// userPage returns a page from the cache.
func (c *Client) userPage(ctx context.Context, marker string) (userPage, error) {
	return c.caches.userPages.get(ctx, marker, func(ctx context.Context) (userPage, error) { return c.readUserPage(ctx, marker) })
}

// cachedUsers yields all users, page by page. An error is yielded at most once, as the last
// item: the list is then incomplete.
func (c *Client) cachedUsers(ctx context.Context) iter.Seq2[User, error] {
	return paged(listUsers, func(marker string) (page, []User, error) {
		read, err := c.userPage(ctx, marker)
		return read.page, read.users, err
	}, func(user User) string { return user.ID })
}

func (c *Client) listAllUsers(ctx context.Context) (*userList, error) {
	return collectUsers(c.cachedUsers(ctx))
}

// readAllUsers reads all users. Unlike listAllUsers, it does not use the cached pages.
func (c *Client) readAllUsers(ctx context.Context) (*userList, error) {
	return collectUsers(paged(listUsers, func(marker string) (page, []User, error) {
		read, err := c.readUserPage(ctx, marker)
		return read.page, read.users, err
	}, func(user User) string { return user.ID }))
}

func collectUsers(all iter.Seq2[User, error]) (*userList, error) {
	list := &userList{byID: map[string]int{}, byName: map[string]int{}}
	for user, err := range all {
		if err != nil {
			return nil, err
		}
		list.byID[user.ID], list.byName[user.Name] = len(list.users), len(list.users)
		list.users = append(list.users, user)
	}
	return list, nil
}

// Users yields all users, including frozen ones. They are cached like User. An error is the
// only item.
func (c *Client) Users(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		list, err := c.caches.allUsers.get(ctx, "", c.listAllUsers)
		if err != nil {
			yield(User{}, err)
			return
		}
		for _, user := range list.users {
			if !yield(user.clone(), nil) {
				return
			}
		}
	}
}

// StreamUsers yields the users page by page, for callers that may stop early. Each page is
// sorted by name and comes from the cache. An error is yielded at most once, as the last
// item: the list is then incomplete.
func (c *Client) StreamUsers(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range c.cachedUsers(ctx) {
			if !yield(user.clone(), err) {
				return
			}
		}
	}
}
