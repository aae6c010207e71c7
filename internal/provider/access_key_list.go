// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *accessKeyResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds AccessKey pairs of RAM users. No secret is found: the service shows it only once.",
		Attributes: map[string]listschema.Attribute{
			"user_name": listschema.StringAttribute{Optional: true, Validators: userNameChecks(), MarkdownDescription: docsSearchUser},
			"status": listschema.StringAttribute{
				Optional: true, MarkdownDescription: docsSearchStatus,
				Validators: []validator.String{stringvalidator.OneOf(keyActive, keyInactive)},
			},
			"older_than_days": listschema.Int64Attribute{Optional: true, Validators: searchedDays(), MarkdownDescription: docsSearchOlder},
			"unused_for_days": listschema.Int64Attribute{Optional: true, Validators: searchedDays(), MarkdownDescription: docsSearchUnused},
		},
	}
}

// searchedDays are what a search may ask for: a century is a slip.
func searchedDays() []validator.Int64 { return []validator.Int64{int64validator.Between(0, 36500)} }

func (r *accessKeyResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
		defer cancel()
		f := failedKey("list", "The list is not complete.")
		var diags diag.Diagnostics
		search := get[keySearch](ctx, req.Config, &diags)
		account, ok := "", !diags.HasError()
		if ok {
			account, ok = r.opened(ctx, f, "", &diags)
		}
		if !ok {
			push(list.ListResult{Diagnostics: diags})
			return
		}
		count := int64(0)
		for found, err := range r.search(ctx, search, false) {
			if report(&diags, f, err) {
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if !push(r.listed(ctx, req, account, found)) {
				return
			}
			if count++; req.Limit > 0 && count >= req.Limit {
				return
			}
		}
	}
}

// listed describes a key as an import would find it.
func (r *accessKeyResource) listed(ctx context.Context, req list.ListRequest, account string, found foundKey) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = found.user.Name + " " + found.key.ID + " (" + found.key.Status + ")"
	m := accessKeyModel{
		owned: owned{
			AccountID: types.StringValue(account), UserName: types.StringValue(found.user.Name), UserID: types.StringValue(found.user.ID), Timeouts: noTimeouts,
		},
		RotateWhenChanged: types.MapNull(types.StringType), AllowSelf: types.BoolValue(false),
	}
	m.show(found.key)
	result.Diagnostics.Append(result.Identity.Set(ctx, m.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, m)...)
	}
	return result
}
