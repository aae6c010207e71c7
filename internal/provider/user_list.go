// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// userFilter selects users. A null value matches all.
type userFilter struct {
	NameRegex     types.String `tfsdk:"name_regex"`
	NeverLoggedOn types.Bool   `tfsdk:"never_logged_on"`
}

// nameFilters are those of namesSought.
func nameFilters() []listing.Filter {
	return []listing.Filter{
		listing.NameRegexFilter("Only users whose names match this regular expression (RE2)."),
		listing.FlagFilter("never_logged_on", "`true` finds only users without a known logon to the console, `false` only users with one."),
	}
}

// found yields the users of the account that match.
func (n userFilter) found(ctx context.Context, i *instance.Instance, most int64) iter.Seq2[ram.User, error] {
	return func(yield func(ram.User, error) bool) {
		for user, err := range listing.ListUsers(ctx, i, listing.Users{NameRegex: n.NameRegex}, most) {
			wanted := n.NeverLoggedOn.IsNull() || n.NeverLoggedOn.ValueBool() == user.LastLoginDate.IsZero()
			if (err != nil || wanted) && !yield(user, err) {
				return
			}
		}
	}
}

func (r *userResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the RAM users of the account of the credentials. The list needs one API call for every 1,000 users.", nameFilters()...)
}

func (r *userResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[userFilter, ram.User]{
		Name: "list the users",
		Find: func(ctx context.Context, filter userFilter, most int64) iter.Seq2[ram.User, error] {
			return filter.found(ctx, r.Instance, most)
		},
		Show: func(account string, user ram.User) listing.Entry {
			m := unfilledUser(account, user.Name)
			m.show(user)
			return listing.Entry{Name: user.Name, Identity: m.identity(), Model: m}
		},
	}.Stream(ctx, r.Instance, req, stream)
}
