// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"
	"errors"
	"slices"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// AccessKeys returns the AccessKeys of the user who owns an object.
func AccessKeys(i *instance.Instance, o *owner.Object) Set[ram.AccessKey] {
	return Set[ram.AccessKey]{Instance: i, Owner: o, Kind: Kind[ram.AccessKey]{
		Noun: "AccessKey", One: "an AccessKey", Word: "key", MissingCode: "User.AccessKey", Action: "CreateAccessKey", Placeholder: "KEY_ID",
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

// ServiceCredentials returns the service credentials of the user who owns an object: those for the service of wanted,
// or all. domain completes the user name in commands.
func ServiceCredentials(i *instance.Instance, o *owner.Object, wanted ram.NewServiceCredential, domain string) Set[ram.ServiceCredential] {
	command := func(action, userName, more string) string {
		return "aliyun ims " + action + " --UserPrincipalName " + userName + "@" + domain + more
	}
	return Set[ram.ServiceCredential]{Instance: i, Owner: o, Kind: Kind[ram.ServiceCredential]{
		Noun: "service credential", One: "a service credential", Word: "service credential", MissingCode: "User.ServiceCredential", Action: "CreateServiceCredential", Placeholder: "CREDENTIAL_ID",
		Read: ofService(i.Client.ServiceCredentials, wanted.ServiceName), Refresh: ofService(i.Client.RefreshServiceCredentials, wanted.ServiceName),
		Create: func(ctx context.Context, userName string) (ram.ServiceCredential, string, error) {
			created, err := i.Client.CreateServiceCredential(ctx, userName, wanted)
			secret := created.Secret
			created.Secret = ""
			return created, secret, err
		},
		Get: i.Client.ServiceCredential,
		SetStatus: func(ctx context.Context, userName, id, status string) error {
			return i.Client.UpdateServiceCredential(ctx, userName, id, ram.ServiceCredentialChange{Status: &status})
		},
		Delete: i.Client.DeleteServiceCredential,
		List:   func(userName string) string { return command("ListServiceCredentials", userName, "") },
		Commands: func(userName, id string) []string {
			return []string{
				command("UpdateServiceCredential", userName, " --ServiceCredentialId "+id+" --Status Inactive"),
				command("DeleteServiceCredential", userName, " --ServiceCredentialId "+id),
			}
		},
		Import:      func(userName, id string) string { return userName + ":" + id },
		FollowOwner: followUser,
	}}
}

// Passkeys returns the passkeys of the user who owns an object. Only the user can create a passkey, in a browser, and
// it cannot be disabled.
func Passkeys(i *instance.Instance, o *owner.Object) Set[ram.Passkey] {
	read := func(ctx context.Context, userName string) ([]ram.Passkey, error) {
		all, err := i.Client.Passkeys(ctx, userName)
		if err == nil && all == nil { // no list proves nothing
			err = errors.New("ListPasskeys cannot be used: the response lacks Passkeys")
		}
		return all, err
	}
	return Set[ram.Passkey]{Instance: i, Owner: o, Kind: Kind[ram.Passkey]{
		Noun: "passkey", One: "a passkey", Word: "passkey", MissingCode: "Passkey",
		Read: read, Refresh: read, Delete: i.Client.DeletePasskey, FollowOwner: followUser,
	}}
}

// followUser finds the current name of the user of a credential that does not itself name its user.
func followUser(ctx context.Context, i *instance.Instance, o *owner.Object, _ string) (renamed bool, err error) {
	return owner.FollowRename(ctx, i, o)
}

// ofService limits the results of read to those for a service. It includes credentials whose service the response does
// not state.
func ofService(read reader[ram.ServiceCredential], service string) reader[ram.ServiceCredential] {
	if service == "" {
		return read
	}
	return func(ctx context.Context, userName string) ([]ram.ServiceCredential, error) {
		all, err := read(ctx, userName)
		return slices.DeleteFunc(all, func(one ram.ServiceCredential) bool {
			return one.ServiceName != "" && one.ServiceName != service
		}), err
	}
}
