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

// The Ram operations address a user by name, which a change of the account alias does not
// affect. Only Ims returns when a key was updated and last used. Source: documented.
var (
	createAccessKey      = operation{product: ramProduct, action: "CreateAccessKey", repeat: once}
	updateAccessKey      = operation{product: ramProduct, action: "UpdateAccessKey", repeat: set}
	deleteAccessKey      = operation{product: ramProduct, action: "DeleteAccessKey", repeat: set}
	listAccessKeys       = operation{product: imsProduct, action: "ListAccessKeys", repeat: read}
	getAccessKeyLastUsed = operation{product: imsProduct, action: "GetAccessKeyLastUsed", repeat: read}
)

// AccessKey is a long-lived key of a user. No verb of package fmt prints its secret.
type AccessKey struct {
	ID         string
	Secret     string `json:"-"` // set only for a key that was just created
	Status     string // Active, Inactive
	CreateDate time.Time
	UpdateDate time.Time // zero if not returned
}

// String describes the key without its secret.
func (k AccessKey) String() string { return fmt.Sprintf("AccessKey %s (%s)", k.ID, k.Status) }

// GoString describes the key without its secret.
func (k AccessKey) GoString() string { return k.String() }

// Format writes the key without its secret for every verb.
func (k AccessKey) Format(state fmt.State, _ rune) { fmt.Fprint(state, k.String()) }

// AccessKeyUse is the recorded last use of a key. The service records a use about two hours
// after it happened (documented).
type AccessKeyUse struct {
	Date    time.Time // zero if never used
	Service string
}

// Facts returns the properties of the key that are not secret.
func (k AccessKey) Facts() CredentialFacts {
	return CredentialFacts{ID: k.ID, Status: k.Status, CreateDate: k.CreateDate}
}

type accessKeyFields struct {
	ID         text   `json:"AccessKeyId"`
	Secret     secret `json:"AccessKeySecret"`
	Status     credentialStatus
	CreateDate timestamp
	UpdateDate timestamp
}

func (s *accessKeyFields) key() AccessKey {
	return AccessKey{
		ID: string(s.ID), Secret: string(s.Secret), Status: string(s.Status),
		CreateDate: s.CreateDate.value, UpdateDate: s.UpdateDate.value,
	}
}

type accessKeyResponse struct{ AccessKey *accessKeyFields }

// missing requires an id, because without one the created key is unknown.
func (a *accessKeyResponse) missing() string {
	if a.AccessKey == nil || a.AccessKey.ID == "" {
		return "AccessKeyId"
	}
	return ""
}

// CreateAccessKey creates a key for a user. It refuses an empty user name, for which the
// service would create a key of the caller (KEY-12). If the response has an id but no
// secret, it returns the key and a [*MissingSecretError].
func (c *Client) CreateAccessKey(ctx context.Context, userName string) (AccessKey, error) {
	if err := createAccessKey.require("user name", userName); err != nil {
		return AccessKey{}, err
	}
	defer c.caches.invalidateKeys(userName)()
	var response accessKeyResponse
	if err := c.call(ctx, createAccessKey, params{"UserName": userName}, &response); err != nil {
		return AccessKey{}, err
	}
	key := response.AccessKey.key()
	if key.Secret == "" {
		return key, &MissingSecretError{Action: createAccessKey.action, ID: key.ID}
	}
	return key, nil
}

// UpdateAccessKey sets the status of a key, Active or Inactive. If the service refuses the
// status and the key has it already, because an earlier request or another client set it,
// that is no error (assumed: the service may refuse to set the same status).
func (c *Client) UpdateAccessKey(ctx context.Context, userName, id, status string) error {
	err := c.changeKey(ctx, updateAccessKey, userName, params{"UserAccessKeyId": id, "Status": status})
	if !valueRefused(err) {
		return err
	}
	keys, listErr := c.RefreshAccessKeys(ctx, userName)
	if listErr == nil && slices.ContainsFunc(keys, func(key AccessKey) bool { return key.ID == id && key.Status == status }) {
		return nil
	}
	return err
}

// DeleteAccessKey moves a key of any status to the recycle bin.
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

type accessKeysResponse struct {
	AccessKeys *struct{ AccessKey *[]accessKeyFields }
}

// missing refuses an incomplete list, because a key that is not in the list counts as
// deleted.
func (a *accessKeysResponse) missing() string {
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

// AccessKeys returns all keys of a user without their secrets, oldest first. The list comes
// from the cache unless this client has changed a key of the user since it was read.
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
		var response accessKeysResponse
		if err := c.callForUser(ctx, listAccessKeys, userName, nil, &response); err != nil {
			return nil, err
		}
		keys := []AccessKey{}
		for _, item := range *response.AccessKeys.AccessKey {
			keys = append(keys, item.key())
		}
		slices.SortFunc(keys, func(x, y AccessKey) int {
			return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID))
		})
		return slices.CompactFunc(keys, func(x, y AccessKey) bool { return x.ID == y.ID }), nil
	}
}

type accessKeyUseResponse struct {
	AccessKeyLastUsed *struct {
		LastUsedDate timestamp
		ServiceName  text
	}
}

func (a *accessKeyUseResponse) missing() string {
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
	var response accessKeyUseResponse
	if err := c.callForUser(ctx, getAccessKeyLastUsed, userName, params{"UserAccessKeyId": id}, &response); err != nil {
		return AccessKeyUse{}, err
	}
	fields := response.AccessKeyLastUsed
	return AccessKeyUse{Date: fields.LastUsedDate.value, Service: string(fields.ServiceName)}, nil
}
