// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// keySearch is which keys are looked for. What is null holds for all.
type keySearch struct {
	UserName      types.String `tfsdk:"user_name"`
	Status        types.String `tfsdk:"status"`
	OlderThanDays types.Int64  `tfsdk:"older_than_days"`
	UnusedForDays types.Int64  `tfsdk:"unused_for_days"`
}

// What the arguments of a search mean, for the data source and the list alike.
const (
	docsSearchUser   = "Only the keys of this RAM user. Without it, the keys of all users are found; those of the root account itself never are."
	docsSearchStatus = "Only keys of this status: `Active` or `Inactive`."
	docsSearchOlder  = "Only keys that were made more than this many whole days ago, by the service's clock."
	docsSearchUnused = "Only keys that were not used for more than this many whole days. A key that was never used counts from when it was made. " +
		"The service knows of uses since June 2019, and about two hours late."
)

// foundKey is a key that a search found.
type foundKey struct {
	user ram.User
	key  ram.AccessKey
	use  ram.AccessKeyUse // asked for only if wanted
	days int64            // since it was made
}

// together is how many users' keys are read at the same time. The client's own
// limits hold beyond it.
const together = 16

// search finds keys: by user name, and of one user the oldest first. withUse asks
// for the last use of each. An error comes once, and last.
func (i *instance) search(ctx context.Context, s keySearch, withUse bool) iter.Seq2[foundKey, error] {
	return func(yield func(foundKey, error) bool) {
		now, err := i.client.ServerTime(ctx)
		if err != nil {
			yield(foundKey{}, err)
			return
		}
		users, err := i.searched(ctx, s)
		if err != nil {
			yield(foundKey{}, err)
			return
		}
		withUse = withUse || !s.UnusedForDays.IsNull()
		for some := range slices.Chunk(users, together) {
			for _, keys := range i.keysOfAll(ctx, s, some, now, withUse) {
				if keys.err != nil {
					yield(foundKey{}, keys.err)
					return
				}
				for _, key := range keys.found {
					if !yield(key, nil) {
						return
					}
				}
			}
		}
	}
}

// searched are the users whose keys are looked at.
func (i *instance) searched(ctx context.Context, s keySearch) (users []ram.User, err error) {
	if !s.UserName.IsNull() {
		user, err := i.client.User(ctx, s.UserName.ValueString())
		return []ram.User{user}, err
	}
	for user, err := range i.client.Users(ctx) {
		if err != nil {
			return nil, err
		}
		users = append(users, user)
	}
	slices.SortFunc(users, func(x, y ram.User) int { return cmp.Compare(x.Name, y.Name) })
	return users, nil
}

type keysOrError struct {
	found []foundKey
	err   error
}

// keysOfAll finds the keys of some users at the same time, and keeps their order.
func (i *instance) keysOfAll(ctx context.Context, s keySearch, users []ram.User, now time.Time, withUse bool) []keysOrError {
	all := make([]keysOrError, len(users))
	var wait sync.WaitGroup
	for at, user := range users {
		wait.Go(func() {
			all[at].found, all[at].err = i.keysOf(ctx, s, user, now, withUse)
			if s.UserName.IsNull() && ram.NotFound(all[at].err, "User") { // deleted meanwhile
				all[at] = keysOrError{}
			}
		})
	}
	wait.Wait()
	return all
}

// keysOf finds the keys of one user.
func (i *instance) keysOf(ctx context.Context, s keySearch, user ram.User, now time.Time, withUse bool) (found []foundKey, err error) {
	keys, err := i.client.AccessKeys(ctx, user.Name)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		one := foundKey{user: user, key: key, days: daysBetween(key.CreateDate, now)}
		if !s.Status.IsNull() && s.Status.ValueString() != key.Status || !s.OlderThanDays.IsNull() && !longerThan(key.CreateDate, now, s.OlderThanDays) {
			continue
		}
		if withUse {
			one.use, err = i.client.AccessKeyLastUsed(ctx, user.Name, key.ID)
			if ram.NotFound(err, "User.AccessKey") { // deleted meanwhile
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		last := one.use.Date
		if last.Before(key.CreateDate) {
			last = key.CreateDate
		}
		if s.UnusedForDays.IsNull() || longerThan(last, now, s.UnusedForDays) {
			found = append(found, one)
		}
	}
	return found, nil
}

const day = 24 * time.Hour

func daysBetween(then, now time.Time) int64 { return max(int64(now.Sub(then)/day), 0) }

func longerThan(then, now time.Time, days types.Int64) bool {
	return daysBetween(then, now) > days.ValueInt64()
}
