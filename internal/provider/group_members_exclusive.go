// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*groupMembersResource)(nil)
	_ resource.ResourceWithIdentity    = (*groupMembersResource)(nil)
	_ resource.ResourceWithImportState = (*groupMembersResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*groupMembersResource)(nil)
)

// groupMembersResource declares which users may be in a group.
type groupMembersResource struct {
	exclusive.Rule[groupMembersModel, *groupMembersModel]
}

func newGroupMembers() *groupMembersResource {
	r := &groupMembersResource{}
	r.Kind = r
	r.Words = exclusive.Words{Noun: "exclusive group members", Member: "user", Members: "members", Removed: "removed", Command: "remove"}
	return r
}

type groupMembersModel struct {
	AccountID  types.String   `tfsdk:"account_id"`
	GroupName  types.String   `tfsdk:"group_name"`
	GroupID    types.String   `tfsdk:"group_id"`
	Allowed    types.Set      `tfsdk:"allowed_user_names"`
	Enforce    types.String   `tfsdk:"enforce"`
	Undeclared types.Set      `tfsdk:"undeclared_user_names"`
	Timeouts   timeouts.Value `tfsdk:"timeouts"`
}

type groupMembersIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	GroupName types.String `tfsdk:"group_name"`
}

func (m *groupMembersModel) Identity() any { return groupMembersIdentity{m.AccountID, m.GroupName} }

func (m *groupMembersModel) Principal() ram.Principal {
	return ram.Principal{Kind: ram.GroupPrincipal, Name: m.GroupName.ValueString()}
}

func (m *groupMembersModel) RuleFields() exclusive.Fields {
	return exclusive.Fields{
		Account: &m.AccountID, ID: &m.GroupID, Name: &m.GroupName, Enforce: &m.Enforce, Allowed: &m.Allowed, Undeclared: &m.Undeclared, Timeouts: m.Timeouts,
		AllowedPath: "allowed_user_names", UndeclaredPath: "undeclared_user_names",
	}
}

func (r *groupMembersResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group_members_exclusive"
	resp.ResourceBehavior.MutableIdentity = true // a group may be renamed
}

func (r *groupMembersResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which RAM users may be members of a group, and reports all others. It adds no user; use `ram_group_membership` for that.\n\n" +
			"With `enforce = \"report\"`, every plan warns of other members and changes nothing; `undeclared_user_names` is available to `check` blocks and postconditions. " +
			"With `\"remove\"`, a plan shows `undeclared_user_names` becoming empty, and its apply removes **exactly the users that the plan showed**. " +
			"The first apply only reads the members, and a user who is added later is removed after the next plan. A user whom the same run adds is not removed.\n\n" +
			"The user that Terraform runs as is never removed. Use one such resource per group: a second one is an error. Destroying it changes nothing in the account.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the account."},
			"group_name": schema.StringAttribute{
				Required: true, Validators: groupNameValidators(),
				MarkdownDescription: "The name of the group. If the group is renamed, the resource is updated in place. It is replaced only if the new name belongs to another group.",
			},
			"group_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the group, which stays the same when the group is renamed."},
			"allowed_user_names": schema.SetAttribute{
				Required: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(owner.UserNameValidators()...)},
				MarkdownDescription: "The names of the users who may be members; `[]` allows none. The provider compares them with the account. An allowed user need not be a member.",
			},
			"enforce": exclusive.EnforceAttribute("remove", "What the provider does about other members: `report`, the default, only warns; `remove` removes them from the group."),
			"undeclared_user_names": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The members that are not allowed: with `report` all of them, with `remove` all but the user that Terraform runs as.",
			},
			"timeouts": tf.TimeoutsAttribute(ctx),
		},
	}
}

func (r *groupMembersResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"group_name": identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the group."},
	}}
}

func (r *groupMembersResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := groupMembersIdentity{GroupName: types.StringValue(req.ID)}
	if req.ID == "" {
		identity = tf.Get[groupMembersIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !groupNamePattern.MatchString(identity.GroupName.ValueString()) {
		resp.Diagnostics.AddError("Cannot import the exclusive group members", fmt.Sprintf("%q is not the name of a group. Nothing was imported.\n\nImport by the name, such as developers.", identity.GroupName.ValueString()))
		return
	}
	r.ImportPrincipal(ctx, &groupMembersModel{AccountID: identity.AccountID, GroupName: identity.GroupName, Timeouts: owner.NoTimeouts}, resp)
}

func (r *groupMembersResource) Members(ctx context.Context, p ram.Principal, refresh bool) (members []exclusive.Member, err error) {
	read := r.Client.GroupMembers
	if refresh {
		read = r.Client.RefreshGroupMembers
	}
	users, err := read(ctx, p.Name)
	for _, user := range users {
		members = append(members, exclusive.Member{Name: user.UserName, ID: user.UserID})
	}
	return members, err
}

func (r *groupMembersResource) Same(name, other string) bool { return name == other }

func (r *groupMembersResource) Remove(ctx context.Context, p ram.Principal, member string) error {
	return ram.IgnoreNotFound(r.Client.RemoveUserFromGroup(ctx, member, p.Name), "User.Group", "Group", "User")
}

// Own returns whether a member is the user that Terraform runs as.
func (r *groupMembersResource) Own(ctx context.Context, _ ram.Principal, _ string) (func(exclusive.Member) bool, error) {
	own, err := owner.OwnUserIDs(ctx, r.Instance)
	return func(member exclusive.Member) bool { return slices.Contains(own, member.ID) }, err
}

func (r *groupMembersResource) WarnOfLoss(ctx context.Context, account string, p ram.Principal, members []string, diags *diag.Diagnostics) {
	for _, member := range members {
		warnOfLastAdministrator(ctx, r.Instance, account, administrator{group: p.Name, user: member}, diags)
	}
}
