// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*accessKeyPolicyData)(nil)

// accessKeyPolicyData reads the network policy of a key without managing it.
type accessKeyPolicyData struct{ instance.DataSource }

func (d *accessKeyPolicyData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_key_policy"
}

func (d *accessKeyPolicyData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"access_key_id": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "The id of the key.",
		},
		"user_name": schema.StringAttribute{
			Optional: true, Computed: true, Validators: owner.UserNameValidators(),
			MarkdownDescription: "The RAM user to whom the key belongs. If omitted, the provider finds the user.",
		},
		"account_id": schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account of the credentials."},
		"configured": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the key has a network policy of its own, active or not. `false` for one that was never set, and for one that was reset.",
		},
	}
	for _, f := range network.PolicyFields() {
		attributes[f.Name] = f.Data
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the network policy of an AccessKey pair. It changes nothing. A key without a policy of its own is no error: " +
			"`configured` is then `false`, `status` is `Inactive`, and the lists are empty.",
		Attributes: attributes,
	}
}

func (d *accessKeyPolicyData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	v := tf.Values(tf.Get[types.Object](ctx, req.Config, &resp.Diagnostics).Attributes())
	if resp.Diagnostics.HasError() {
		return
	}
	f, id, name := failedOwnPolicy("read", ""), tf.String(v["access_key_id"]), tf.String(v["user_name"])
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	var policy ram.NetworkPolicy
	err := error(nil)
	if name == "" {
		var owner ram.User
		owner, err = d.Client.AccessKeyOwner(ctx, id)
		name = owner.Name
	}
	if err == nil {
		policy, err = d.Client.AccessKeyPolicy(ctx, name, id)
	}
	if ram.NotFound(err, "User", "User.AccessKey") {
		resp.Diagnostics.AddAttributeError(path.Root("access_key_id"), "Cannot "+f.Name, fmt.Sprintf("No RAM user %sof account %s has the key %s.\n\n%s",
			map[bool]string{true: name + " "}[name != ""], account, id, diagnostics.Explain(err)))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	out := tf.Values{
		"access_key_id": v["access_key_id"], "user_name": types.StringValue(name), "account_id": types.StringValue(account), "configured": types.BoolValue(!policy.None()),
	}
	for _, f := range network.PolicyFields() {
		out[f.Name] = f.Get(&policy)
	}
	if o := out.Object(resp.State.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, o)...)
	}
}
