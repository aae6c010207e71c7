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

var _ datasource.DataSourceWithConfigure = (*usersData)(nil)

// usersData lists the users of an account.
type usersData struct{ instance.DataSource }

type usersDataModel struct {
	userFilter

	AccountID types.String `tfsdk:"account_id"`
	Users     []userData   `tfsdk:"users"`
}

type userData struct {
	UserName      types.String `tfsdk:"user_name"`
	UserID        types.String `tfsdk:"user_id"`
	PrincipalName types.String `tfsdk:"principal_name"`
	DisplayName   types.String `tfsdk:"display_name"`
	MobilePhone   types.String `tfsdk:"mobile_phone"`
	Email         types.String `tfsdk:"email"`
	Comments      types.String `tfsdk:"comments"`
	ProvisionType types.String `tfsdk:"provision_type"`
	CreateDate    types.String `tfsdk:"create_date"`
	UpdateDate    types.String `tfsdk:"update_date"`
	LastLoginDate types.String `tfsdk:"last_login_date"`
	Tags          types.Map    `tfsdk:"tags"`
}

func (d *usersData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

func (d *usersData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	said := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the RAM users of the account of the credentials, ordered by name. A value that the service does not return is null.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": said("The id of the account of the credentials."),
			"users": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The users.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"user_name":       said("The name, as used for `user_name` of other resources."),
					"user_id":         said("The id, which stays the same when the user is renamed."),
					"principal_name":  said("The name with which the user logs on. Its domain depends on the account alias."),
					"display_name":    said("The display name."),
					"mobile_phone":    said("The mobile phone number."),
					"email":           said("The e-mail address."),
					"comments":        said("The comments."),
					"provision_type":  said("Where the user comes from: `Manual`, `SCIM` or `CloudSSO`."),
					"create_date":     said("When the user was created (RFC 3339)."),
					"update_date":     said("When the user was last changed (RFC 3339)."),
					"last_login_date": said("When the user last logged on to the console (RFC 3339); null if never."),
					"tags":            schema.MapAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: "The tags, without those of the service itself; empty for a user without tags."},
				}},
			},
		}, nameFilters()...),
	}
}

func (d *usersData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "list the users", req, resp, func(ctx context.Context, account string, m *usersDataModel) error {
		m.AccountID, m.Users = types.StringValue(account), []userData{}
		for u, err := range m.found(ctx, d.Instance, listing.All) {
			if err != nil {
				return err
			}
			m.Users = append(m.Users, describedUser(u))
		}
		slices.SortFunc(m.Users, func(a, b userData) int { return cmp.Compare(a.UserName.ValueString(), b.UserName.ValueString()) })
		return nil
	})
}

func describedUser(u ram.User) userData {
	none := types.StringNull()
	return userData{
		UserName: types.StringValue(u.Name), UserID: types.StringValue(u.ID), PrincipalName: tf.Optional(none, u.PrincipalName), DisplayName: tf.Optional(none, u.DisplayName),
		MobilePhone: tf.Optional(none, u.MobilePhone), Email: tf.Optional(none, u.Email), Comments: tf.Optional(none, u.Comments), ProvisionType: tf.Optional(none, u.ProvisionType),
		CreateDate: tf.Timestamp(u.CreateDate), UpdateDate: tf.Timestamp(u.UpdateDate), LastLoginDate: tf.Timestamp(u.LastLoginDate), Tags: tagsOf(types.MapValueMust(types.StringType, nil), u.Tags),
	}
}
