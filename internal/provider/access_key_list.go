// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
)

func (r *accessKeyResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds AccessKey pairs of RAM users: of all, or of some. Those of the root account itself are never found, and no secret is: the service shows it only once. "+
		"It costs one call per user, and more with some filters.", keyFilters()...)
}

func (r *accessKeyResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[keysSought, foundKey]{
		Name: "list the AccessKey pairs",
		Find: func(ctx context.Context, sought keysSought, most int64) iter.Seq2[foundKey, error] {
			return searchKeys(ctx, r.Instance, sought, most, false)
		},
		Show: showKey,
	}.Stream(ctx, r.Instance, req, stream)
}

// showKey describes a key as an import would find it.
func showKey(account string, found foundKey) listing.Entry {
	m := accessKeyModel{Object: listing.OwnedBy(account, found.user), RotateWhenChanged: types.MapNull(types.StringType), AllowSelf: types.BoolValue(false)}
	m.show(found.key)
	return listing.Entry{Name: found.user.Name + " " + found.key.ID + " (" + found.key.Status + ")", Identity: m.identity(), Model: m}
}
