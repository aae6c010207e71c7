// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package owner

import (
	"context"
	"iter"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// ownUserIDs yields the ids of the users that the credentials of the provider depend on: the
// caller, and the owners of keys that assume a role. It omits keys of other accounts. An
// error ends the sequence.
func ownUserIDs(ctx context.Context, i *instance.Instance) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		caller, err := i.Client.Caller(ctx)
		if err != nil {
			yield("", err)
			return
		}
		if caller.UserID != "" && !yield(caller.UserID, nil) {
			return
		}
		chain, known := i.Client.CredentialChain()
		if !known {
			return
		}
		for _, key := range chain.LongLivedKeyIDs() {
			id, err := i.Client.AccessKeyOwnerID(ctx, key)
			switch {
			case err == nil && !yield(id, nil):
				return
			case err != nil && !ram.NotFound(err, "User", "User.AccessKey"):
				yield("", err)
				return
			}
		}
	}
}

// OwnUserIDs returns the ids of the users that the credentials of the provider depend on.
func OwnUserIDs(ctx context.Context, i *instance.Instance) ([]string, error) {
	ids := []string{}
	for id, err := range ownUserIDs(ctx, i) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// IsOwnUser reports whether the credentials of the provider depend on a user. It stops
// reading when it has found the user.
func IsOwnUser(ctx context.Context, i *instance.Instance, id string) (bool, error) {
	for own, err := range ownUserIDs(ctx, i) {
		if err != nil || own == id {
			return err == nil, err
		}
	}
	return false, nil
}
