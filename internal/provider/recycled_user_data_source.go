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

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*recycledUsersData)(nil)

// recycledUsersData finds the users that can be restored.
type recycledUsersData struct{ instance.DataSource }

type recycledUsersModel struct {
	AccountID types.String        `tfsdk:"account_id"`
	UserName  types.String        `tfsdk:"user_name"`
	Users     []recycledUserModel `tfsdk:"users"`
}

type recycledUserModel struct {
	UserID        types.String `tfsdk:"user_id"`
	UserName      types.String `tfsdk:"user_name"`
	PrincipalName types.String `tfsdk:"user_principal_name"`
	DisplayName   types.String `tfsdk:"display_name"`
	CreateDate    types.String `tfsdk:"create_date"`
	RecycleDate   types.String `tfsdk:"recycle_date"`
	DeleteDate    types.String `tfsdk:"delete_date"`
}

func (d *recycledUsersData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users_in_recycle_bin"
}

func (d *recycledUsersData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The RAM users that were deleted and can be restored. The service saves the last 1,000 for about 30 days, with their AccessKey pairs and login profiles, which cannot be used there. " +
			"[`ram_restore_user`](../actions/restore_user.md) restores a user, [`ram_purge_user`](../actions/purge_user.md) deletes one permanently.",
		Attributes: map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"user_name": schema.StringAttribute{
				Optional: true, Validators: owner.UserNameValidators(),
				MarkdownDescription: "Only users with this name, such as `alice`, not the principal name. There may be several: a name can be deleted, created and deleted again.",
			},
			"users": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The users, in the order in which they were deleted.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"user_id":             text("The id of the user."),
					"user_name":           text("The name of the user."),
					"user_principal_name": text("The principal name of the user."),
					"display_name":        text("The display name of the user."),
					"create_date":         text("When the user was created (RFC 3339)."),
					"recycle_date":        text("When the user was deleted (RFC 3339)."),
					"delete_date":         text("When the user is deleted permanently (RFC 3339)."),
				}},
			},
		},
	}
}

func (d *recycledUsersData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := tf.Get[recycledUsersModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := diagnostics.Operation{Name: "read the recycle bin of users"}
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	users, err := d.recycled(ctx, m.UserName)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	m.AccountID, m.Users = types.StringValue(account), []recycledUserModel{}
	for _, user := range users {
		m.Users = append(m.Users, recycledUserModel{
			UserID: types.StringValue(user.ID), UserName: types.StringValue(user.Name), PrincipalName: types.StringValue(user.PrincipalName), DisplayName: tf.NonEmpty(user.DisplayName),
			CreateDate: tf.Timestamp(user.CreateDate), RecycleDate: tf.Timestamp(user.RecycleDate), DeleteDate: tf.Timestamp(user.DeleteDate),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// recycled returns the users in the recycle bin, or those with a name.
func (d *recycledUsersData) recycled(ctx context.Context, name types.String) (users []ram.RecycledUser, err error) {
	for user, err := range d.Client.RecycledUsers(ctx) {
		if err != nil {
			return nil, err
		}
		if name.IsNull() || user.Name == name.ValueString() {
			users = append(users, user)
		}
	}
	slices.SortFunc(users, func(x, y ram.RecycledUser) int {
		return cmp.Or(x.RecycleDate.Compare(y.RecycleDate), cmp.Compare(x.ID, y.ID))
	})
	return users, nil
}
