// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// AccessKeys are the AccessKey pairs of the user of an object.
func AccessKeys(i *instance.Instance, o *owner.Object) Set[ram.AccessKey] {
	return Set[ram.AccessKey]{Instance: i, Owner: o, Kind: Kind[ram.AccessKey]{
		Noun: "AccessKey", Word: "key", Gone: "User.AccessKey", Action: "CreateAccessKey", Placeholder: "KEY_ID",
		Read: i.Client.AccessKeys, Refresh: i.Client.RefreshAccessKeys,
		Create: func(ctx context.Context, userName string) (ram.AccessKey, string, error) {
			key, err := i.Client.CreateAccessKey(ctx, userName)
			secret := key.Secret
			key.Secret = ""
			return key, secret, err
		},
		SetStatus: i.Client.UpdateAccessKey, Delete: i.Client.DeleteAccessKey, Confirm: i.Client.ConfirmAccessKeys,
		List: func(userName string) string { return "aliyun ram ListAccessKeys --UserName " + userName },
		Commands: func(userName, id string) []string {
			return []string{
				"aliyun ram UpdateAccessKey --UserName " + userName + " --UserAccessKeyId " + id + " --Status Inactive",
				"aliyun ram DeleteAccessKey --UserName " + userName + " --UserAccessKeyId " + id,
			}
		},
		Import:      func(userName, id string) string { return userName + ":" + id },
		FollowOwner: owner.FollowKeyOwner,
	}}
}
