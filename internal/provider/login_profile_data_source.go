// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*loginProfileData)(nil)

// loginProfileData reports whether and how a user may log on to the console.
type loginProfileData struct{ instance.DataSource }

type loginProfileDataModel struct {
	AccountID             types.String `tfsdk:"account_id"`
	UserName              types.String `tfsdk:"user_name"`
	UserID                types.String `tfsdk:"user_id"`
	Exists                types.Bool   `tfsdk:"exists"`
	Status                types.String `tfsdk:"status"`
	PasswordResetRequired types.Bool   `tfsdk:"password_reset_required"`
	MFABindRequired       types.Bool   `tfsdk:"mfa_bind_required"`
	PasswordStatus        types.String `tfsdk:"password_status"`
	UpdateDate            types.String `tfsdk:"update_date"`
	LastLoginDate         types.String `tfsdk:"last_login_date"`
}

func (d *loginProfileData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_login_profile"
}

func (d *loginProfileData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	said := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	flag := func(docs string) schema.Attribute {
		return schema.BoolAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads whether and how a RAM user may log on to the console. If the user has no login profile, `exists` is `false` and the other attributes are null. " +
			"If the user does not exist, the read fails. A password is never read.",
		Attributes: map[string]schema.Attribute{
			"account_id":              said("The id of the account of the credentials."),
			"user_name":               schema.StringAttribute{Required: true, Validators: owner.UserNameValidators(), MarkdownDescription: "The name of the RAM user, without a domain."},
			"user_id":                 said("The id of the RAM user."),
			"exists":                  flag("Whether the user has a login profile."),
			"status":                  said("`Active`, or `Inactive` if console logon is disabled."),
			"password_reset_required": flag("Whether the user has to choose another password at the next logon."),
			"mfa_bind_required":       flag("Whether the user has to bind an MFA device at the next logon."),
			"password_status":         said("`NotInitial` once the user has chosen a password, `InitialValid` or `InitialExpired` before. Null where the service does not say."),
			"update_date":             said("When the login profile was last changed (RFC 3339)."),
			"last_login_date":         said("When the user last logged on to the console (RFC 3339); null if never."),
		},
	}
}

func (d *loginProfileData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := tf.Get[loginProfileDataModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "read the login profile", State: "Nothing was changed."}
	whose := owner.Object{UserName: m.UserName}
	if !owner.PrepareCreate(ctx, d.Instance, f, &whose, &resp.Diagnostics) {
		return
	}
	m.AccountID, m.UserID, m.Exists = whose.AccountID, whose.UserID, types.BoolValue(false)
	live, err := d.Client.LoginProfile(ctx, m.UserName.ValueString())
	if !ram.NotFound(err, "User.LoginProfile") {
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		none := types.StringNull()
		m.Exists, m.PasswordResetRequired, m.MFABindRequired = types.BoolValue(true), types.BoolValue(live.PasswordResetRequired), types.BoolValue(live.MFABindRequired)
		m.Status, m.PasswordStatus, m.UpdateDate, m.LastLoginDate = tf.Optional(none, live.Status), tf.Optional(none, live.PasswordStatus), tf.Timestamp(live.UpdateDate), tf.Timestamp(live.LastLogin)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
