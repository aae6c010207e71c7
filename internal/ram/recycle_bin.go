// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"time"
)

// The operations of the recycle bin address users by id (documented).
var (
	listRecycledKeys   = operation{product: imsProduct, action: "ListAccessKeysInRecycleBin", repeat: read}
	getRecycledKey     = operation{product: imsProduct, action: "GetAccessKeyInfoInRecycleBin", repeat: read}
	restoreRecycledKey = operation{product: imsProduct, action: "RestoreAccessKeyFromRecycleBin", repeat: set}
	purgeRecycledKey   = operation{product: imsProduct, action: "DeleteAccessKeyInRecycleBin", repeat: set}
)

// RecycledKey is a deleted AccessKey that can be restored.
type RecycledKey struct {
	ID          string
	CreateDate  time.Time
	RecycleDate time.Time // time of the deletion
	DeleteDate  time.Time // time at which the service deletes it permanently

	UserID       string
	UserName     string // empty if the service returns only the user's id
	UserRecycled bool   // the user is in the recycle bin, too
}

type recycledKeyFields struct {
	ID            text `json:"AccessKeyId"`
	CreateDate    timestamp
	RecycleDate   timestamp
	DeleteDate    timestamp
	UserID        text `json:"UserId"`
	PrincipalName text `json:"UserPrincipalName"`
	UserRecycled  flag
}

func (s *recycledKeyFields) key() RecycledKey {
	return RecycledKey{
		ID: string(s.ID), CreateDate: s.CreateDate.value, RecycleDate: s.RecycleDate.value, DeleteDate: s.DeleteDate.value,
		UserID: string(s.UserID), UserName: nameIn(s.PrincipalName), UserRecycled: s.UserRecycled.value != nil && *s.UserRecycled.value,
	}
}

type recycledKeysResponse struct {
	IsTruncated flag // this operation has no pages: false or absent
	AccessKeys  struct{ AccessKey []recycledKeyFields }
}

func (a *recycledKeysResponse) missing() string {
	if a.AccessKeys.AccessKey == nil && a.IsTruncated.isTrue() {
		return "AccessKeys"
	}
	for _, key := range a.AccessKeys.AccessKey {
		if key.ID == "" {
			return "AccessKeyId"
		}
	}
	return ""
}

// RecycledKeys returns the deleted keys of a user that can be restored. There are at most
// three, and the operation has no pages (documented).
func (c *Client) RecycledKeys(ctx context.Context, userID string) ([]RecycledKey, error) {
	if err := listRecycledKeys.require("user id", userID); err != nil {
		return nil, err
	}
	var response recycledKeysResponse
	if err := c.call(ctx, listRecycledKeys, params{"UserId": userID}, &response); err != nil {
		return nil, err
	}
	keys := []RecycledKey{}
	for _, item := range response.AccessKeys.AccessKey {
		key := item.key()
		key.UserID = userID
		keys = append(keys, key)
	}
	return keys, nil
}

type recycledKeyResponse struct{ AccessKey *recycledKeyFields }

func (a *recycledKeyResponse) missing() string {
	switch {
	case a.AccessKey == nil || a.AccessKey.ID == "":
		return "AccessKey"
	case a.AccessKey.UserID == "":
		return "UserId"
	}
	return ""
}

// RecycledKey returns a deleted key and its user. NotFound(err, "User.AccessKey") reports
// whether it is not in the recycle bin (assumed).
func (c *Client) RecycledKey(ctx context.Context, id string) (RecycledKey, error) {
	if err := getRecycledKey.require("AccessKey ID", id); err != nil {
		return RecycledKey{}, err
	}
	var response recycledKeyResponse
	if err := c.call(ctx, getRecycledKey, params{"UserAccessKeyId": id}, &response); err != nil {
		return RecycledKey{}, err
	}
	return response.AccessKey.key(), nil
}

// RestoreRecycledKey restores a deleted key. LimitExceeded(err) reports whether the user
// already has the maximum number of keys (assumed).
func (c *Client) RestoreRecycledKey(ctx context.Context, userID, id string) error {
	return c.onRecycledKey(ctx, restoreRecycledKey, userID, id)
}

// PurgeRecycledKey deletes a key permanently.
func (c *Client) PurgeRecycledKey(ctx context.Context, userID, id string) error {
	return c.onRecycledKey(ctx, purgeRecycledKey, userID, id)
}

func (c *Client) onRecycledKey(ctx context.Context, op operation, userID, id string) error {
	if err := op.require("user id", userID); err != nil {
		return err
	}
	if err := op.require("AccessKey ID", id); err != nil {
		return err
	}
	c.caches.confirmed.clear()
	defer c.caches.keys.invalidateAround()()
	return c.call(ctx, op, params{"UserId": userID, "UserAccessKeyId": id}, nil)
}
