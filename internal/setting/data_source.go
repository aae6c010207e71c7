// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*DataSource[struct{}])(nil)

// DataSource reads a setting without managing it.
type DataSource[S any] struct {
	instance.DataSource
	setting *Setting[S]
}

func (d *DataSource[S]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.setting.Name
}

func (d *DataSource[S]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account of the credentials."},
	}
	for _, f := range d.setting.Fields {
		attributes[f.Name] = f.Data
	}
	for _, v := range d.setting.Derived {
		attributes[v.Name] = schema.StringAttribute{Computed: true, MarkdownDescription: v.Docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the " + d.setting.Noun + " of the account of the credentials. It changes nothing. An attribute that the service does not report is null." + d.setting.datedDocs(),
		Attributes:          attributes,
	}
}

func (d *DataSource[S]) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	failed := d.setting.Operation("read", "")
	account, ok := d.CheckAccount(ctx, failed, "", &resp.Diagnostics)
	if !ok {
		return
	}
	live, err := d.setting.Fetch(ctx, d.Client)
	if err == nil && d.setting.Complete != nil {
		err = d.setting.Complete(ctx, d.Client, &live)
	}
	if diagnostics.Report(&resp.Diagnostics, failed, err) {
		return
	}
	v := tf.Values{"account_id": types.StringValue(account)}
	for _, f := range d.setting.Fields {
		v[f.Name] = f.Get(&live)
	}
	for _, x := range d.setting.Derived {
		v[x.Name] = x.Get(&live)
	}
	if o := v.Object(resp.State.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, o)...)
	}
}

// NewDataSource returns the data source of a setting.
func NewDataSource[S any](s *Setting[S]) *DataSource[S] { return &DataSource[S]{setting: s} }
