// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// nameFilter is what the lists and data sources of users may be narrowed by.
const nameFilter = "A regular expression (RE2) that the names of the users have to match. Without it, all users are listed."

type usersFilter struct {
	NameRegex types.String `tfsdk:"name_regex"`
}

func (r *userResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{
		MarkdownDescription: "Finds the RAM users of the account that the credentials open.",
		Attributes:          map[string]listschema.Attribute{"name_regex": listschema.StringAttribute{Optional: true, MarkdownDescription: nameFilter}},
	}
}

func (r *userResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = func(push func(list.ListResult) bool) {
		r.eachUser(ctx, failure{"list the users", "Nothing was listed."}, req, push, func(ctx context.Context, account string, u ram.User) (list.ListResult, bool) {
			result := req.NewListResult(ctx)
			m := unfilledUser(account, u.Name)
			m.show(u)
			result.DisplayName = u.Name
			result.Diagnostics.Append(result.Identity.Set(ctx, m.identity())...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, m)...)
			}
			return result, true
		})
	}
}

// eachUser pushes what describe says of each user that the list asks for, up to its limit.
func (i *instance) eachUser(ctx context.Context, f failure, req list.ListRequest, push func(list.ListResult) bool, describe func(context.Context, string, ram.User) (list.ListResult, bool)) {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	var diags diag.Diagnostics
	fail := func() {
		result := req.NewListResult(ctx)
		result.Diagnostics = diags
		push(result)
	}
	filter := get[usersFilter](ctx, req.Config, &diags)
	matches, ok := nameMatcher(filter.NameRegex, &diags)
	if !ok || diags.HasError() {
		fail()
		return
	}
	account, ok := i.opened(ctx, f, "", &diags)
	if !ok {
		fail()
		return
	}
	var pushed int64
	for u, err := range i.client.Users(ctx) {
		if report(&diags, f, err) {
			fail()
			return
		}
		if !matches(u.Name) {
			continue
		}
		result, wanted := describe(ctx, account, u)
		if !wanted {
			continue
		}
		if !push(result) {
			return
		}
		if pushed++; req.Limit > 0 && pushed >= req.Limit {
			return
		}
	}
}

// nameMatcher makes a filter of a regular expression.
func nameMatcher(expression types.String, diags *diag.Diagnostics) (matches func(string) bool, ok bool) {
	form, err := regexp.Compile(expression.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("name_regex"), "Cannot list the users", sentence(err.Error())+" Nothing was listed.\n\nThe syntax is that of RE2.")
		return nil, false
	}
	return form.MatchString, true
}
