// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package accesskey reads, creates, disables and deletes the AccessKeys of a user. It knows no types of the framework,
// so that a resource for one key, a rotation of two and an action do the same thing in the same way.
package accesskey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// The status of a key.
const (
	Active   = "Active"
	Inactive = "Inactive"
)

// PerUser is how many keys a user may have unless the account has another quota (documented).
const PerUser = 2

// Keys is the keys of one user. Owner is changed when the user has another name.
type Keys struct {
	*instance.Instance
	Owner *owner.Object
}

func (k Keys) user() string { return k.Owner.UserName.ValueString() }

// In returns the key with an id.
func In(keys []ram.AccessKey, id string) (ram.AccessKey, bool) {
	for _, key := range keys {
		if key.ID == id {
			return key, true
		}
	}
	return ram.AccessKey{}, false
}

// Listing is the keys of a user, the oldest first.
type Listing struct {
	Keys       []ram.AccessKey
	UserExists bool
}

func (l Listing) has(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		_, found := In(l.Keys, id)
		return !found
	})
}

// reader lists the keys of a user.
type reader func(ctx context.Context, userName string) ([]ram.AccessKey, error)

// Read lists the keys. One read may miss a key that exists, because the service is eventually consistent: if one of the
// ids is not listed, or the user is not found, it reads a second time after a pause. Only what both reads miss is gone.
// No key leaves a state in any other way.
func (k Keys) Read(ctx context.Context, ids ...string) (Listing, error) {
	return k.readTwice(ctx, k.Client.AccessKeys, ids)
}

// Refresh is Read, and bypasses the cache.
func (k Keys) Refresh(ctx context.Context, ids ...string) (Listing, error) {
	return k.readTwice(ctx, k.Client.RefreshAccessKeys, ids)
}

func (k Keys) readTwice(ctx context.Context, list reader, ids []string) (Listing, error) {
	first, err := k.list(ctx, list, ids)
	if err != nil && !errors.Is(err, errContradiction) {
		return Listing{}, err
	}
	if first.UserExists && first.has(ids) {
		return first, nil
	}
	var second Listing
	_, err = k.ConfirmGone(ctx, func(ctx context.Context) (found bool, err error) {
		second, err = k.list(ctx, k.Client.RefreshAccessKeys, ids)
		return second.UserExists, err
	})
	return Listing{Keys: union(second.Keys, first.Keys), UserExists: first.UserExists || second.UserExists}, err
}

// list reads the keys once. If a key is not listed, the name may belong to another user by now, so it follows the user
// to its present name.
func (k Keys) list(ctx context.Context, list reader, ids []string) (Listing, error) {
	id := ""
	if len(ids) > 0 {
		id = ids[0]
	}
	if k.user() == "" { // moved here from a provider in which the name can be omitted
		if _, err := owner.FollowKeyOwner(ctx, k.Instance, k.Owner, id); err != nil {
			return Listing{}, err
		}
	}
	listing, err := k.listNamed(ctx, list)
	if err != nil || listing.UserExists && listing.has(ids) {
		return listing, err
	}
	renamed, err := k.followOwner(ctx, id)
	if err != nil {
		return Listing{}, err
	}
	if renamed {
		listing, err = k.listNamed(ctx, list)
	}
	if err == nil && !listing.UserExists && k.userExists(ctx) {
		return Listing{}, errContradiction
	}
	return listing, err
}

func (k Keys) listNamed(ctx context.Context, list reader) (Listing, error) {
	keys, err := list(ctx, k.user())
	if ram.NotFound(err, "User") {
		return Listing{}, nil
	}
	return Listing{Keys: keys, UserExists: err == nil}, err
}

func (k Keys) followOwner(ctx context.Context, id string) (renamed bool, err error) {
	if id == "" {
		return owner.FollowRename(ctx, k.Instance, k.Owner)
	}
	return owner.FollowKeyOwner(ctx, k.Instance, k.Owner, id)
}

// errContradiction proves neither that the user exists nor that it does not.
var errContradiction = errors.New("the service says both that the user exists and that it does not. Run again")

// userExists reports whether the service finds the user by its id, if the id is known.
func (k Keys) userExists(ctx context.Context) bool {
	if k.Owner.UserID.ValueString() == "" {
		return false
	}
	_, err := k.Client.UserByID(ctx, k.Owner.UserID.ValueString())
	return !ram.NotFound(err, "User")
}

// union adds to keys those of more that it lacks.
func union(keys, more []ram.AccessKey) []ram.AccessKey {
	for _, key := range more {
		if _, known := In(keys, key.ID); !known {
			keys = append(keys, key)
		}
	}
	return keys
}

// Describe lists keys with status and age, by the service's clock.
func Describe(i *instance.Instance, keys []ram.AccessKey) string {
	now, _ := i.Client.ServerNow()
	lines := []string{}
	for _, key := range keys {
		line := fmt.Sprintf("  - %s, %s, created %s (%s ago)", key.ID, key.Status, key.CreateDate.Format(time.RFC3339), age(now.Sub(key.CreateDate)))
		if owner.IsOwnKey(i, key.ID) {
			line += ", used by the provider itself"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// age is a duration in days, or exact if it is short.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return max(d, 0).Round(time.Second).String()
}

// Commands are the commands that disable and delete keys of a user.
func Commands(user string, keys ...ram.AccessKey) string {
	lines := []string{}
	for _, key := range keys {
		lines = append(lines,
			fmt.Sprintf("  aliyun ram UpdateAccessKey --UserName %s --UserAccessKeyId %s --Status Inactive", user, key.ID),
			fmt.Sprintf("  aliyun ram DeleteAccessKey --UserName %s --UserAccessKeyId %s", user, key.ID))
	}
	return strings.Join(lines, "\n")
}

// ImportID is the id with which the first of the keys is imported.
func ImportID(user string, keys []ram.AccessKey) string {
	if len(keys) == 0 {
		return user + ":KEY_ID"
	}
	return user + ":" + keys[0].ID
}
