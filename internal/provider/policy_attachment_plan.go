// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

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
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); ok && r.notOwn(ctx, f, state, &resp.Diagnostics) &&
		administratorAccess.Same(state.policy()) && state.ResourceGroupID.IsNull() {
		warnOfLastAdministrator(ctx, r.Instance, state.AccountID.ValueString(), administratorsThrough(state.Principal()), &resp.Diagnostics)
	}
}

// replaces reports whether the schema replaces the attachment.
func replaces(state, plan attachmentModel) bool {
	return plan.PolicyName.IsUnknown() || !plan.policy().Same(state.policy()) || !plan.RoleName.Equal(state.RoleName) || !plan.ResourceGroupID.Equal(state.ResourceGroupID)
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
	p := plan.Principal()
	to := p.String()
	if p.Name == "" {
		to = "a principal that is not known yet"
	}
	if administratorAccess.Same(plan.policy()) && p.Kind != ram.GroupPrincipal {
		plannedAccessOf(r.Instance).gain(administratorsThrough(p))
	}
	warnOfNewRights(ctx, r.Instance, "policy_name", []ram.Policy{plan.policy()}, to, diags)
}

// notOwn refuses to detach a policy from the user that Terraform runs as, from a group of that user, or
// from the role of the session, unless that is allowed (LOCK-05).
func (r *attachmentResource) notOwn(ctx context.Context, f diagnostics.Operation, m attachmentModel, diags *diag.Diagnostics) bool {
	if m.AllowSelf.ValueBool() {
		return true
	}
	own, err := isOwnPrincipal(ctx, r.Instance, m.Principal(), m.PrincipalID.ValueString())
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if own {
		diags.AddAttributeError(path.Root("allow_self"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform runs with the permissions of %s, and would lose those of the policy %q. %s\n\n"+
				"Run with other credentials. To detach the policy nevertheless, set allow_self = true, and apply it first.", m.Principal().String(), m.PolicyName.ValueString(), f.State))
	}
	return !own
}
