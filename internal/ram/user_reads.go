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
	// usersPerPage is the most that a page of users holds. Source: documented.
	usersPerPage = 1000
	// oneUser is asked for twice, by its name and by its id, and read alone: who
	// manages one user need not be allowed to list all.
	alwaysSingle = 2
	// fewUsers are read one by one where a list of all takes more than one call.
	// Whoever asks for one more gets it from that list: so a refresh of many costs
	// few calls, and one of a few reads no large account.
	maxSingleReads = 8
)

// What UserPrincipalName and UserId name a user by.
const (
	byName = "UserPrincipalName"
	byID   = "UserId"
)

// User reads a user by its name of today. What it answers may have been read
// before (planLife, sharedLife), unless this client changed a user since, and it
// may have been read with all others.
func (c *Client) User(ctx context.Context, name string) (User, error) {
	return c.cachedUser(ctx, byName, name, acceptAny)
}

// RefreshUser reads a user by its name, past what is known.
func (c *Client) RefreshUser(ctx context.Context, name string) (User, error) {
	return c.refreshUser(ctx, byName, name)
}

// UserByID reads a user by its id, which a rename leaves alone. What it answers
// may be as old as that of User.
func (c *Client) UserByID(ctx context.Context, id string) (User, error) {
	return c.cachedUser(ctx, byID, id, acceptAny)
}

// UserByIDIf is UserByID for one who looks at more than name and id. A user who
// was read with all others is answered only if believed says so, and else is read
// alone: that a list returns as much as the user itself is documented, but no source
// promises it.
func (c *Client) UserByIDIf(ctx context.Context, id string, believed func(User) bool) (User, error) {
	return c.cachedUser(ctx, byID, id, believed)
}

// RefreshUserByID reads a user by its id, past what is known.
func (c *Client) RefreshUserByID(ctx context.Context, id string) (User, error) {
	return c.refreshUser(ctx, byID, id)
}

func acceptAny(User) bool { return true }

func (c *Client) cachedUser(ctx context.Context, by, value string, believed func(User) bool) (User, error) {
	if user, listed := c.listedUser(ctx, by, value); listed && believed(user) {
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

// own is the user with tags that belong to one caller.
func (u User) clone() User {
	u.Tags = maps.Clone(u.Tags)
	return u
}

// listedUser finds a user among all, if it is not known alone and a list costs
// less. That a list lacks a user says nothing, and neither does a list that cannot
// be read: the user itself is asked for then. An unknown user is in no list.
func (c *Client) listedUser(ctx context.Context, by, value string) (User, bool) {
	if getUser.require(by, value) != nil || c.caches.users.holds(by+" "+value) || !c.listIsCheaper(ctx) {
		return User{}, false
	}
	list, err := c.caches.allUsers.get(ctx, "", c.listAllUsers)
	if err != nil {
		c.caches.single.disableListing(c.Now())
		return User{}, false
	}
	user, found := list.find(by, value)
	return user.clone(), found
}

// listCostsLess reports whether a list of all users, for those who are still asked
// for, costs fewer calls than each of them alone. Whoever asks for one user more
// finds that out with the first page, which is all of a small account.
func (c *Client) listIsCheaper(ctx context.Context) bool {
	all, nth := c.caches.allUsers, c.caches.single.next(c.Now())
	switch {
	case all.holds(""):
		return true
	// So soon after a write a list is not kept: each would read it for one user.
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

// singly counts the users that were asked for one by one.
type singleReads struct {
	mu            sync.Mutex
	last          time.Time
	count         int
	listingFailed time.Time // when a list could not be read
}

// next reports how many were asked for with this one: no more than one user as long as
// a list cannot be read. After a quiet minute the count begins again.
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

// insist lets users be read one by one for a minute, however many: who may read
// users need not be allowed to list them.
func (s *singleReads) disableListing(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listingFailed = now
}

// userList are all users of the account.
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

type usersAnswer struct {
	page

	Users *struct{ User *[]userFields }
}

func (a *usersAnswer) missing() string {
	if a.Users == nil || a.Users.User == nil {
		return "Users"
	}
	for _, user := range *a.Users.User {
		if missing := user.missing(); missing != "" {
			return missing
		}
	}
	return ""
}

// userPage is one page of all users, in the order of their names.
type userPage struct {
	page

	users []User
}

// readUserPage reads one page of all users, frozen ones too.
func (c *Client) readUserPage(ctx context.Context, marker string) (userPage, error) {
	in := params{"MaxItems": strconv.Itoa(usersPerPage), "Status": "active,freeze"}
	var answer usersAnswer
	if err := c.call(ctx, listUsers, withMarker(in, marker), &answer); err != nil {
		return userPage{}, err
	}
	users := make([]User, 0, len(*answer.Users.User))
	for _, said := range *answer.Users.User {
		users = append(users, said.user())
	}
	slices.SortFunc(users, func(x, y User) int { return cmp.Compare(x.Name, y.Name) })
	return userPage{answer.page, users}, nil
}

// userPage is a page that is shared by all who read it.
func (c *Client) userPage(ctx context.Context, marker string) (userPage, error) {
	return c.caches.userPages.get(ctx, marker, func(ctx context.Context) (userPage, error) { return c.readUserPage(ctx, marker) })
}

// userPages are all users as the pages come. An error comes at most once, as the last; after one, the list is not
// whole.
func (c *Client) cachedUsers(ctx context.Context) iter.Seq2[User, error] {
	return paged(listUsers, func(marker string) (page, []User, error) {
		read, err := c.userPage(ctx, marker)
		return read.page, read.users, err
	}, func(user User) string { return user.ID })
}

func (c *Client) listAllUsers(ctx context.Context) (*userList, error) {
	list := &userList{byID: map[string]int{}, byName: map[string]int{}}
	for user, err := range c.cachedUsers(ctx) {
		if err != nil {
			return nil, err
		}
		list.byID[user.ID], list.byName[user.Name] = len(list.users), len(list.users)
		list.users = append(list.users, user)
	}
	return list, nil
}

// Users reads all users, frozen ones too. What it answers may be as old as that of
// User. An error comes alone.
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

// StreamUsers reads the users page by page, for callers that may stop before the
// end, and yields each page in the order of the names. Pages come from the cache. An
// error is yielded at most once, as the last item: the list is then incomplete.
func (c *Client) StreamUsers(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range c.cachedUsers(ctx) {
			if !yield(user.clone(), err) {
				return
			}
		}
	}
}
