// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (s *Setting[S]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the " + s.Noun + " of the account of the credentials. There is always exactly one.")
}

func (s *Setting[S]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[struct{}, *S]{
		Name: "list the " + s.Noun,
		Find: func(ctx context.Context, _ struct{}, _ int64) iter.Seq2[*S, error] {
			if !req.IncludeResource {
				return listing.Each([]*S{nil}, nil) // it is there for certain
			}
			live, err := s.Fetch(ctx, s.Client)
			if err != nil {
				return listing.Each[*S](nil, err)
			}
			return listing.Each([]*S{&live}, nil)
		},
		Show: func(account string, live *S) listing.Entry { return s.showFound(ctx, req, account, live) },
	}.Stream(ctx, s.Instance, req, stream)
}

// showFound describes the setting as an import would find it.
func (s *Setting[S]) showFound(ctx context.Context, req list.ListRequest, account string, live *S) listing.Entry {
	e := listing.Entry{Name: s.Noun + " of account " + account, Identity: accountIdentity{AccountID: types.StringValue(account)}, Model: nil}
	if live == nil {
		return e
	}
	v := tf.NullValues(ctx, req.ResourceSchema.Type())
	v["account_id"], v["on_destroy"] = types.StringValue(account), types.StringValue(Retain)
	if _, guarded := s.Arguments["allow_lock_out"]; guarded {
		v["allow_lock_out"] = types.BoolValue(false)
	}
	s.Show(v, live)
	e.Model = v
	return e
}
