// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*policiesData)(nil)

// policiesData lists the policies of an account, with the documents of its custom policies.
type policiesData struct{ instance.DataSource }

type policiesModel struct {
	NameRegex  types.String     `tfsdk:"name_regex"`
	PolicyType types.String     `tfsdk:"policy_type"`
	AccountID  types.String     `tfsdk:"account_id"`
	Policies   []policyDataItem `tfsdk:"policies"`
}

type policyDataItem struct {
	PolicyName      types.String `tfsdk:"policy_name"`
	PolicyType      types.String `tfsdk:"policy_type"`
	Description     types.String `tfsdk:"description"`
	DefaultVersion  types.String `tfsdk:"default_version"`
	AttachmentCount types.Int64  `tfsdk:"attachment_count"`
	PolicyDocument  types.String `tfsdk:"policy_document"`
	CreateDate      types.String `tfsdk:"create_date"`
	UpdateDate      types.String `tfsdk:"update_date"`
}

func (d *policiesData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policies"
}

func (d *policiesData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the policies of the account and of the service, with the documents of the custom policies. " +
			"It takes one call for each thousand policies, and one for each custom policy.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": computed("The id of the account."),
			"policies": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The policies, in the order of their types and names.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"policy_name":      computed("The name of the policy."),
					"policy_type":      computed("`System` or `Custom`."),
					"description":      computed("The description."),
					"default_version":  computed("The version that is in effect, such as `v1`."),
					"attachment_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "The number of users, groups and roles that have the policy."},
					"policy_document":  computed("The document of the default version (JSON); null for a system policy."),
					"create_date":      computed("When the policy was created (RFC 3339)."),
					"update_date":      computed("When the policy was last changed (RFC 3339)."),
				}},
			},
		},
			listing.NameRegexFilter("Only policies whose names match this regular expression (RE2)."),
			listing.TextFilter("policy_type", "Only policies of this type: `System` or `Custom`.", stringvalidator.OneOf("System", ram.CustomPolicy)),
		),
	}
}

func (d *policiesData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "list the policies", req, resp, func(ctx context.Context, account string, m *policiesModel) error {
		m.AccountID, m.Policies = types.StringValue(account), []policyDataItem{}
		form, err := regexp.Compile(m.NameRegex.ValueString())
		if err != nil {
			return err
		}
		for policy, err := range d.Client.Policies(ctx, m.PolicyType.ValueString()) {
			if err != nil {
				return err
			}
			if !form.MatchString(policy.Name) {
				continue
			}
			item, err := d.item(ctx, policy)
			if ram.NotFound(err, "Policy") {
				continue // deleted since
			}
			if err != nil {
				return err
			}
			m.Policies = append(m.Policies, item)
		}
		slices.SortFunc(m.Policies, func(a, b policyDataItem) int {
			return cmp.Or(cmp.Compare(a.PolicyType.ValueString(), b.PolicyType.ValueString()), cmp.Compare(a.PolicyName.ValueString(), b.PolicyName.ValueString()))
		})
		return nil
	})
}

// item reads the document of a custom policy.
func (d *policiesData) item(ctx context.Context, policy ram.PolicyDetails) (policyDataItem, error) {
	item := policyDataItem{
		PolicyName: types.StringValue(policy.Name), PolicyType: types.StringValue(policy.Type), Description: tf.NonEmpty(policy.Description),
		DefaultVersion: tf.NonEmpty(policy.DefaultVersion), AttachmentCount: types.Int64PointerValue(policy.AttachmentCount),
		PolicyDocument: types.StringNull(), CreateDate: tf.Timestamp(policy.CreateDate), UpdateDate: tf.Timestamp(policy.UpdateDate),
	}
	if policy.Type != ram.CustomPolicy {
		return item, nil
	}
	document, err := d.Client.PolicyDocument(ctx, policy.Policy)
	item.PolicyDocument = types.StringValue(document)
	return item, err
}
