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
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// accessKeyPolicyFilter selects policies. A null value matches all.
type accessKeyPolicyFilter struct {
	listing.Users

	Status types.String `tfsdk:"status"`
}

// foundPolicy is the network policy of a key.
type foundPolicy struct {
	user   ram.User
	keyID  string
	policy ram.NetworkPolicy
}

func (r *accessKeyPolicy) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the network policies of the AccessKey pairs of RAM users. A key without a policy of its own is not found: `without_network_policy` of the list `ram_access_key` finds those. "+
		"It costs one call per user, and one per key.",
		append(listing.UserFilters("the policies of the keys"),
			listing.TextFilter("status", "Only policies of this status: `Active` or `Inactive`.", stringvalidator.OneOf(ram.NetworkPolicyActive, ram.NetworkPolicyInactive)))...)
}

func (r *accessKeyPolicy) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[accessKeyPolicyFilter, foundPolicy]{Name: "list the network policies of the AccessKey pairs", Find: r.policies, Show: r.showFound}.Stream(ctx, r.Instance, req, stream)
}

// policies finds the policies that were ever set, and not reset since.
func (r *accessKeyPolicy) policies(ctx context.Context, filter accessKeyPolicyFilter, most int64) iter.Seq2[foundPolicy, error] {
	return listing.EachUser(ctx, r.Instance, filter.Users, most, func(ctx context.Context, user ram.User, add func(foundPolicy, error)) {
		keys, err := r.Client.AccessKeys(ctx, user.Name)
		if err != nil {
			add(foundPolicy{}, err)
		}
		for _, key := range keys {
			policy, err := r.Client.AccessKeyPolicy(ctx, user.Name, key.ID)
			if ram.NotFound(err, "User.AccessKey") { // deleted meanwhile
				continue
			}
			if err != nil || !policy.None() && (filter.Status.IsNull() || filter.Status.ValueString() == tf.Deref(policy.Status)) {
				add(foundPolicy{user, key.ID, policy}, err)
			}
		}
	})
}

// showFound describes a policy as an import would find it.
func (r *accessKeyPolicy) showFound(account string, found foundPolicy) listing.Entry {
	o := listing.OwnedBy(account, found.user)
	v := tf.Values{
		"access_key_id": types.StringValue(found.keyID), "allow_lock_out": types.BoolValue(false), "must_allow": types.SetNull(types.StringType), "must_allow_vpcs": types.MapNull(tf.StringSetType), "timeouts": o.Timeouts,
	}
	putOwner(v, o)
	r.of(&o, found.keyID).Show(v, &found.policy)
	return listing.Entry{Name: found.user.Name + " " + found.keyID + " (" + tf.Deref(found.policy.Status) + ")", Identity: ownPolicyIdentity(v), Model: v}
}
