// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// verificationFilter selects verifications. A null value matches all.
type verificationFilter struct {
	listing.Users

	Status types.String `tfsdk:"status"`
}

// matches reports whether a user has an address, and a status that matches.
func (s verificationFilter) matches(live ram.Verification) bool {
	for _, has := range []ram.SecurityAddress{live.Email, live.Phone} {
		if has.Address != "" && (s.Status.IsNull() || s.Status.ValueString() == has.Status) {
			return true
		}
	}
	return false
}

// foundVerification has the addresses of a user.
type foundVerification struct {
	user ram.User
	live ram.Verification
}

func (r *verificationResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the users who have a security e-mail address or a security phone. It costs one call per user.",
		append(listing.UserFilters("the verification"),
			listing.TextFilter("status", "Only verifications with an address of this status: `pending`, which its owner has not confirmed, or `active`.", stringvalidator.OneOf("pending", "active")))...)
}

func (r *verificationResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[verificationFilter, foundVerification]{Name: "list the verifications", Find: r.verifications, Show: showVerification}.Stream(ctx, r.Instance, req, stream)
}

// verifications finds the users whose address matches the filter.
func (r *verificationResource) verifications(ctx context.Context, filter verificationFilter, most int64) iter.Seq2[foundVerification, error] {
	return listing.EachUser(ctx, r.Instance, filter.Users, most, func(ctx context.Context, user ram.User, add func(foundVerification, error)) {
		live, err := r.Client.Verification(ctx, user.Name)
		if err != nil || filter.matches(live) {
			add(foundVerification{user, live}, err)
		}
	})
}

// showVerification describes a verification as an import would find it.
func showVerification(account string, found foundVerification) listing.Entry {
	m := verificationModel{Object: listing.OwnedBy(account, found.user)}
	m.show(found.live, true)
	return listing.Entry{Name: found.user.Name, Identity: m.Identity(), Model: m}
}
