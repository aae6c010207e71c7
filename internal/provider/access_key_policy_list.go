// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// ownPolicySearch is which policies are looked for. What is null holds for all.
type ownPolicySearch struct {
	UserName types.String `tfsdk:"user_name"`
	Status   types.String `tfsdk:"status"`
}

func (r *accessKeyPolicy) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds the network policies of the AccessKey pairs of RAM users. A key without a policy of its own is not found. It takes a call for each key.",
		Attributes: map[string]listschema.Attribute{
			"user_name": listschema.StringAttribute{Optional: true, Validators: userNameChecks(), MarkdownDescription: docsSearchUser},
			"status": listschema.StringAttribute{
				Optional: true, MarkdownDescription: "Only policies of this status: `Active` or `Inactive`.",
				Validators: []validator.String{stringvalidator.OneOf(ram.NetworkPolicyActive, ram.NetworkPolicyInactive)},
			},
		},
	}
}

func (r *accessKeyPolicy) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
		defer cancel()
		f := failedOwnPolicy("list", "The list is not complete.")
		var diags diag.Diagnostics
		search := get[ownPolicySearch](ctx, req.Config, &diags)
		account, ok := "", !diags.HasError()
		if ok {
			account, ok = r.opened(ctx, f, "", &diags)
		}
		if !ok {
			push(list.ListResult{Diagnostics: diags})
			return
		}
		count := int64(0)
		for key, err := range r.search(ctx, keySearch{UserName: search.UserName, Status: types.StringNull(), OlderThanDays: types.Int64Null(), UnusedForDays: types.Int64Null()}, false) {
			var policy ram.NetworkPolicy
			if err == nil {
				policy, err = r.client.AccessKeyPolicy(ctx, key.user.Name, key.key.ID)
			}
			if ram.NotFound(err, "User", "User.AccessKey") && key.key.ID != "" {
				continue // deleted meanwhile
			}
			if report(&diags, f, err) {
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if policy.None() || !search.Status.IsNull() && search.Status.ValueString() != deref(policy.Status) {
				continue
			}
			if !push(r.listed(ctx, req, account, key, &policy)) {
				return
			}
			if count++; req.Limit > 0 && count >= req.Limit {
				return
			}
		}
	}
}

// listed describes a policy as an import would find it.
func (r *accessKeyPolicy) listed(ctx context.Context, req list.ListRequest, account string, key foundKey, policy *ram.NetworkPolicy) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = key.user.Name + " " + key.key.ID + " (" + deref(policy.Status) + ")"
	v := values{
		"account_id": types.StringValue(account), "user_name": types.StringValue(key.user.Name), "user_id": types.StringValue(key.user.ID),
		"access_key_id": types.StringValue(key.key.ID), "allow_lock_out": types.BoolValue(false), "must_allow": types.SetNull(types.StringType), "timeouts": noTimeouts,
	}
	result.Diagnostics.Append(result.Identity.Set(ctx, ownPolicyIdentity(v))...)
	if !req.IncludeResource {
		return result
	}
	o := ownedOf(v)
	r.of(&o, key.key.ID).show(v, policy)
	if object := v.object(result.Resource.Schema.Type(), &result.Diagnostics); !result.Diagnostics.HasError() {
		result.Diagnostics.Append(result.Resource.Set(ctx, object)...)
	}
	return result
}
