// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*accountSummaryData)(nil)

// accountSummaryData reports how much of everything an account has and may have.
type accountSummaryData struct{ instance.DataSource }

// accountFigures are the numbers of Ims GetAccountSummary. Older deployments
// leave some out (documented); those are null.
var accountFigures = []struct{ attribute, figure, docs string }{
	{"users", "Users", "The number of RAM users."},
	{"users_quota", "UsersQuota", "How many RAM users there may be."},
	{"groups", "Groups", "How many groups there are."},
	{"groups_quota", "GroupsQuota", "How many groups there may be."},
	{"roles", "Roles", "How many roles there are."},
	{"roles_quota", "RolesQuota", "How many roles there may be."},
	{"policies", "Policies", "How many custom policies there are."},
	{"policies_quota", "PoliciesQuota", "How many custom policies there may be."},
	{"mfa_devices", "MFADevices", "How many MFA devices there are."},
	{"mfa_devices_in_use", "MFADevicesInUse", "How many MFA devices are bound to a user."},
	{"virtual_mfa_devices_quota", "VirtualMFADevicesQuota", "How many virtual MFA devices there may be."},
	{"access_keys_per_user_quota", "AccessKeysPerUserQuota", "How many AccessKey pairs a RAM user may have."},
	{"account_access_keys_per_account_quota", "AccountAccessKeysPerAccountQuota", "How many AccessKey pairs the root of the account may have."},
	{"attached_policies_per_group_quota", "AttachedPoliciesPerGroupQuota", "How many custom policies may be attached to a group."},
	{"attached_policies_per_role_quota", "AttachedPoliciesPerRoleQuota", "How many custom policies may be attached to a role."},
	{"attached_policies_per_user_quota", "AttachedPoliciesPerUserQuota", "How many custom policies may be attached to a RAM user."},
	{"attached_system_policies_per_group_quota", "AttachedSystemPoliciesPerGroupQuota", "How many system policies may be attached to a group."},
	{"attached_system_policies_per_role_quota", "AttachedSystemPoliciesPerRoleQuota", "How many system policies may be attached to a role."},
	{"attached_system_policies_per_user_quota", "AttachedSystemPoliciesPerUserQuota", "How many system policies may be attached to a RAM user."},
	{"authorized_client_per_user_quota", "AuthorizedClientPerUserQuota", "How many clients a RAM user may authorise."},
	{"conditions_per_access_key_policy_quota", "ConditionsPerAKPolicyQuota", "How many statements the network policy of an AccessKey pair may have."},
	{"ip_items_per_access_key_policy_quota", "IPItemsPerAKPolicyQuota", "How many addresses the network policy of an AccessKey pair may have."},
	{"groups_per_user_quota", "GroupsPerUserQuota", "In how many groups a RAM user may be."},
	{"policy_size_quota", "PolicySizeQuota", "How many characters a custom policy may have."},
	{"versions_per_policy_quota", "VersionsPerPolicyQuota", "How many versions a custom policy may have."},
	{"service_credentials_per_user_per_service_quota", "ServiceCredentialsPerUserPerServiceQuota", "How many service credentials a RAM user may have for one service."},
}

func (d *accountSummaryData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_account_summary"
}

func (d *accountSummaryData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id":         schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account of the credentials."},
		"root_mfa_activated": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the root of the account has an MFA device."},
	}
	for _, f := range accountFigures {
		attributes[f.attribute] = schema.Int64Attribute{Computed: true, MarkdownDescription: f.docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads how many users, groups, roles, policies and MFA devices an account has and may have, and whether its root account has MFA. " +
			"A figure that the service does not report is null.",
		Attributes: attributes,
	}
}

func (d *accountSummaryData) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	failed := diagnostics.Operation{Name: "read the account summary"}
	account, ok := d.CheckAccount(ctx, failed, "", &resp.Diagnostics)
	if !ok {
		return
	}
	summary, err := d.Client.AccountSummary(ctx)
	if diagnostics.Report(&resp.Diagnostics, failed, err) {
		return
	}
	activated, err := d.Client.RootMFAEnabled(ctx)
	if diagnostics.Report(&resp.Diagnostics, failed, err) {
		return
	}
	v := tf.Values{"account_id": types.StringValue(account), "root_mfa_activated": types.BoolValue(activated)}
	for _, f := range accountFigures {
		v[f.attribute] = figure(summary, f.figure)
	}
	if o := v.Object(resp.State.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, o)...)
	}
}

func figure(summary map[string]int64, name string) attr.Value {
	if n, reported := summary[name]; reported {
		return types.Int64Value(n)
	}
	return types.Int64Null()
}
