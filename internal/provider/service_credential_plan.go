// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *serviceCredentialResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider is not configured yet
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		state := tf.Get[serviceCredentialModel](ctx, req.State, &resp.Diagnostics)
		r.Adopt(serviceCredentialObject(state.ID.ValueString()))
		return
	}
	plan := tf.Get[serviceCredentialModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[serviceCredentialModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		if config.AgeDays.IsNull() {
			plan.AgeDays, plan.ExpirationTime = types.Int64Null(), types.StringNull()
		}
		if plan.planSecret(r.Client.Now(), &resp.Diagnostics) {
			tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
		}
		return
	}
	state := tf.Get[serviceCredentialModel](ctx, req.State, &resp.Diagnostics)
	r.Adopt(serviceCredentialObject(state.ID.ValueString()))
	r.planUpdate(ctx, state, plan, config, resp)
}

// planUpdate decides what is replaced: another service, another age and another value of rotate_when_changed do that, and a
// name that belongs to another user.
func (r *serviceCredentialResource) planUpdate(ctx context.Context, state, plan, config serviceCredentialModel, resp *resource.ModifyPlanResponse) {
	owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	if !config.AgeDays.IsNull() && !config.AgeDays.IsUnknown() && !config.AgeDays.Equal(state.AgeDays) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("credential_age_days"))
	}
	if plan.rotates(state.secretOnce) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("rotate_when_changed"))
	}
	if len(resp.RequiresReplace) > 0 {
		return // the new credential is planned as a create
	}
	id, user := state.ID.ValueString(), state.UserName.ValueString()
	if r.expired(state) {
		resp.Diagnostics.AddWarning(fmt.Sprintf("The service credential %s of user %s has expired", id, user), fmt.Sprintf(
			"It expired at %s, and the service no longer accepts it.\n\nTo replace it, change rotate_when_changed, or plan with -replace.", state.ExpirationTime.ValueString()))
	}
	if plan.Status.ValueString() == ram.Active && state.Status.ValueString() == ram.Inactive {
		diagnostics.LessSecure.WarnAt(&resp.Diagnostics, path.Root("status"), "A disabled service credential will be enabled again", fmt.Sprintf(
			"The service credential %s of %s is Inactive: an administrator disabled it. If it was disabled because it had leaked, do not enable it: replace it. "+
				"To keep the status, remove status from the configuration.", id, user))
	}
	plan.planPGPKey(state.secretOnce, "service credential", id+" of "+user, r.Client.Now(), &resp.Diagnostics)
}
