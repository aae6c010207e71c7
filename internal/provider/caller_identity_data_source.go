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

var _ datasource.DataSourceWithConfigure = (*callerIdentityData)(nil)

// callerIdentityData reports whose credentials the provider uses.
type callerIdentityData struct{ instance.DataSource }

type callerIdentityModel struct {
	AccountID    types.String `tfsdk:"account_id"`
	IdentityType types.String `tfsdk:"identity_type"`
	PrincipalID  types.String `tfsdk:"principal_id"`
	UserID       types.String `tfsdk:"user_id"`
	RoleID       types.String `tfsdk:"role_id"`
	ARN          types.String `tfsdk:"arn"`
}

func (d *callerIdentityData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_caller_identity"
}

func (d *callerIdentityData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(docs string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the identity of the credentials that the provider uses. The call requires no permission, so it can be used to test the configuration of the provider.",
		Attributes: map[string]schema.Attribute{
			"account_id":    computed("The id of the account of the credentials."),
			"identity_type": computed("What the caller is: `Account` (the root of the account), `RAMUser` or `AssumedRoleUser`."),
			"principal_id":  computed("The id of the caller: of the account, of the RAM user, or of the role with the name of the session."),
			"user_id":       computed("The id of the RAM user; of the account for its root; null for a role."),
			"role_id":       computed("The id of the role; null for all others."),
			"arn":           computed("The ARN of the caller."),
		},
	}
}

func (d *callerIdentityData) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	caller, err := d.Client.Caller(ctx)
	if diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "read the caller's identity"}, err) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, callerIdentityModel{
		AccountID:    types.StringValue(caller.AccountID),
		IdentityType: tf.NonEmpty(caller.IdentityType),
		PrincipalID:  tf.NonEmpty(caller.PrincipalID),
		UserID:       tf.NonEmpty(caller.UserID),
		RoleID:       tf.NonEmpty(caller.RoleID),
		ARN:          tf.NonEmpty(caller.ARN),
	})...)
}
