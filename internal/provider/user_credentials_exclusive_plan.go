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

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *exclusiveResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider is not configured yet
	}
	if req.Plan.Raw.IsNull() {
		exclusive.PlanDestroy(ctx, r.Instance, tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics).keysOfUser(), resp.Private, &resp.Diagnostics)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	plan := tf.Get[exclusiveModel](ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.Undeclared = types.SetUnknown(types.StringType)
	if req.State.Raw.IsNull() {
		exclusive.PlanCreate(ctx, r.Instance, plan.keysOfUser(), resp.Private, &resp.Diagnostics)
	} else {
		exclusive.PlanUpdate(ctx, r.Instance, plan.keysOfUser(), resp.Private, &resp.Diagnostics)
	}
	if !req.State.Raw.IsNull() {
		state := tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics)
		owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
		if len(resp.RequiresReplace) == 0 {
			plan.Undeclared = exclusive.Plan(state.declaration(), plan.declaration(), plan.UserName.Equal(state.UserName))
			plan.warnOfLater(state, &resp.Diagnostics)
		}
	}
	r.warnOfKeys(ctx, plan, &resp.Diagnostics)
	tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
}

// warnOfLater says that a key which is struck off the list is not acted on by the
// same apply, and neither is one that need not be disabled any more when it is to be
// deleted: the plan does not show it.
func (m exclusiveModel) warnOfLater(state exclusiveModel, diags *diag.Diagnostics) {
	if !state.Allowed.IsNull() && m.declaration().Known() && m.Enforce.ValueString() == enforceDelete && state.Enforce.ValueString() == enforceDisable {
		diags.AddAttributeWarning(path.Root("enforce"), "Disabled AccessKey pairs are deleted later",
			"undeclared_access_key_ids contains the active keys only. This apply does not delete keys that are already disabled. The next plan shows those that the user still has.")
	}
	for _, id := range exclusive.Withdrawn(state.declaration(), m.declaration()) {
		diags.AddAttributeWarning(path.Root("allowed_access_key_ids"), "An AccessKey pair is no longer allowed", fmt.Sprintf(
			"%q was removed from the allowed keys. This apply does not change it. If the user still has it, the next plan shows it.", id))
	}
}

// warnOfKeys warns of keys that are there and not declared, and the other way round.
func (r *exclusiveResource) warnOfKeys(ctx context.Context, plan exclusiveModel, diags *diag.Diagnostics) {
	if plan.UserName.IsUnknown() || !plan.declaration().Known() {
		return
	}
	keys, err := r.Client.AccessKeys(ctx, plan.UserName.ValueString())
	if ram.NotFound(err, "User") { // created or renamed in this run
		return
	}
	if diagnostics.Report(diags, failedExclusive("plan", "Nothing was changed."), err) {
		return
	}
	user := plan.UserName.ValueString()
	everyKey := plan
	everyKey.Enforce = types.StringValue(enforceReport)
	if rest := r.undeclared(everyKey, keys); len(rest) > 0 {
		diags.AddAttributeWarning(path.Root("undeclared_access_key_ids"), "A user has AccessKey pairs that are not declared", fmt.Sprintf(
			"%s has:\n\n%s\n\n%s", user, credential.Describe(r.Instance, rest), plan.consequence()))
	}
	for _, id := range plan.Allowed.Elements() {
		if !id.IsNull() && !slices.ContainsFunc(keys, func(key ram.AccessKey) bool { return id.Equal(types.StringValue(key.ID)) }) {
			diags.AddAttributeWarning(path.Root("allowed_access_key_ids"), "An allowed AccessKey pair does not exist", fmt.Sprintf(
				"%s is allowed, but %s has no such key. If it was deleted, remove it from the list.", id, user))
		}
	}
}

// consequence says what will be done about the keys.
func (m exclusiveModel) consequence() string {
	const shown = "exactly the keys that its plan shows in undeclared_access_key_ids, never the provider's own. Run terraform plan, and apply it."
	switch m.Enforce.ValueString() {
	case enforceDisable:
		return "None of them is disabled yet. An apply disables " + shown
	case enforceDelete:
		return "None of them is deleted yet. An apply disables and deletes " + shown
	}
	return "They are not changed. Ask who created them; then declare them, or delete them, or set enforce."
}
