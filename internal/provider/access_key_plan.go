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

func (r *accessKeyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider is not configured yet
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	owner.ResolveOwnKeys(ctx, r.Instance)
	switch {
	case req.Plan.Raw.IsNull():
		state := tf.Get[accessKeyModel](ctx, req.State, &resp.Diagnostics)
		r.Adopt(accessKeyObject(state.AccessKeyID.ValueString()))
		r.refuseSelf("delete", state, &resp.Diagnostics)
	case req.State.Raw.IsNull():
		plan := tf.Get[accessKeyModel](ctx, req.Plan, &resp.Diagnostics)
		if !resp.Diagnostics.HasError() && plan.planSecret(r.Client.Now(), &resp.Diagnostics) {
			tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
			r.quotaCheck(failedKey("plan", ""), plan).plan(ctx, &resp.Diagnostics)
		}
	default:
		state := tf.Get[accessKeyModel](ctx, req.State, &resp.Diagnostics)
		plan := tf.Get[accessKeyModel](ctx, req.Plan, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		r.Adopt(accessKeyObject(state.AccessKeyID.ValueString()))
		r.planUpdate(ctx, state, &plan, resp)
		tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
	}
}

// planUpdate decides what is replaced: only another value of rotate_when_changed
// does that, and a name that belongs to another user.
func (r *accessKeyResource) planUpdate(ctx context.Context, state accessKeyModel, plan *accessKeyModel, resp *resource.ModifyPlanResponse) {
	if state.AccountID.IsNull() {
		plan.AccountID = types.StringUnknown()
	}
	if state.UserID.IsNull() {
		plan.UserID = types.StringUnknown()
	}
	owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	if plan.rotates(state.secretOnce) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("rotate_when_changed"))
	}
	if len(resp.RequiresReplace) > 0 {
		r.refuseSelf("replace", state, &resp.Diagnostics)
		return // the new key is planned as a create
	}
	id, name := state.AccessKeyID.ValueString(), state.UserName.ValueString()
	switch was, wanted := state.Status.ValueString(), plan.Status.ValueString(); {
	case wanted == ram.Inactive && was != ram.Inactive:
		r.refuseSelf("disable", *plan, &resp.Diagnostics)
	case wanted == ram.Active && was == ram.Inactive:
		diagnostics.LessSecure.WarnAt(&resp.Diagnostics, path.Root("status"), "A disabled AccessKey pair will be enabled again", fmt.Sprintf(
			"The key %s of %s is Inactive: an administrator disabled it, or the service did because it was not used. If it was disabled because it had leaked, do not enable it: replace it. "+
				"To keep the status, remove status from the configuration.", id, name))
	}
	plan.planPGPKey(state.secretOnce, "key", id+" of "+name, r.Client.Now(), &resp.Diagnostics)
}

// refuseSelf refuses to disable, replace or delete a key that the provider itself uses.
func (r *accessKeyResource) refuseSelf(verb string, m accessKeyModel, diags *diag.Diagnostics) bool {
	id := m.AccessKeyID.ValueString()
	if id == "" || m.AllowSelf.ValueBool() || !owner.IsOwnKey(r.Instance, id) {
		return false
	}
	how := "set allow_self = true"
	if verb != "disable" {
		how = "set allow_self = true and apply that first"
	}
	diags.AddAttributeError(path.Root("allow_self"), "Cannot "+verb+" the provider's own AccessKey pair", fmt.Sprintf(
		"The provider itself signs with the key %s of %s, or assumes a role with it. This run could not continue without it, and the next run could not start. Nothing was changed.\n\n"+
			"Use other credentials. If the change is intended, %s.", id, m.UserName.ValueString(), how))
	return true
}
