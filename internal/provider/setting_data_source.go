// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*settingData[struct{}])(nil)

// settingData reads a setting without managing it.
type settingData[S any] struct {
	readsInstance
	setting *setting[S]
}

func (d *settingData[S]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.setting.name
}

func (d *settingData[S]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account that the credentials open."},
	}
	for _, f := range d.setting.fields {
		attributes[f.name] = f.data
	}
	for _, v := range d.setting.derived {
		attributes[v.name] = schema.StringAttribute{Computed: true, MarkdownDescription: v.docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the " + d.setting.noun + " of the account that the credentials open. It changes nothing. An attribute that the service does not report is null.",
		Attributes:          attributes,
	}
}

func (d *settingData[S]) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	failed := d.setting.failed("read", "")
	caller, err := d.client.Caller(ctx)
	if report(&resp.Diagnostics, failed, err) {
		return
	}
	live, err := d.setting.fetch(ctx, d.client)
	if report(&resp.Diagnostics, failed, err) {
		return
	}
	v := values{"account_id": types.StringValue(caller.AccountID)}
	for _, f := range d.setting.fields {
		v[f.name] = f.get(&live)
	}
	for _, x := range d.setting.derived {
		v[x.name] = x.get(&live)
	}
	if o := v.object(resp.State.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, o)...)
	}
}

func newData[S any](s *setting[S]) *settingData[S] { return &settingData[S]{setting: s} }
