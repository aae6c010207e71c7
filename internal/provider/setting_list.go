// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (s *setting[S]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listed("Finds the " + s.noun + " of the account that the credentials open. There is always exactly one.")
}

func (s *setting[S]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing[struct{}, *S]{
		what: "list the " + s.noun,
		find: func(ctx context.Context, _ struct{}, _ int64) iter.Seq2[*S, error] {
			if !req.IncludeResource {
				return each([]*S{nil}, nil) // it is there for certain
			}
			live, err := s.fetch(ctx, s.client)
			if err != nil {
				return each[*S](nil, err)
			}
			return each([]*S{&live}, nil)
		},
		show: func(account string, live *S) entry { return s.showFound(ctx, req, account, live) },
	}.stream(ctx, s.instance, req, stream)
}

// showFound describes the setting as an import would find it.
func (s *setting[S]) showFound(ctx context.Context, req list.ListRequest, account string, live *S) entry {
	e := entry{name: s.noun + " of account " + account, identity: accountIdentity{AccountID: types.StringValue(account)}, model: nil}
	if live == nil {
		return e
	}
	v := nulls(ctx, req.ResourceSchema.Type())
	v["account_id"], v["on_destroy"] = types.StringValue(account), types.StringValue(retain)
	if _, guarded := s.arguments["allow_lock_out"]; guarded {
		v["allow_lock_out"] = types.BoolValue(false)
	}
	s.show(v, live)
	e.model = v
	return e
}
