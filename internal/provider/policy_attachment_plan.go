// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *attachmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the checks of a detachment are made before the write
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	attaches, detaches := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	var state, plan attachmentModel
	if !attaches {
		state = tf.Get[attachmentModel](ctx, req.State, &resp.Diagnostics)
	}
	if !detaches {
		plan = tf.Get[attachmentModel](ctx, req.Plan, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !attaches && !detaches {
		r.planPrincipal(ctx, state, plan, resp)
		attaches = len(resp.RequiresReplace) > 0 || replaces(state, plan)
		detaches = attaches
	}
	if attaches {
		r.warnOfRights(ctx, plan, &resp.Diagnostics)
	}
	f := attachmentOperation("delete", "Nothing was changed.")
	if !detaches {
		return
	}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); ok && r.notOwn(ctx, f, state, &resp.Diagnostics) {
		r.warnOfLastAdministrator(ctx, state, &resp.Diagnostics)
	}
}

// replaces reports whether the schema replaces the attachment.
func replaces(state, plan attachmentModel) bool {
	return !plan.PolicyType.Equal(state.PolicyType) || !plan.PolicyName.Equal(state.PolicyName) || !plan.RoleName.Equal(state.RoleName) || !plan.ResourceGroupID.Equal(state.ResourceGroupID)
}

// planPrincipal plans another user or group: an update in place if the same one was renamed, else a
// replacement.
func (r *attachmentResource) planPrincipal(ctx context.Context, state, plan attachmentModel, resp *resource.ModifyPlanResponse) {
	for attribute, names := range map[string][2]types.String{"user_name": {state.UserName, plan.UserName}, "group_name": {state.GroupName, plan.GroupName}} {
		if before, after := names[0], names[1]; before.IsNull() != after.IsNull() {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(attribute))
		}
	}
	if len(resp.RequiresReplace) > 0 {
		return
	}
	owner.PlanUserName(ctx, r.Instance, owner.Object{UserName: state.UserName, UserID: state.PrincipalID}, owner.Object{UserName: plan.UserName}, resp)
	if !plan.GroupName.IsNull() {
		planGroupName(ctx, r.Instance, state.GroupName, state.PrincipalID, plan.GroupName, resp)
	}
}

// warnOfRights warns of a policy that makes an administrator or can change RAM. A policy that does not
// exist yet, or that cannot be read, is not evaluated.
func (r *attachmentResource) warnOfRights(ctx context.Context, plan attachmentModel, diags *diag.Diagnostics) {
	if plan.PolicyName.IsUnknown() || plan.PolicyType.IsUnknown() || !plan.ResourceGroupID.IsNull() {
		return
	}
	rights, err := r.Client.PolicyRights(ctx, plan.policy())
	if err != nil && !ram.NotFound(err, "Policy") && !ram.Denied(err) {
		diagnostics.Report(diags, attachmentOperation("plan", "Nothing was changed."), err)
		return
	}
	to := describePrincipal(plan.principal())
	if plan.principal().Name == "" {
		to = "a principal that is not known yet"
	}
	switch name := plan.PolicyName.ValueString(); {
	case err != nil:
	case rights.Administrator:
		diags.AddAttributeWarning(path.Root("policy_name"), fmt.Sprintf("Policy %s makes an administrator of %s", name, to),
			"The policy allows every action on every resource of the account, also those that change the users, credentials and security settings.")
	case rights.ChangesRAM:
		diags.AddAttributeWarning(path.Root("policy_name"), fmt.Sprintf("Policy %s allows %s to change RAM", name, to),
			"The policy allows actions of RAM that are not reads. Whoever can change users, credentials or policies can become an administrator of the account.")
	}
}

// notOwn refuses to detach a policy from the user that Terraform runs as, from a group of that user, or
// from the role of the session, unless that is allowed (LOCK-05).
func (r *attachmentResource) notOwn(ctx context.Context, f diagnostics.Operation, m attachmentModel, diags *diag.Diagnostics) bool {
	if m.AllowSelf.ValueBool() {
		return true
	}
	own, err := r.isOwn(ctx, m)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if own {
		diags.AddAttributeError(path.Root("allow_self"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform runs with the permissions of %s, and would lose those of the policy %q. %s\n\n"+
				"Run with other credentials. To detach the policy nevertheless, set allow_self = true, and apply it first.", describePrincipal(m.principal()), m.PolicyName.ValueString(), f.State))
	}
	return !own
}

// isOwn reports whether the credentials of the provider have the permissions of the principal.
func (r *attachmentResource) isOwn(ctx context.Context, m attachmentModel) (bool, error) {
	p, id := m.principal(), m.PrincipalID.ValueString()
	if p.Kind == ram.RolePrincipal {
		caller, err := r.Client.Caller(ctx)
		return err == nil && caller.RoleID != "" && caller.RoleID == id, err
	}
	own, err := owner.OwnUserIDs(ctx, r.Instance)
	if err != nil || p.Kind == ram.UserPrincipal || len(own) == 0 {
		return slices.Contains(own, id), err
	}
	members, err := r.Client.GroupMembers(ctx, p.Name)
	return slices.ContainsFunc(members, func(member ram.GroupMember) bool { return slices.Contains(own, member.UserID) }), ignoreNotFound(err, "Group")
}

// warnOfLastAdministrator warns if no other principal has the policy AdministratorAccess. A list that
// cannot be read is not evaluated.
func (r *attachmentResource) warnOfLastAdministrator(ctx context.Context, m attachmentModel, diags *diag.Diagnostics) {
	administrator := ram.Policy{Type: "System", Name: "AdministratorAccess"}
	if m.policy() != administrator || !m.ResourceGroupID.IsNull() {
		return
	}
	principals, err := r.Client.PolicyPrincipals(ctx, administrator)
	if err != nil {
		if !ram.Denied(err) {
			diagnostics.Report(diags, attachmentOperation("plan the destroy of", "Nothing was changed."), err)
		}
		return
	}
	if rest := slices.DeleteFunc(principals, func(p ram.Principal) bool { return p == m.principal() }); len(rest) == 0 {
		diags.AddWarning(fmt.Sprintf("Account %s loses its last administrator", m.AccountID.ValueString()), fmt.Sprintf(
			"No user, group or role other than %s has the policy AdministratorAccess. After this apply, only the root account can do everything in the account.", describePrincipal(m.principal())))
	}
}
