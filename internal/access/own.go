// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// OwnKey is a long-lived key that the credentials of the provider depend on, and that may belong to the account.
type OwnKey struct {
	ID        string // "" if it is not known
	UserID    string // of its owner; "" if it is not known
	UserName  string
	Signs     bool  // the calls are signed with the key itself; else a role is assumed with it
	Uncertain error // why it is not known whether the key belongs to the account; nil: it does
}

// OwnKeys returns the long-lived keys of the account that the credentials of the provider depend on. A key whose owner
// cannot be determined may belong to the account, so it is one of them.
func OwnKeys(ctx context.Context, client *ram.Client) []OwnKey {
	keys := []OwnKey{}
	chain, known := client.CredentialChain()
	if known {
		chain.Resolve(ctx)
		for _, id := range chain.LongLivedKeyIDs() {
			key := OwnKey{ID: id, Signs: chain.SignsWithLongLivedKey()}
			user, err := client.AccessKeyOwner(ctx, id)
			switch {
			case err == nil:
				key.UserID, key.UserName = user.ID, user.Name
			case !key.Signs && ram.NotFound(err, "User", "User.AccessKey"):
				continue // a key of another account
			case !key.Signs:
				key.Uncertain = err
			}
			keys = append(keys, key)
		}
	}
	if len(keys) > 0 {
		return keys
	}
	caller, err := client.Caller(ctx)
	if err != nil {
		return []OwnKey{{Signs: true, Uncertain: err}}
	}
	if !strings.EqualFold(caller.IdentityType, "AssumedRoleUser") { // a program or a URI returned a key without a token
		return []OwnKey{{UserID: caller.UserID, Signs: true}}
	}
	return nil
}

// OwnKeyOf returns the own key that a key of a user may be.
func OwnKeyOf(ctx context.Context, i *instance.Instance, keyID, userID string) (OwnKey, bool) {
	if keyID == "" {
		return OwnKey{}, false
	}
	chain, known := i.Client.CredentialChain()
	if known {
		chain.Resolve(ctx)
		for _, id := range chain.LongLivedKeyIDs() {
			if id == keyID {
				return OwnKey{ID: id, Signs: chain.SignsWithLongLivedKey()}, true
			}
		}
		if len(chain.LongLivedKeyIDs()) > 0 {
			return OwnKey{}, false
		}
	}
	for _, key := range OwnKeys(ctx, i.Client) {
		if key.ID == "" && (key.UserID == "" || key.UserID == userID) {
			return key, true
		}
	}
	return OwnKey{}, false
}
