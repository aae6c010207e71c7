// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// groupFilter selects groups. Null selects all.
type groupFilter struct {
	NameRegex types.String `tfsdk:"name_regex"`
}

// groupFilters are the arguments of groupFilter.
func groupFilters() []listing.Filter {
	return []listing.Filter{listing.NameRegexFilter("Only groups whose names match this regular expression (RE2).")}
}

// find yields the selected groups of the account.
func (f groupFilter) find(ctx context.Context, i *instance.Instance) iter.Seq2[ram.Group, error] {
	return func(yield func(ram.Group, error) bool) {
		form, err := regexp.Compile(f.NameRegex.ValueString())
		if err != nil {
			yield(ram.Group{}, err)
			return
		}
		for group, err := range i.Client.Groups(ctx) {
			if (err != nil || form.MatchString(group.Name)) && !yield(group, err) {
				return
			}
		}
	}
}

func (r *groupResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the groups of the account. It takes one call for each thousand groups.", groupFilters()...)
}

func (r *groupResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[groupFilter, ram.Group]{
		Name: "list the groups",
		Find: func(ctx context.Context, filter groupFilter, _ int64) iter.Seq2[ram.Group, error] {
			return filter.find(ctx, r.Instance)
		},
		Show: func(account string, group ram.Group) listing.Entry {
			m := newGroupModel(account, group.Name)
			m.show(group)
			return listing.Entry{Name: group.Name, Identity: m.identity(), Model: m}
		},
	}.Stream(ctx, r.Instance, req, stream)
}
