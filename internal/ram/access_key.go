// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Ram takes the user name, which no alias changes; only Ims says when a key was
// changed and what it was used for. Source: documented.
var (
	createAccessKey      = operation{product: ramProduct, action: "CreateAccessKey", repeat: once}
	updateAccessKey      = operation{product: ramProduct, action: "UpdateAccessKey", repeat: set}
	deleteAccessKey      = operation{product: ramProduct, action: "DeleteAccessKey", repeat: set}
	listAccessKeys       = operation{product: imsProduct, action: "ListAccessKeys", repeat: read}
	getAccessKeyLastUsed = operation{product: imsProduct, action: "GetAccessKeyLastUsed", repeat: read}
)

// AccessKey is a long-lived key of a user. No format of package fmt shows its
// secret.
type AccessKey struct {
	ID         string
	Secret     string `json:"-"` // of a new key only
	Status     string // Active, Inactive
	CreateDate time.Time
	UpdateDate time.Time // zero: not returned
}

// String is the key without its secret.
func (k AccessKey) String() string { return fmt.Sprintf("AccessKey %s (%s)", k.ID, k.Status) }

// GoString is the key without its secret.
func (k AccessKey) GoString() string { return k.String() }

// Format is the key without its secret, whatever the verb.
func (k AccessKey) Format(state fmt.State, _ rune) { fmt.Fprint(state, k.String()) }

// AccessKeyUse is the last use of a key that the service has recorded, with a delay of
// about two hours (documented).
type AccessKeyUse struct {
	Date    time.Time // zero: never
	Service string
}

// Facts are the key without its secret.
func (k AccessKey) Facts() CredentialFacts {
	return CredentialFacts{ID: k.ID, Status: k.Status, CreateDate: k.CreateDate}
}

type accessKeyFields struct {
	ID         text   `json:"AccessKeyId"`
	Secret     secret `json:"AccessKeySecret"`
	Status     text
	CreateDate timestamp
	UpdateDate timestamp
}

func (s *accessKeyFields) key() AccessKey {
	return AccessKey{
		ID: string(s.ID), Secret: string(s.Secret), Status: string(s.Status),
		CreateDate: s.CreateDate.value, UpdateDate: s.UpdateDate.value,
	}
}

type accessKeyAnswer struct{ AccessKey *accessKeyFields }

// An answer without an id does not say which key was created.
func (a *accessKeyAnswer) missing() string {
	if a.AccessKey == nil || a.AccessKey.ID == "" {
		return "AccessKeyId"
	}
	return ""
}

// CreateAccessKey creates a key for a user. Without a user name the service would create
// one for the caller, so such a call is not sent (KEY-12). If the answer has an id but no
// secret, it returns the key and a [*MissingSecretError].
func (c *Client) CreateAccessKey(ctx context.Context, userName string) (AccessKey, error) {
	if err := createAccessKey.require("user name", userName); err != nil {
		return AccessKey{}, err
	}
	defer c.caches.invalidateKeys(userName)()
	var answer accessKeyAnswer
	if err := c.call(ctx, createAccessKey, params{"UserName": userName}, &answer); err != nil {
		return AccessKey{}, err
	}
	key := answer.AccessKey.key()
	if key.Secret == "" {
		return key, &MissingSecretError{Action: createAccessKey.action, ID: key.ID}
	}
	return key, nil
}

// UpdateAccessKey sets the status of a key, Active or Inactive.
func (c *Client) UpdateAccessKey(ctx context.Context, userName, id, status string) error {
	return c.changeKey(ctx, updateAccessKey, userName, params{"UserAccessKeyId": id, "Status": status})
}

// DeleteAccessKey moves a key to the recycle bin, whatever its status.
func (c *Client) DeleteAccessKey(ctx context.Context, userName, id string) error {
	return c.changeKey(ctx, deleteAccessKey, userName, params{"UserAccessKeyId": id})
}

func (c *Client) changeKey(ctx context.Context, op operation, userName string, in params) error {
	if err := op.require("user name", userName); err != nil {
		return err
	}
	if err := op.require("AccessKey ID", in["UserAccessKeyId"]); err != nil {
		return err
	}
	defer c.caches.invalidateKeys(userName)()
	in["UserName"] = userName
	return c.call(ctx, op, in, nil)
}

type accessKeysAnswer struct {
	AccessKeys *struct{ AccessKey *[]accessKeyFields }
}

// A list that lacks something is refused: a key that is not in a list counts as deleted.
func (a *accessKeysAnswer) missing() string {
	if a.AccessKeys == nil || a.AccessKeys.AccessKey == nil {
		return "AccessKeys"
	}
	for _, key := range *a.AccessKeys.AccessKey {
		switch {
		case key.ID == "":
			return "AccessKeyId"
		case key.Status == "":
			return "Status"
		case key.CreateDate.value.IsZero():
			return "CreateDate"
		}
	}
	return ""
}

// AccessKeys returns all keys of a user without their secrets, the oldest first, from the
// cache unless this client changed a key of the user since.
func (c *Client) AccessKeys(ctx context.Context, userName string) ([]AccessKey, error) {
	keys, err := c.caches.keys.get(ctx, userName, c.accessKeysReader(userName))
	return slices.Clone(keys), err
}

// RefreshAccessKeys returns all keys of a user. It bypasses the cache.
func (c *Client) RefreshAccessKeys(ctx context.Context, userName string) ([]AccessKey, error) {
	keys, err := c.caches.keys.refresh(ctx, userName, c.accessKeysReader(userName))
	return slices.Clone(keys), err
}

func (c *Client) accessKeysReader(userName string) func(context.Context) ([]AccessKey, error) {
	return func(ctx context.Context) ([]AccessKey, error) {
		var answer accessKeysAnswer
		if err := c.callForUser(ctx, listAccessKeys, userName, nil, &answer); err != nil {
			return nil, err
		}
		keys := []AccessKey{}
		for _, said := range *answer.AccessKeys.AccessKey {
			keys = append(keys, said.key())
		}
		slices.SortFunc(keys, func(x, y AccessKey) int {
			return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID))
		})
		return slices.CompactFunc(keys, func(x, y AccessKey) bool { return x.ID == y.ID }), nil
	}
}

type accessKeyUseAnswer struct {
	AccessKeyLastUsed *struct {
		LastUsedDate timestamp
		ServiceName  text
	}
}

func (a *accessKeyUseAnswer) missing() string {
	if a.AccessKeyLastUsed == nil {
		return "AccessKeyLastUsed"
	}
	return ""
}

// AccessKeyLastUsed returns the last use of a key.
func (c *Client) AccessKeyLastUsed(ctx context.Context, userName, id string) (AccessKeyUse, error) {
	if err := getAccessKeyLastUsed.require("AccessKey ID", id); err != nil {
		return AccessKeyUse{}, err
	}
	var answer accessKeyUseAnswer
	if err := c.callForUser(ctx, getAccessKeyLastUsed, userName, params{"UserAccessKeyId": id}, &answer); err != nil {
		return AccessKeyUse{}, err
	}
	said := answer.AccessKeyLastUsed
	return AccessKeyUse{Date: said.LastUsedDate.value, Service: string(said.ServiceName)}, nil
}
