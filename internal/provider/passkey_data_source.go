// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*passkeysData)(nil)

// passkeysData finds the passkeys of all users, or of one.
type passkeysData struct{ instance.DataSource }

type passkeysModel struct {
	listing.Users

	AccountID types.String   `tfsdk:"account_id"`
	Passkeys  []passkeyModel `tfsdk:"passkeys"`
}

type passkeyModel struct {
	PasskeyID   types.String `tfsdk:"passkey_id"`
	Name        types.String `tfsdk:"passkey_name"`
	UserName    types.String `tfsdk:"user_name"`
	UserID      types.String `tfsdk:"user_id"`
	CreateDate  types.String `tfsdk:"create_date"`
	LastUseDate types.String `tfsdk:"last_use_date"`
}

func (d *passkeysData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_passkeys"
}

func (d *passkeysData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The passkeys of one or all RAM users. Only the user can create a passkey, in a browser. For all users, the data source needs one API call for each user.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"passkeys": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The passkeys, ordered by user and then by creation time, oldest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"passkey_id":    text("The id of the passkey."),
					"passkey_name":  text("The name that the user chose for the passkey."),
					"user_name":     text("The name of the RAM user."),
					"user_id":       text("The id of the RAM user."),
					"create_date":   text("When the passkey was created."),
					"last_use_date": text("When the passkey was last used; null if it was never used, or if the service does not return it."),
				}},
			},
		}, listing.UserFilters("the passkeys")...),
	}
}

func (d *passkeysData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the passkeys", req, resp, func(ctx context.Context, account string, m *passkeysModel) error {
		m.AccountID, m.Passkeys = types.StringValue(account), []passkeyModel{}
		for found, err := range listing.EachUser(ctx, d.Instance, m.Users, listing.All, d.passkeysOf) {
			if err != nil {
				return err
			}
			m.Passkeys = append(m.Passkeys, found)
		}
		slices.SortStableFunc(m.Passkeys, func(x, y passkeyModel) int { return cmp.Compare(x.UserName.ValueString(), y.UserName.ValueString()) })
		return nil
	})
}

// passkeysOf describes the passkeys of one user, the oldest first.
func (d *passkeysData) passkeysOf(ctx context.Context, user ram.User, add func(passkeyModel, error)) {
	passkeys, err := d.Client.Passkeys(ctx, user.Name)
	if err != nil {
		add(passkeyModel{}, err)
	}
	slices.SortFunc(passkeys, func(x, y ram.Passkey) int { return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID)) })
	for _, passkey := range passkeys {
		add(passkeyModel{
			PasskeyID: types.StringValue(passkey.ID), Name: tf.NonEmpty(passkey.Name), UserName: types.StringValue(user.Name), UserID: types.StringValue(user.ID),
			CreateDate: tf.Timestamp(passkey.CreateDate), LastUseDate: tf.Timestamp(passkey.LastUseDate),
		}, nil)
	}
}
