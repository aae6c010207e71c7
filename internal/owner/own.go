// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package owner

import (
	"context"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// OwnUserIDs returns the ids of the users that the credentials of the provider depend on: the
// caller, and the owners of keys that assume a role. A key of another account is left out.
func OwnUserIDs(ctx context.Context, i *instance.Instance) ([]string, error) {
	caller, err := i.Client.Caller(ctx)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	if caller.UserID != "" {
		ids = append(ids, caller.UserID)
	}
	chain, known := i.Client.CredentialChain()
	if !known {
		return ids, nil
	}
	for _, key := range chain.LongLivedKeyIDs() {
		owner, err := i.Client.AccessKeyOwner(ctx, key)
		switch {
		case err == nil:
			ids = append(ids, owner.ID)
		case !ram.NotFound(err, "User", "User.AccessKey"):
			return nil, err
		}
	}
	return ids, nil
}
