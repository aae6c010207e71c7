// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *accessKeyResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listed("Finds AccessKey pairs of RAM users: of all, or of some. Those of the root account itself are never found, and no secret is: the service shows it only once. "+
		"It costs one call per user, and more with some filters.", keyFilters()...)
}

func (r *accessKeyResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing[keysSought, foundKey]{
		what: "list the AccessKey pairs",
		find: func(ctx context.Context, sought keysSought, most int64) iter.Seq2[foundKey, error] {
			return searchKeys(ctx, r.instance, sought, most, false)
		},
		show: showKey,
	}.stream(ctx, r.instance, req, stream)
}

// showKey describes a key as an import would find it.
func showKey(account string, found foundKey) entry {
	m := accessKeyModel{owned: ownedBy(account, found.user), RotateWhenChanged: types.MapNull(types.StringType), AllowSelf: types.BoolValue(false)}
	m.show(found.key)
	return entry{name: found.user.Name + " " + found.key.ID + " (" + found.key.Status + ")", identity: m.identity(), model: m}
}
