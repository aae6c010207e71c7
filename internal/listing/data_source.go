// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package listing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// ReadAll implements Read for a data source that lists objects. fill adds the objects of
// the account to the model.
func ReadAll[M any](ctx context.Context, i *instance.Instance, what string, req datasource.ReadRequest, resp *datasource.ReadResponse, fill func(ctx context.Context, account string, m *M) error) {
	m := tf.Get[M](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	f := diagnostics.Operation{Name: what}
	account, ok := i.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	if reportSearch(ctx, &resp.Diagnostics, f, account, req.Config, fill(ctx, account, &m)) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
