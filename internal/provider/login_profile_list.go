// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// loginProfileFilter selects login profiles. A null value matches all.
type loginProfileFilter struct {
	listing.Users

	Status     types.String `tfsdk:"status"`
	WithoutMFA types.Bool   `tfsdk:"without_mfa"`
}

// foundProfile is a user who has a login profile.
type foundProfile struct {
	user    ram.User
	profile ram.LoginProfile
}

func (r *loginProfileResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the login profiles of RAM users: who may log on to the console. It costs one call per user.",
		append(listing.UserFilters("the login profile"),
			listing.TextFilter("status", "Only profiles of this status: `Active`, or `Inactive` if console logon is disabled.", stringvalidator.OneOf(active, inactive)),
			listing.FlagFilter("without_mfa", "`true` finds only profiles of users who have no MFA device, virtual or not, and so log on with the password alone unless the account or the profile demands more; "+
				"`false` only those of users who have one. It lists the virtual devices of the account once, and costs one more call for each profile whose user has none."))...)
}

func (r *loginProfileResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[loginProfileFilter, foundProfile]{Name: "list the login profiles", Find: r.profiles, Show: showProfile}.Stream(ctx, r.Instance, req, stream)
}

// profiles finds the login profiles that match the filter.
func (r *loginProfileResource) profiles(ctx context.Context, filter loginProfileFilter, most int64) iter.Seq2[foundProfile, error] {
	hasMFA := mfaOwners(ctx, r.Instance)
	return listing.EachUser(ctx, r.Instance, filter.Users, most, func(ctx context.Context, user ram.User, add func(foundProfile, error)) {
		live, err := r.Client.LoginProfile(ctx, user.Name)
		if ram.NotFound(err, "User.LoginProfile") {
			return
		}
		wanted := err == nil && (filter.Status.IsNull() || filter.Status.ValueString() == live.Status)
		if wanted && !filter.WithoutMFA.IsNull() {
			var has bool
			has, err = hasMFA(user)
			wanted = filter.WithoutMFA.ValueBool() != has
		}
		if wanted || err != nil {
			add(foundProfile{user, live}, err)
		}
	})
}

// mfaOwners describes a user whether there is an MFA device. The virtual ones of the
// account are listed once, when first needed; who has none of them may have a security key.
func mfaOwners(ctx context.Context, i *instance.Instance) func(ram.User) (bool, error) {
	virtual := sync.OnceValues(func() (map[string]bool, error) {
		devices, err := i.Client.MFADevices(ctx)
		owners := map[string]bool{}
		for _, device := range devices {
			owners[device.UserID] = true
		}
		return owners, err
	})
	return func(user ram.User) (bool, error) {
		owners, err := virtual()
		if err != nil || owners[user.ID] {
			return err == nil, err
		}
		mfa, err := i.Client.UserMFA(ctx, user.Name)
		return mfa.Enabled, err
	}
}

// showProfile describes a login profile as an import would find it.
func showProfile(account string, found foundProfile) listing.Entry {
	m := loginProfileModel{Object: listing.OwnedBy(account, found.user), AllowLockOut: types.BoolValue(false)}
	m.show(found.profile)
	return listing.Entry{Name: found.user.Name + " (" + found.profile.Status + ")", Identity: m.Identity(), Model: m}
}
