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
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*groupsData)(nil)

// groupsData lists the groups of an account.
type groupsData struct{ instance.DataSource }

type groupsDataModel struct {
	groupFilter

	AccountID types.String `tfsdk:"account_id"`
	Groups    []groupData  `tfsdk:"groups"`
}

type groupData struct {
	GroupName   types.String `tfsdk:"group_name"`
	GroupID     types.String `tfsdk:"group_id"`
	DisplayName types.String `tfsdk:"display_name"`
	Comments    types.String `tfsdk:"comments"`
	CreateDate  types.String `tfsdk:"create_date"`
	UpdateDate  types.String `tfsdk:"update_date"`
}

func (d *groupsData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_groups"
}

func (d *groupsData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the groups of RAM users of the account, in the order of their names. Their members and policies are in `ram_user_access`.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": computed("The id of the account."),
			"groups": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The groups.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"group_name":   computed("The name, as `group_name` of other types takes it."),
					"group_id":     computed("The id, which stays the same when the group is renamed."),
					"display_name": computed("The display name."),
					"comments":     computed("The comments."),
					"create_date":  computed("When the group was created (RFC 3339)."),
					"update_date":  computed("When the group was last changed (RFC 3339)."),
				}},
			},
		}, groupFilters()...),
	}
}

func (d *groupsData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "list the groups", req, resp, func(ctx context.Context, account string, m *groupsDataModel) error {
		m.AccountID, m.Groups = types.StringValue(account), []groupData{}
		for group, err := range m.find(ctx, d.Instance) {
			if err != nil {
				return err
			}
			m.Groups = append(m.Groups, groupData{
				GroupName: types.StringValue(group.Name), GroupID: types.StringValue(group.ID), DisplayName: tf.NonEmpty(group.DisplayName),
				Comments: tf.NonEmpty(group.Comments), CreateDate: tf.Timestamp(group.CreateDate), UpdateDate: tf.Timestamp(group.UpdateDate),
			})
		}
		slices.SortFunc(m.Groups, func(a, b groupData) int { return cmp.Compare(a.GroupName.ValueString(), b.GroupName.ValueString()) })
		return nil
	})
}
