// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// findLoginProfile reads the login profile of a user, and stores the user's current name. The
// service addresses a profile by the name of the user, so it does not find the profile of a
// user who was renamed outside of Terraform. A profile that is not found is therefore missing only
// if a fresh read by id finds no user, or the user under the same name. If the service does not find the name
// that it returns for the id, findLoginProfile returns that error.
func findLoginProfile(ctx context.Context, i *instance.Instance, user *ram.User) (live ram.LoginProfile, found bool, err error) {
	for {
		live, err = i.Client.LoginProfile(ctx, user.Name)
		if !ram.NoLoginProfile(err) {
			return live, err == nil, err
		}
		if user.ID == "" {
			return live, false, nil
		}
		current, unread := i.Client.RefreshUserByID(ctx, user.ID)
		switch {
		case ram.NotFound(unread, "User"):
			return live, false, nil
		case unread != nil:
			return live, false, unread
		case current.Name == user.Name:
			return live, false, ram.IgnoreNotFound(err, "User.LoginProfile")
		}
		user.Name = current.Name
	}
}
