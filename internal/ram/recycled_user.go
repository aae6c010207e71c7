// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"iter"
	"time"
)

// The recycle bin of users. A recycled user keeps its id, keys and login profile
// (documented).
var (
	listRecycledUsers   = operation{product: imsProduct, action: "ListUsersInRecycleBin", repeat: read}
	getRecycledUser     = operation{product: imsProduct, action: "GetUserInRecycleBin", repeat: read}
	restoreRecycledUser = operation{product: imsProduct, action: "RestoreUserFromRecycleBin", repeat: set}
	purgeRecycledUser   = operation{product: imsProduct, action: "DeleteUserInRecycleBin", repeat: set}
)

// largestRecycledPage is the largest page size of recycled users (documented).
const largestRecycledPage = "100"

// RecycledUser is a deleted user who can be restored.
type RecycledUser struct {
	ID            string
	Name          string
	PrincipalName string
	DisplayName   string
	CreateDate    time.Time
	RecycleDate   time.Time // time of the deletion
	DeleteDate    time.Time // time at which the service deletes the user permanently
}

type recycledUserFields struct {
	ID            text `json:"UserId"`
	PrincipalName text `json:"UserPrincipalName"`
	DisplayName   text
	CreateDate    timestamp
	RecycleDate   timestamp
	DeleteDate    timestamp
}

func (s *recycledUserFields) missing() string {
	switch {
	case s.ID == "":
		return "UserId"
	case s.PrincipalName == "":
		return "UserPrincipalName"
	}
	return ""
}

func (s *recycledUserFields) user() RecycledUser {
	return RecycledUser{
		ID: string(s.ID), Name: nameIn(s.PrincipalName), PrincipalName: string(s.PrincipalName), DisplayName: string(s.DisplayName),
		CreateDate: s.CreateDate.value, RecycleDate: s.RecycleDate.value, DeleteDate: s.DeleteDate.value,
	}
}

type recycledUsersResponse struct {
	page

	Users *struct{ User []recycledUserFields }
}

// missing allows the service to leave out an empty list, unless the list continues.
func (a *recycledUsersResponse) missing() string {
	if a.Users == nil {
		if a.IsTruncated.isTrue() {
			return "Users"
		}
		return ""
	}
	for _, user := range a.Users.User {
		if missing := user.missing(); missing != "" {
			return missing
		}
	}
	return ""
}

// RecycledUsers yields all users in the recycle bin, page by page. An error is yielded at
// most once, as the last item: the list is then incomplete.
func (c *Client) RecycledUsers(ctx context.Context) iter.Seq2[RecycledUser, error] {
	return paged(listRecycledUsers, func(marker string) (page, []RecycledUser, error) {
		var response recycledUsersResponse
		if err := c.call(ctx, listRecycledUsers, withMarker(params{"MaxItems": largestRecycledPage}, marker), &response); err != nil {
			return page{}, nil, err
		}
		users := []RecycledUser{}
		if response.Users != nil {
			for _, user := range response.Users.User {
				users = append(users, user.user())
			}
		}
		return response.page, users, nil
	}, func(user RecycledUser) string { return user.ID })
}

type recycledUserResponse struct{ User *recycledUserFields }

func (a *recycledUserResponse) missing() string {
	if a.User == nil {
		return "User"
	}
	return a.User.missing()
}

// RecycledUser returns a user in the recycle bin. NotFound(err, "User") reports whether the
// user is not in it (assumed).
func (c *Client) RecycledUser(ctx context.Context, id string) (RecycledUser, error) {
	if err := getRecycledUser.require("user id", id); err != nil {
		return RecycledUser{}, err
	}
	var response recycledUserResponse
	if err := c.call(ctx, getRecycledUser, params{"UserId": id}, &response); err != nil {
		return RecycledUser{}, err
	}
	return response.User.user(), nil
}

// RestoreRecycledUser restores a deleted user. Exists(err) reports whether another user has
// the name (assumed).
func (c *Client) RestoreRecycledUser(ctx context.Context, id string) error {
	return c.onRecycledUser(ctx, restoreRecycledUser, id)
}

// PurgeRecycledUser permanently deletes a user in the recycle bin.
func (c *Client) PurgeRecycledUser(ctx context.Context, id string) error {
	return c.onRecycledUser(ctx, purgeRecycledUser, id)
}

func (c *Client) onRecycledUser(ctx context.Context, op operation, id string) error {
	if err := op.require("user id", id); err != nil {
		return err
	}
	defer c.caches.invalidateUsers()()
	return c.call(ctx, op, params{"UserId": id}, nil)
}
