// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*attachmentResource)(nil)
	_ resource.ResourceWithIdentity    = (*attachmentResource)(nil)
	_ resource.ResourceWithImportState = (*attachmentResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*attachmentResource)(nil)
	_ list.ListResourceWithConfigure   = (*attachmentResource)(nil)
)

func newAttachment() *attachmentResource { return &attachmentResource{} }

// attachmentResource is one policy that is attached to one user, group or role.
type attachmentResource struct{ instance.Resource }

type attachmentModel struct {
	principalNames

	AccountID       types.String   `tfsdk:"account_id"`
	PolicyType      types.String   `tfsdk:"policy_type"`
	PolicyName      types.String   `tfsdk:"policy_name"`
	ResourceGroupID types.String   `tfsdk:"resource_group_id"`
	PrincipalID     types.String   `tfsdk:"principal_id"`
	AllowSelf       types.Bool     `tfsdk:"allow_self"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
}

type attachmentIdentity struct {
	principalNames

	AccountID       types.String `tfsdk:"account_id"`
	PolicyType      types.String `tfsdk:"policy_type"`
	PolicyName      types.String `tfsdk:"policy_name"`
	ResourceGroupID types.String `tfsdk:"resource_group_id"`
}

func (m *attachmentModel) identity() any {
	return attachmentIdentity{m.principalNames, m.AccountID, m.PolicyType, m.PolicyName, m.ResourceGroupID}
}

func (m *attachmentModel) policy() ram.Policy {
	return ram.Policy{Type: m.PolicyType.ValueString(), Name: m.PolicyName.ValueString()}
}

func (r *attachmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policy_attachment"
	resp.ResourceBehavior.MutableIdentity = true // users and groups may be renamed
}

func (r *attachmentResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replaced := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	one := stringvalidator.ExactlyOneOf(path.MatchRoot("user_name"), path.MatchRoot("group_name"), path.MatchRoot("role_name"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "One policy that is attached to one RAM user, group or role. Other policies of it are not changed.\n\n" +
			"A plan warns of a policy that makes an administrator or can change RAM, and of a destroy that leaves the account without an administrator. It refuses to detach a policy from the user, a group or the role " +
			"that Terraform runs as, unless `allow_self` is set.\n\n" +
			"If the policy is already attached, the attachment is adopted, with a warning. Destroying the resource detaches the policy.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the account."},
			"policy_type": schema.StringAttribute{
				Required: true, PlanModifiers: replaced, Validators: []validator.String{stringvalidator.OneOf("System", "Custom")},
				MarkdownDescription: "`System` for a policy of Alibaba Cloud, `Custom` for one of the account. Another value replaces the attachment.",
			},
			"policy_name": schema.StringAttribute{
				Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(renamesPolicy, "another policy replaces the attachment", "another policy replaces the attachment")}, Validators: []validator.String{policyNamePattern.Validator("must be 1 to 128 letters, digits and hyphens")},
				MarkdownDescription: "The name of the policy, such as `AliyunOSSReadOnlyAccess`. Its case does not matter. Another policy replaces the attachment.",
			},
			"user_name": schema.StringAttribute{
				Optional: true, Validators: append(owner.UserNameValidators(), one),
				MarkdownDescription: "The name of the RAM user, such as `alice`. If the user is renamed, the attachment is updated in place.",
			},
			"group_name": schema.StringAttribute{
				Optional: true, Validators: groupNameValidators(),
				MarkdownDescription: "The name of the group. If the group is renamed, the attachment is updated in place.",
			},
			"role_name": schema.StringAttribute{
				Optional: true, PlanModifiers: replaced, Validators: []validator.String{roleNamePattern.Validator("must be 1 to 64 letters, digits, dots, hyphens and underscores")},
				MarkdownDescription: "The name of the role. Another value replaces the attachment.",
			},
			"resource_group_id": schema.StringAttribute{
				Optional: true, PlanModifiers: replaced, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The id of the resource group in which the policy applies. Without one it applies to the whole account. RAM does not list attachments in a resource group, " +
					"so such an attachment is not read: Terraform does not detect that it was detached elsewhere.",
			},
			"principal_id": schema.StringAttribute{
				Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the user, group or role, which stays the same when it is renamed.",
			},
			"allow_self": allowSelfAttribute("Whether Terraform may detach the policy from the user, group or role that it runs as."),
			"timeouts":   tf.TimeoutsAttribute(ctx),
		},
	}
}

// renamesPolicy reports whether a changed name is that of another policy: the service ignores case.
func renamesPolicy(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = req.PlanValue.IsUnknown() || !strings.EqualFold(req.StateValue.ValueString(), req.PlanValue.ValueString())
}

func (r *attachmentResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	optional := func(docs string) identityschema.Attribute {
		return identityschema.StringAttribute{OptionalForImport: true, Description: docs}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id":        optional("The id of the account."),
		"policy_type":       identityschema.StringAttribute{RequiredForImport: true, Description: "System or Custom."},
		"policy_name":       identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the policy."},
		"user_name":         optional("The name of the user, if the policy is attached to a user."),
		"group_name":        optional("The name of the group, if the policy is attached to a group."),
		"role_name":         optional("The name of the role, if the policy is attached to a role."),
		"resource_group_id": optional("The id of the resource group, if the policy is attached in one."),
	}}
}

func attachmentOperation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the policy attachment", State: state}
}

// parseAttachmentID reads <kind>:<policy name>:<policy type>:<name> with an optional resource group.
func parseAttachmentID(id string) (identity attachmentIdentity, valid bool) {
	parts := strings.Split(id, ":")
	if len(parts) != 4 && len(parts) != 5 {
		return identity, false
	}
	identity.PolicyName, identity.PolicyType = types.StringValue(parts[1]), types.StringValue(parts[2])
	if identity.principalNames, valid = parsePrincipal(parts[0], parts[3]); !valid {
		return identity, false
	}
	if len(parts) == 5 {
		identity.ResourceGroupID = types.StringValue(parts[4])
	}
	return identity, true
}

func (r *attachmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity, valid := parseAttachmentID(req.ID)
	if req.ID == "" {
		identity, valid = tf.Get[attachmentIdentity](ctx, req.Identity, &resp.Diagnostics), true
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	const nothing = "Nothing was imported."
	m := attachmentModel{
		principalNames: identity.principalNames, AccountID: identity.AccountID, PolicyType: identity.PolicyType, PolicyName: identity.PolicyName,
		ResourceGroupID: identity.ResourceGroupID, AllowSelf: types.BoolValue(false), Timeouts: owner.NoTimeouts,
	}
	if !valid || !m.namesOne() || m.PolicyName.ValueString() == "" || !slices.Contains([]string{"System", "Custom"}, m.PolicyType.ValueString()) {
		resp.Diagnostics.AddError("Cannot import the policy attachment", fmt.Sprintf(
			"%q does not name a policy attachment. %s\n\nImport by <user, group or role>:<policy_name>:<policy_type>:<name>, such as user:AliyunOSSReadOnlyAccess:System:alice, and append :<resource_group_id> if the policy is attached in a resource group. "+
				"An identity has one of user_name, group_name and role_name.", req.ID, nothing))
		return
	}
	f := attachmentOperation("import", nothing)
	account, ok := instance.CheckNamedAccount(ctx, r.Instance, f, identity.AccountID, &resp.Diagnostics)
	if !ok {
		return
	}
	m.AccountID = types.StringValue(account)
	if !r.prepare(ctx, f, &m, &resp.Diagnostics) {
		return
	}
	attached, err := r.attached(ctx, &m, r.Client.AttachedPolicies)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !attached {
		resp.Diagnostics.AddError("Cannot import the policy attachment", fmt.Sprintf(
			"The policy %q (%s) is not attached to %s in account %s. %s", m.PolicyName.ValueString(), m.PolicyType.ValueString(), m.Principal().String(), account, nothing))
		return
	}
	tf.Save(ctx, m.identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// prepare finds the id of the user, group or role.
func (r *attachmentResource) prepare(ctx context.Context, f diagnostics.Operation, m *attachmentModel, diags *diag.Diagnostics) bool {
	id, ok := r.CheckPrincipal(ctx, f, m.AccountID.ValueString(), m.Principal(), diags)
	if ok {
		m.PrincipalID = types.StringValue(id)
	}
	return ok
}

// attached reports whether the policy is attached. An attachment in a resource group is in no list of
// the service (documented for users): it counts as attached while its principal exists.
func (r *attachmentResource) attached(ctx context.Context, m *attachmentModel, read func(context.Context, ram.Principal) ([]ram.Policy, error)) (bool, error) {
	policies, err := read(ctx, m.Principal())
	return err == nil && (!m.ResourceGroupID.IsNull() || slices.ContainsFunc(policies, m.policy().Same)), err
}

// finder is find with one way to read the policies.
func (r *attachmentResource) finder(m *attachmentModel, read func(context.Context, ram.Principal) ([]ram.Policy, error)) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) { return r.find(ctx, m, read) }
}

// find is attached for a principal that may have been renamed or deleted. That a user or group of
// another id has the name is found only where the policy is missing.
func (r *attachmentResource) find(ctx context.Context, m *attachmentModel, read func(context.Context, ram.Principal) ([]ram.Policy, error)) (bool, error) {
	p := m.Principal()
	found, err := r.attached(ctx, m, read)
	if err != nil && !ram.NotFound(err, string(p.Kind)) || found {
		return found, err
	}
	name, exists, err := r.Client.PrincipalName(ctx, p.Kind, m.PrincipalID.ValueString())
	if err != nil || !exists || name == p.Name {
		return false, err
	}
	m.rename(name)
	found, err = r.attached(ctx, m, read)
	return found, ram.IgnoreNotFound(err, string(p.Kind))
}

func (r *attachmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[attachmentModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := attachmentOperation("create", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, plan.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	plan.AccountID = types.StringValue(account)
	if !r.prepare(ctx, f, &plan, &resp.Diagnostics) || !r.attach(ctx, f, &plan, &resp.Diagnostics) {
		return
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	attached, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		return r.attached(ctx, &plan, r.Client.RefreshAttachedPolicies)
	})
	const summary = "Cannot confirm the policy attachment"
	switch {
	case err != nil:
		resp.Diagnostics.AddWarning(summary, "The service accepted the request, but reading the policies failed. The next refresh reads them.\n\n"+diagnostics.Explain(err))
	case !attached:
		resp.Diagnostics.AddWarning(summary, fmt.Sprintf("The service accepted the request, but does not list the policy %q for %s yet. The next refresh reads the policies.", plan.PolicyName.ValueString(), plan.Principal().String()))
	}
}

// attach attaches the policy, unless it is attached. The request has the same result however often it
// is sent, so after an unknown outcome it is sent again.
func (r *attachmentResource) attach(ctx context.Context, f diagnostics.Operation, m *attachmentModel, diags *diag.Diagnostics) bool {
	adopted := false
	err := exclusive.Add(ctx, r.Instance, m.Principal().Object(), formatPolicy(m.policy()))
	if err == nil && m.ResourceGroupID.IsNull() {
		adopted, err = r.attached(ctx, m, r.Client.RefreshAttachedPolicies)
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if adopted {
		diags.AddWarning(fmt.Sprintf("Policy %s is already attached to %s", m.PolicyName.ValueString(), m.Principal().String()),
			"The attachment was adopted, and nothing was changed. Terraform manages it now: a destroy detaches the policy.")
		return true
	}
	err = r.Client.AttachPolicy(ctx, m.Principal(), m.policy(), m.ResourceGroupID.ValueString())
	if ram.NotFound(err, "Policy") {
		diags.AddAttributeError(path.Root("policy_name"), "Cannot "+f.Name, fmt.Sprintf("There is no %s policy %q in account %s. %s\n\n%s",
			strings.ToLower(m.PolicyType.ValueString()), m.PolicyName.ValueString(), m.AccountID.ValueString(), f.State, diagnostics.Explain(err)))
		return false
	}
	if ram.OutcomeUnknown(err) {
		f.State = "It is unknown whether the policy is attached. Run again: an attachment that exists is adopted."
		if attached, readErr := r.attached(ctx, m, r.Client.RefreshAttachedPolicies); m.ResourceGroupID.IsNull() && readErr == nil && attached {
			return true
		}
	}
	return ram.Exists(err) || !diagnostics.Report(diags, f, err)
}

func (r *attachmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[attachmentModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := attachmentOperation("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	found, err := r.FindTwice(ctx, r.finder(&state, r.Client.AttachedPolicies), r.finder(&state, r.Client.RefreshAttachedPolicies))
	if err == nil && !found {
		r.RemoveFromState(ctx, state.identity(), resp, "The policy attachment no longer exists", fmt.Sprintf(
			"The policy %q (%s) is no longer attached to %s in account %s. The next apply attaches it again.",
			state.PolicyName.ValueString(), state.PolicyType.ValueString(), state.Principal().String(), account))
		return
	}
	if err == nil && state.PrincipalID.IsNull() { // moved here
		var id string
		id, err = r.Client.PrincipalID(ctx, state.Principal())
		state.PrincipalID = types.StringValue(id)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Update changes nothing in the account: users and groups keep their policies when they are renamed.
func (r *attachmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[attachmentModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[attachmentModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := attachmentOperation("update", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	plan.AccountID = types.StringValue(account)
	if !r.prepare(ctx, f, &plan, &resp.Diagnostics) {
		return
	}
	if id := state.PrincipalID.ValueString(); id != "" && id != plan.PrincipalID.ValueString() {
		resp.Diagnostics.AddError("Cannot update the policy attachment", fmt.Sprintf(
			"%s has the id %s, but the policy is attached to the one with the id %s. %s\n\nTo attach the policy to the other one, plan with -replace.",
			diagnostics.Capitalize(plan.Principal().String()), plan.PrincipalID.ValueString(), id, f.State))
		return
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *attachmentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[attachmentModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := attachmentOperation("delete", "Nothing was changed.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	find := r.finder(&state, r.Client.RefreshAttachedPolicies)
	if !r.ExistsForDelete(ctx, f, find, &resp.Diagnostics) {
		return
	}
	if !r.notOwn(ctx, f, state, &resp.Diagnostics) {
		return
	}
	p := state.Principal()
	f.State = "The policy is still attached, unless the outcome is unknown. Run again: the request can be repeated."
	err := ram.IgnoreNotFound(r.Client.DetachPolicy(ctx, p, state.policy(), state.ResourceGroupID.ValueString()), string(p.Kind)+".Policy", "Policy", string(p.Kind))
	if diagnostics.Report(&resp.Diagnostics, f, err) || !state.ResourceGroupID.IsNull() {
		return
	}
	gone, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		attached, err := r.attached(ctx, &state, r.Client.RefreshAttachedPolicies)
		return !attached && ram.IgnoreNotFound(err, string(p.Kind)) == nil, ram.IgnoreNotFound(err, string(p.Kind))
	})
	diagnostics.ReportDelete("policy attachment", gone, err, &resp.Diagnostics)
}
