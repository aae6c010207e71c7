// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (r *loginProfileResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds the login profiles of the account that the credentials open. It costs one call per user.",
		Attributes:          map[string]listschema.Attribute{"name_regex": listschema.StringAttribute{Optional: true, MarkdownDescription: nameFilter}},
	}
}

func (r *loginProfileResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	f := failure{"list the login profiles", "The list is not whole."}
	stream.Results = func(push func(list.ListResult) bool) {
		r.eachUser(ctx, f, req, push, func(ctx context.Context, account string, u ram.User) (list.ListResult, bool) {
			live, err := r.client.LoginProfile(ctx, u.Name)
			if noProfile(err) {
				return list.ListResult{}, false
			}
			result := req.NewListResult(ctx)
			if report(&result.Diagnostics, f, err) {
				return result, true
			}
			m := loginProfileModel{
				owned:        owned{AccountID: types.StringValue(account), UserName: types.StringValue(u.Name), UserID: types.StringValue(u.ID), Timeouts: noTimeouts},
				AllowLockOut: types.BoolValue(false),
			}
			m.show(live)
			result.DisplayName = u.Name
			result.Diagnostics.Append(result.Identity.Set(ctx, m.identity())...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, m)...)
			}
			return result, true
		})
	}
}
