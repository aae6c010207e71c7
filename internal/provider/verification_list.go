// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// verificationsSought is which verifications are looked for. What is null holds for all.
type verificationsSought struct {
	usersSought

	Status types.String `tfsdk:"status"`
}

// takes tells whether a user has an address, and one of the status that is sought.
func (s verificationsSought) takes(live ram.Verification) bool {
	for _, has := range []ram.SecurityAddress{live.Email, live.Phone} {
		if has.Address != "" && (s.Status.IsNull() || s.Status.ValueString() == has.Status) {
			return true
		}
	}
	return false
}

// foundVerification is what a user can prove to be itself with.
type foundVerification struct {
	user ram.User
	live ram.Verification
}

func (r *verificationResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listed("Finds the users who have a security e-mail address or a security phone. It costs one call per user.",
		append(userFilters("the verification"),
			textFilter("status", "Only verifications with an address of this status: `pending`, which its owner has not confirmed, or `active`.", stringvalidator.OneOf("pending", "active")))...)
}

func (r *verificationResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing[verificationsSought, foundVerification]{what: "list the verifications", find: r.verifications, show: showVerification}.stream(ctx, r.instance, req, stream)
}

// verifications finds the users who have an address that is sought.
func (r *verificationResource) verifications(ctx context.Context, sought verificationsSought, most int64) iter.Seq2[foundVerification, error] {
	return ofEach(ctx, r.instance, sought.usersSought, most, func(ctx context.Context, user ram.User, tell func(foundVerification, error)) {
		live, err := r.client.Verification(ctx, user.Name)
		if err != nil || sought.takes(live) {
			tell(foundVerification{user, live}, err)
		}
	})
}

// showVerification describes a verification as an import would find it.
func showVerification(account string, found foundVerification) entry {
	m := verificationModel{owned: ownedBy(account, found.user)}
	m.show(found.live, true)
	return entry{name: found.user.Name, identity: m.identity(), model: m}
}
