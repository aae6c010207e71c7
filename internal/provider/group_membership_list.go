// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// membershipFilter selects memberships. Null selects all.
type membershipFilter struct {
	UserName  types.String `tfsdk:"user_name"`
	GroupName types.String `tfsdk:"group_name"`
}

// foundMembership is a member of a group.
type foundMembership struct {
	group  ram.Group
	member ram.GroupMember
}

func (r *membershipResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the members of the groups of the account. It takes one call for each group.",
		listing.TextFilter("user_name", "Only memberships of this RAM user, such as `alice`: not the principal name.", owner.UserNameValidators()...),
		listing.TextFilter("group_name", "Only members of this group.", groupNameValidators()...))
}

func (r *membershipResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[membershipFilter, foundMembership]{Name: "list the group memberships", Find: r.memberships, Show: showMembership}.Stream(ctx, r.Instance, req, stream)
}

// memberships yields the selected memberships.
func (r *membershipResource) memberships(ctx context.Context, filter membershipFilter, _ int64) iter.Seq2[foundMembership, error] {
	return func(yield func(foundMembership, error) bool) {
		for group, err := range r.groups(ctx, filter.GroupName) {
			var members []ram.GroupMember
			if err == nil {
				members, err = r.Client.GroupMembers(ctx, group.Name)
			}
			if ram.NotFound(err, "Group") && filter.GroupName.IsNull() {
				continue // it was deleted since the list of groups was read
			}
			if err != nil {
				yield(foundMembership{}, err)
				return
			}
			for _, member := range members {
				selected := filter.UserName.IsNull() || filter.UserName.ValueString() == member.UserName
				if selected && !yield(foundMembership{group, member}, nil) {
					return
				}
			}
		}
	}
}

// groups yields the named group, or all.
func (r *membershipResource) groups(ctx context.Context, name types.String) iter.Seq2[ram.Group, error] {
	if name.IsNull() {
		return r.Client.Groups(ctx)
	}
	return func(yield func(ram.Group, error) bool) { yield(r.Client.Group(ctx, name.ValueString())) }
}

// showMembership describes a membership as an import would find it.
func showMembership(account string, found foundMembership) listing.Entry {
	m := membershipModel{
		Object:    listing.OwnedBy(account, ram.User{ID: found.member.UserID, Name: found.member.UserName}),
		GroupName: types.StringValue(found.group.Name), GroupID: types.StringValue(found.group.ID), AllowSelf: types.BoolValue(false),
	}
	return listing.Entry{Name: found.member.UserName + " in " + found.group.Name, Identity: m.identity(), Model: m}
}
