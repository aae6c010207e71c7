// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*accessKeysData)(nil)

// accessKeysData is the AccessKey pairs of all users, or of one, with their age
// and last use.
type accessKeysData struct{ instance.DataSource }

type accessKeysModel struct {
	keyFilter

	AccountID  types.String   `tfsdk:"account_id"`
	AccessKeys []accessKeyRow `tfsdk:"access_keys"`
}

type accessKeyRow struct {
	AccessKeyID     types.String `tfsdk:"access_key_id"`
	UserName        types.String `tfsdk:"user_name"`
	UserID          types.String `tfsdk:"user_id"`
	Status          types.String `tfsdk:"status"`
	CreateDate      types.String `tfsdk:"create_date"`
	AgeDays         types.Int64  `tfsdk:"age_days"`
	LastUsedDate    types.String `tfsdk:"last_used_date"`
	LastUsedService types.String `tfsdk:"last_used_service"`
}

func (d *accessKeysData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_keys"
}

func (d *accessKeysData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The AccessKey pairs of all RAM users, or of one, with their age and last use, but never a secret. It reads the keys of each user and the last use of each key, two calls and more per user.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"access_keys": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The keys that were found, by user name, and of one user the oldest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"access_key_id":     text("The id of the key."),
					"user_name":         text("The name of the RAM user."),
					"user_id":           text("The id of the RAM user."),
					"status":            text("`Active` or `Inactive`."),
					"create_date":       text("When the key was created."),
					"age_days":          schema.Int64Attribute{Computed: true, MarkdownDescription: "How many whole days ago the key was created, by the service's clock."},
					"last_used_date":    text("When the key was last used, as far as the service knows; null if never, or if the permission to read it is missing, of which a warning is given."),
					"last_used_service": text("The service that it was last used for; null if never, or not said."),
				}},
			},
		}, keyFilters()...),
	}
}

func (d *accessKeysData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the AccessKey pairs", req, resp, func(ctx context.Context, account string, m *accessKeysModel) error {
		m.AccountID, m.AccessKeys = types.StringValue(account), []accessKeyRow{}
		var denied error
		defer func() { warnUseDenied(account, denied, &resp.Diagnostics) }()
		for found, err := range searchKeys(ctx, d.Instance, m.keyFilter, listing.All, true) {
			if err != nil {
				return err
			}
			denied = cmp.Or(denied, found.denied)
			m.AccessKeys = append(m.AccessKeys, keyRow(found))
		}
		slices.SortStableFunc(m.AccessKeys, func(x, y accessKeyRow) int { return cmp.Compare(x.UserName.ValueString(), y.UserName.ValueString()) })
		return nil
	})
}

// warnUseDenied warns that null does not mean that a key was never used.
func warnUseDenied(account string, denied error, diags *diag.Diagnostics) {
	if denied != nil {
		diags.AddWarning("Cannot read when the AccessKey pairs of account "+account+" were last used", fmt.Sprintf(
			"The keys were read, but last_used_date and last_used_service are null where the permission is missing. For those keys, null does not mean that the key was never used.\n\n%s", diagnostics.Explain(denied)))
	}
}

func keyRow(found foundKey) accessKeyRow {
	service := types.StringNull()
	if found.use.Service != "" {
		service = types.StringValue(found.use.Service)
	}
	return accessKeyRow{
		AccessKeyID: types.StringValue(found.key.ID), UserName: types.StringValue(found.user.Name), UserID: types.StringValue(found.user.ID),
		Status: types.StringValue(found.key.Status), CreateDate: tf.Timestamp(found.key.CreateDate), AgeDays: types.Int64Value(found.days),
		LastUsedDate: tf.Timestamp(found.use.Date), LastUsedService: service,
	}
}
