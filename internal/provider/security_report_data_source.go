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
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*securityReportData)(nil)

// securityReportData is the score that the service gives the account.
type securityReportData struct{ instance.DataSource }

type securityReportModel struct {
	AccountID                  types.String `tfsdk:"account_id"`
	Score                      types.Int64  `tfsdk:"score"`
	BindMFA                    types.Bool   `tfsdk:"bind_mfa"`
	RootWithAccessKey          types.Int64  `tfsdk:"root_with_access_key"`
	OldAkNum                   types.Int64  `tfsdk:"old_ak_num"`
	UnusedAkNum                types.Int64  `tfsdk:"unused_ak_num"`
	SubUser                    types.Int64  `tfsdk:"sub_user"`
	SubUserBindMFA             types.Int64  `tfsdk:"sub_user_bind_mfa"`
	SubUserPwdLevel            types.String `tfsdk:"sub_user_pwd_level"`
	SubUserWithOldAccessKey    types.Int64  `tfsdk:"sub_user_with_old_access_key"`
	SubUserWithUnusedAccessKey types.Int64  `tfsdk:"sub_user_with_unused_access_key"`
}

func (d *securityReportData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_security_report"
}

func (d *securityReportData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	count := func(docs string) schema.Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The security score that the service computes for the account, and its components. The service does not publish when a key counts as old or as unused. " +
			"A value that the service does not return is null.",
		Attributes: map[string]schema.Attribute{
			"account_id":                      schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account."},
			"score":                           count("The score. A higher score is better; the maximum is 100 (observed)."),
			"bind_mfa":                        schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the root account has an MFA device."},
			"root_with_access_key":            count("The number of AccessKey pairs of the root account."),
			"old_ak_num":                      count("The number of old AccessKey pairs."),
			"unused_ak_num":                   count("The number of unused AccessKey pairs."),
			"sub_user":                        count("The number of RAM users."),
			"sub_user_bind_mfa":               count("The number of RAM users with an MFA device."),
			"sub_user_pwd_level":              schema.StringAttribute{Computed: true, MarkdownDescription: "The strength of the password policy: `low`, `mid` or `high`."},
			"sub_user_with_old_access_key":    count("The number of RAM users with an old AccessKey pair."),
			"sub_user_with_unused_access_key": count("The number of RAM users with an unused AccessKey pair."),
		},
	}
}

func (d *securityReportData) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := diagnostics.Operation{Name: "read the security report"}
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	said, err := d.Client.SecurityReport(ctx)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, securityReportModel{
		AccountID: types.StringValue(account), Score: types.Int64PointerValue(said.Score), BindMFA: types.BoolPointerValue(said.BindMFA),
		RootWithAccessKey: types.Int64PointerValue(said.RootWithAccessKey), OldAkNum: types.Int64PointerValue(said.OldKeys), UnusedAkNum: types.Int64PointerValue(said.UnusedKeys),
		SubUser: types.Int64PointerValue(said.SubUsers), SubUserBindMFA: types.Int64PointerValue(said.SubUsersBindMFA), SubUserPwdLevel: types.StringPointerValue(said.SubUserPasswordLevel),
		SubUserWithOldAccessKey: types.Int64PointerValue(said.SubUsersWithOldAccessKey), SubUserWithUnusedAccessKey: types.Int64PointerValue(said.SubUsersWithUnusedAccessKey),
	})...)
}
