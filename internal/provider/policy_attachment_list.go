// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// attachmentFilter selects attachments of users, groups and roles. Null selects all.
type attachmentFilter struct {
	PolicyType types.String `tfsdk:"policy_type"`
	PolicyName types.String `tfsdk:"policy_name"`
}

// foundAttachment is a policy of a principal.
type foundAttachment struct {
	principal ram.Principal
	id        string
	policy    ram.Policy
}

func (r *attachmentResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the policies that are attached to the groups, users and roles of the account. It takes one call for each of them. Attachments in a resource group are not listed.",
		listing.TextFilter("policy_type", "Only policies of this type: `System` or `Custom`.", stringvalidator.OneOf("System", "Custom")),
		listing.TextFilter("policy_name", "Only the policy with this name.", policyNamePattern.Validator("must be 1 to 128 letters, digits and hyphens")))
}

func (r *attachmentResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[attachmentFilter, foundAttachment]{Name: "list the policy attachments", Find: r.attachments, Show: showAttachment}.Stream(ctx, r.Instance, req, stream)
}

// matches reports whether a policy is selected.
func (f attachmentFilter) matches(policy ram.Policy) bool {
	return (f.PolicyType.IsNull() || f.PolicyType.ValueString() == policy.Type) && (f.PolicyName.IsNull() || strings.EqualFold(f.PolicyName.ValueString(), policy.Name))
}

// attachments yields the selected attachments: those of groups, of users and of roles.
func (r *attachmentResource) attachments(ctx context.Context, filter attachmentFilter, limit int64) iter.Seq2[foundAttachment, error] {
	return func(yield func(foundAttachment, error) bool) {
		// each yields the attachments of one principal, unless it was deleted in the meantime.
		each := func(kind ram.PrincipalKind, name, id string) (goesOn bool) {
			goesOn = true
			r.ofPrincipal(ctx, ram.Principal{Kind: kind, Name: name}, id, filter, func(found foundAttachment, err error) {
				goesOn = goesOn && (ram.NotFound(err, string(kind)) || yield(found, err))
			})
			return goesOn
		}
		for group, err := range r.Client.Groups(ctx) {
			if err != nil {
				yield(foundAttachment{}, err)
				return
			}
			if !each(ram.GroupPrincipal, group.Name, group.ID) {
				return
			}
		}
		for found, err := range listing.EachUser(ctx, r.Instance, listing.Users{}, limit, func(ctx context.Context, user ram.User, yield func(foundAttachment, error)) {
			r.ofPrincipal(ctx, ram.Principal{Kind: ram.UserPrincipal, Name: user.Name}, user.ID, filter, yield)
		}) {
			if !yield(found, err) {
				return
			}
		}
		for role, err := range r.Client.Roles(ctx) {
			if err != nil {
				yield(foundAttachment{}, err)
				return
			}
			if !each(ram.RolePrincipal, role.Name, role.ID) {
				return
			}
		}
	}
}

func (r *attachmentResource) ofPrincipal(ctx context.Context, p ram.Principal, id string, filter attachmentFilter, yield func(foundAttachment, error)) {
	policies, err := r.Client.AttachedPolicies(ctx, p)
	if err != nil {
		yield(foundAttachment{}, err)
	}
	for _, policy := range policies {
		if filter.matches(policy) {
			yield(foundAttachment{p, id, policy}, nil)
		}
	}
}

// showAttachment describes an attachment as an import would find it.
func showAttachment(account string, found foundAttachment) listing.Entry {
	m := attachmentModel{
		AccountID: types.StringValue(account), PolicyType: types.StringValue(found.policy.Type), PolicyName: types.StringValue(found.policy.Name),
		PrincipalID: types.StringValue(found.id), AllowSelf: types.BoolValue(false), Timeouts: owner.NoTimeouts,
	}
	*m.attribute(found.principal.Kind) = types.StringValue(found.principal.Name)
	return listing.Entry{Name: found.policy.Name + " of " + found.principal.String(), Identity: m.identity(), Model: m}
}
