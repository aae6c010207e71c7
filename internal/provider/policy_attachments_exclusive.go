// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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
	_ resource.ResourceWithConfigure   = (*policySetResource)(nil)
	_ resource.ResourceWithIdentity    = (*policySetResource)(nil)
	_ resource.ResourceWithImportState = (*policySetResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*policySetResource)(nil)
)

// policySetResource declares which policies may be attached to a user, group or role.
type policySetResource struct {
	exclusive.Rule[policySetModel, *policySetModel]
}

func newPolicySet() *policySetResource {
	r := &policySetResource{}
	r.Kind = r
	r.Words = exclusive.Words{Noun: "exclusive policy attachments", Member: "policy", Members: "policies", Removed: "detached", Command: "detach"}
	return r
}

type policySetModel struct {
	principalNames

	AccountID   types.String   `tfsdk:"account_id"`
	PrincipalID types.String   `tfsdk:"principal_id"`
	Allowed     types.Set      `tfsdk:"allowed_policies"`
	Enforce     types.String   `tfsdk:"enforce"`
	Undeclared  types.Set      `tfsdk:"undeclared_policies"`
	Timeouts    timeouts.Value `tfsdk:"timeouts"`
}

type policySetIdentity struct {
	principalNames

	AccountID types.String `tfsdk:"account_id"`
}

func (m *policySetModel) Identity() any {
	return policySetIdentity{m.principalNames, m.AccountID}
}

func (m *policySetModel) RuleFields() exclusive.Fields {
	return exclusive.Fields{
		Account: &m.AccountID, ID: &m.PrincipalID, Name: m.attribute(m.Principal().Kind), Enforce: &m.Enforce, Allowed: &m.Allowed, Undeclared: &m.Undeclared, Timeouts: m.Timeouts,
		AllowedPath: "allowed_policies", UndeclaredPath: "undeclared_policies",
	}
}

// policyPattern matches a policy in a declaration.
var policyPattern = tf.NewLazyRegexp(`^(System|Custom):[A-Za-z0-9-]{1,128}$`)

func (r *policySetResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policy_attachments_exclusive"
	resp.ResourceBehavior.MutableIdentity = true // users and groups may be renamed
}

func (r *policySetResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	one := stringvalidator.ExactlyOneOf(path.MatchRoot("user_name"), path.MatchRoot("group_name"), path.MatchRoot("role_name"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares which policies may be attached to a RAM user, group or role, and reports all others. It attaches no policy; use `ram_policy_attachment` for that. " +
			"Policies of the groups of a user, and policies that are attached in a resource group, which RAM does not list, are not considered.\n\n" +
			"With `enforce = \"report\"`, every plan warns of other policies and changes nothing; `undeclared_policies` is available to `check` blocks and postconditions. " +
			"With `\"detach\"`, a plan shows `undeclared_policies` becoming empty, and its apply detaches **exactly the policies that the plan showed**. " +
			"The first apply only reads the policies, and a policy that is attached later is detached after the next plan. A policy that the same run attaches is not detached.\n\n" +
			"No policy is detached from the user that Terraform runs as, from its groups, or from the role of the session. Use one such resource per user, group or role: a second one is an error. " +
			"Destroying it changes nothing in the account.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the account."},
			"user_name": schema.StringAttribute{
				Optional: true, Validators: append(owner.UserNameValidators(), one),
				MarkdownDescription: "The name of the RAM user, such as `alice`. If the user is renamed, the resource is updated in place.",
			},
			"group_name": schema.StringAttribute{
				Optional: true, Validators: groupNameValidators(),
				MarkdownDescription: "The name of the group. If the group is renamed, the resource is updated in place.",
			},
			"role_name": schema.StringAttribute{
				Optional: true, Validators: []validator.String{roleNamePattern.Validator("must be 1 to 64 letters, digits, dots, hyphens and underscores")},
				MarkdownDescription: "The name of the role. Another value replaces the resource.",
			},
			"principal_id": schema.StringAttribute{
				Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the user, group or role, which stays the same when it is renamed.",
			},
			"allowed_policies": schema.SetAttribute{
				Required: true, ElementType: types.StringType,
				Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(policyPattern.Validator("must be System: or Custom: and the name of a policy, such as System:ReadOnlyAccess"))},
				MarkdownDescription: "The policies that may be attached, each as `<policy_type>:<policy_name>`, such as `System:AliyunOSSReadOnlyAccess`; `[]` allows none. " +
					"The provider compares them with the account. An allowed policy need not be attached.",
			},
			"enforce": exclusive.EnforceAttribute("detach", "What the provider does about other policies: `report`, the default, only warns; `detach` detaches them."),
			"undeclared_policies": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The policies that are attached and not allowed: with `report` all of them, with `detach` none if the provider has their permissions itself.",
			},
			"timeouts": tf.TimeoutsAttribute(ctx),
		},
	}
}

func (r *policySetResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	optional := func(docs string) identityschema.Attribute {
		return identityschema.StringAttribute{OptionalForImport: true, Description: docs}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": optional("The id of the account."),
		"user_name":  optional("The name of the user, if the policies of a user are declared."),
		"group_name": optional("The name of the group, if the policies of a group are declared."),
		"role_name":  optional("The name of the role, if the policies of a role are declared."),
	}}
}

func (r *policySetResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	m := policySetModel{Timeouts: owner.NoTimeouts}
	if req.ID == "" {
		identity := tf.Get[policySetIdentity](ctx, req.Identity, &resp.Diagnostics)
		m.principalNames, m.AccountID = identity.principalNames, identity.AccountID
	} else {
		kind, name, _ := strings.Cut(req.ID, ":")
		m.principalNames, _ = parsePrincipal(kind, name)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !m.namesOne() {
		resp.Diagnostics.AddError("Cannot import the exclusive policy attachments", fmt.Sprintf(
			"%q does not name a user, group or role. Nothing was imported.\n\nImport by <user, group or role>:<name>, such as user:alice. An identity has one of user_name, group_name and role_name.", req.ID))
		return
	}
	r.ImportPrincipal(ctx, &m, resp)
}

func (r *policySetResource) Members(ctx context.Context, p ram.Principal, refresh bool) (members []exclusive.Member, err error) {
	read := r.Client.AttachedPolicies
	if refresh {
		read = r.Client.RefreshAttachedPolicies
	}
	policies, err := read(ctx, p)
	for _, policy := range policies {
		members = append(members, exclusive.Member{Name: formatPolicy(policy)})
	}
	return members, err
}

func (r *policySetResource) Same(name, other string) bool {
	return parsePolicy(name).Same(parsePolicy(other))
}

func (r *policySetResource) Remove(ctx context.Context, p ram.Principal, member string) error {
	return ram.IgnoreNotFound(r.Client.DetachPolicy(ctx, p, parsePolicy(member), ""), string(p.Kind)+".Policy", "Policy", string(p.Kind))
}

// Own returns true for each policy if the provider itself has the permissions of the principal.
func (r *policySetResource) Own(ctx context.Context, p ram.Principal, id string) (func(exclusive.Member) bool, error) {
	own, err := isOwnPrincipal(ctx, r.Instance, p, id)
	return func(exclusive.Member) bool { return own }, err
}

func (r *policySetResource) WarnOfLoss(ctx context.Context, account string, p ram.Principal, members []string, diags *diag.Diagnostics) {
	for _, member := range members {
		if administratorAccess.Same(parsePolicy(member)) {
			warnOfLastAdministrator(ctx, r.Instance, account, administratorsThrough(p), diags)
		}
	}
}
