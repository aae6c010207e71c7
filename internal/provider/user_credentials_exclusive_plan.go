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
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *exclusiveResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil || req.Plan.Raw.IsNull() {
		return // the provider is not configured yet, or a destroy changes nothing
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	plan := tf.Get[exclusiveModel](ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	for _, kind := range declaredKinds() {
		*kind.sets(&plan).undeclared = types.SetUnknown(types.StringType)
		if kind.declaration(&plan).Allowed.IsNull() {
			*kind.sets(&plan).undeclared = types.SetNull(types.StringType)
		}
	}
	var state exclusiveModel
	if !req.State.Raw.IsNull() {
		state = tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics)
		r.planUpdate(ctx, state, &plan, resp)
	}
	for _, kind := range declaredKinds() {
		kind.warn(ctx, r.Instance, state, plan, &resp.Diagnostics)
	}
	tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
}

// planUpdate plans which credentials an update disables or deletes.
func (r *exclusiveResource) planUpdate(ctx context.Context, state exclusiveModel, plan *exclusiveModel, resp *resource.ModifyPlanResponse) {
	owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	if len(resp.RequiresReplace) > 0 {
		return
	}
	for _, kind := range declaredKinds() {
		*kind.sets(plan).undeclared = exclusive.Plan(kind.declaration(&state), kind.declaration(plan), plan.UserName.Equal(state.UserName))
		kind.warnOfLater(state, *plan, &resp.Diagnostics)
	}
}

// warnOfLater warns that the same apply does not act on a credential that was removed from the allowed ones, and does not
// delete one that was disabled already: its plan does not show it.
func (k declaredKind) warnOfLater(state, plan exclusiveModel, diags *diag.Diagnostics) {
	before, after := k.declaration(&state), k.declaration(&plan)
	if !before.Allowed.IsNull() && !after.Allowed.IsNull() && after.Known() && after.Enforce.ValueString() == enforceDelete && before.Enforce.ValueString() == enforceDisable {
		diagnostics.ObjectRemoved.WarnAt(diags, path.Root("enforce"), fmt.Sprintf("Disabled %s are deleted later", k.many), fmt.Sprintf(
			"%s contains the active ones only. This apply does not delete %s that are already disabled. The next plan shows those that the user still has.", k.undeclared, k.many))
	}
	for _, id := range exclusive.Withdrawn(before, after) {
		diagnostics.ObjectRemoved.WarnAt(diags, path.Root(k.allowed), diagnostics.Capitalize(k.one)+" is no longer allowed", fmt.Sprintf(
			"%q was removed from %s. This apply does not change it. If the user still has it, the next plan shows it.", id, k.allowed))
	}
}

// warn warns of credentials that exist and are not declared, and the other way round. It refuses to delete the last second factor of
// a user who then cannot log on.
func (k declaredKind) warn(ctx context.Context, i *instance.Instance, state, plan exclusiveModel, diags *diag.Diagnostics) {
	d := k.declaration(&plan)
	if plan.UserName.IsUnknown() || d.Allowed.IsNull() || !d.Known() {
		return
	}
	user := plan.UserName.ValueString()
	all, err := k.credentials(i, &plan.Object).Kind.Read(ctx, user)
	if ram.NotFound(err, "User") { // created or renamed in this run
		return
	}
	if diagnostics.Report(diags, failedExclusive("plan", "Nothing was changed."), err) {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(one ram.CredentialFacts) bool { return d.Allows(one.ID) })
	if len(rest) > 0 {
		diagnostics.LessSecure.WarnAt(diags, path.Root(k.undeclared), fmt.Sprintf("A user has %s that are not declared", k.many), fmt.Sprintf(
			"%s has:\n\n%s\n\n%s", user, credential.Describe(i, rest), k.consequence(plan.Enforce.ValueString())))
	}
	if removed, err := k.removedBy(ctx, i, &state, &plan, all); !diagnostics.Report(diags, failedExclusive("plan", "Nothing was changed."), err) && !plan.AllowLockOut.IsUnknown() {
		k.refuseLoss(ctx, i, &plan, all, removed, diags)
	}
	for _, id := range d.Declared() {
		if _, exists := credential.In(all, id); !exists {
			diags.AddAttributeWarning(path.Root(k.allowed), fmt.Sprintf("%s that is allowed does not exist", diagnostics.Capitalize(k.one)), fmt.Sprintf(
				"%q is allowed, but %s has no such %s. If it was deleted, remove it from %s.", id, user, k.credentials(i, &plan.Object).Kind.Word, k.allowed))
		}
	}
}

// consequence explains what will be done about credentials that are not declared.
func (k declaredKind) consequence(enforce string) string {
	shown := fmt.Sprintf("exactly the %s that its plan shows in %s%s. Run terraform plan, and apply it.", k.many, k.undeclared, k.spared)
	switch {
	case enforce == enforceDelete && k.deletedOnly:
		return "None of them is deleted yet. An apply deletes " + shown
	case enforce == enforceDelete:
		return "None of them is deleted yet. An apply disables and deletes " + shown
	case enforce == enforceDisable && k.deletedOnly:
		return fmt.Sprintf("They are not changed, because %s cannot be disabled. Ask the user about them; then declare them, or delete them, or set enforce = \"delete\".", k.many)
	case enforce == enforceDisable:
		return "None of them is disabled yet. An apply disables " + shown
	}
	return "They are not changed. Ask who created them; then declare them, or delete them, or set enforce."
}
