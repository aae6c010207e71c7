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
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *groupResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, tf.Get[groupModel](ctx, req.State, &resp.Diagnostics), &resp.Diagnostics)
		return
	}
	plan := tf.Get[groupModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[groupModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// After a create, and in a group of which nothing was read yet, what is not configured is empty.
	state, managed := groupModel{}, []string{}
	if !req.State.Raw.IsNull() {
		state = tf.Get[groupModel](ctx, req.State, &resp.Diagnostics)
		managed = managedBefore(ctx, req.Private, &resp.Diagnostics)
		r.planRename(ctx, state, plan, &resp.Diagnostics)
	}
	planOptionals(plan.optionals(), config.optionals(), state.optionals(), managed)
	tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
}

// planRename refuses a name that another group has: the group would take over its identity.
func (r *groupResource) planRename(ctx context.Context, state, plan groupModel, diags *diag.Diagnostics) {
	before, after := state.Name.ValueString(), plan.Name.ValueString()
	if r.Instance == nil || diags.HasError() || plan.Name.IsUnknown() || before == after {
		return
	}
	f := groupOperation("update", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), diags)
	if !ok {
		return
	}
	id := state.GroupID.ValueString()
	if id == "" { // moved, and not read since
		own, err := r.Client.RefreshGroup(ctx, before)
		if diagnostics.Report(diags, f, err) {
			return
		}
		id = own.ID
	}
	other, err := r.Client.RefreshGroup(ctx, after)
	switch {
	case err == nil && other.ID != id:
		diags.AddAttributeError(path.Root("name"), "Cannot update the group", fmt.Sprintf(
			"Another group of account %[2]s has the name %[1]q already, and the plan would give it to the group %[3]q:\n\n  group id %[4]s has the name %[3]q and is managed here\n  group id %[5]s has the name %[1]q\n\n"+
				"Nothing was changed. A group keeps its id, members and policies when it is renamed, so configurations that refer to %[1]q would then refer to another group.\n\n"+
				"If an element was removed from a list that sets count, use for_each with the names as keys, and moved blocks, so that each group keeps its address. "+
				"To reuse the name of the group %[1]q, delete or rename that group in an earlier apply. To swap two names, rename one of the groups to a third name in an earlier apply.",
			after, account, before, id, other.ID))
	case err != nil && !ram.NotFound(err, "Group"):
		diagnostics.Report(diags, f, err)
	}
}

// planOptionals plans texts that are not configured: one that was configured at the last apply is
// cleared, and any other keeps its value.
func planOptionals(plan, config, state map[string]*types.String, managed []string) {
	for name, planned := range plan {
		switch {
		case !config[name].IsNull():
		case slices.Contains(managed, name):
			*planned = types.StringNull()
		default:
			*planned = *state[name]
		}
	}
}

// managedOf returns the names of the texts that are configured.
func managedOf(config map[string]*types.String) []string {
	managed := []string{}
	for name, value := range config {
		if !value.IsNull() {
			managed = append(managed, name)
		}
	}
	slices.Sort(managed)
	return managed
}

// planDestroy warns of what force_destroy removes, and refuses to remove the provider's own user
// from the group.
func (r *groupResource) planDestroy(ctx context.Context, state groupModel, diags *diag.Diagnostics) {
	if r.Instance == nil || diags.HasError() || !state.ForceDestroy.ValueBool() {
		return // without an instance, the check is made before the delete
	}
	f := groupOperation("delete", "Nothing was changed.")
	name := state.Name.ValueString()
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), diags); ok && r.notOwn(ctx, name, f, diags) {
		diagnostics.ObjectRemoved.Warn(diags, "Destroying the group removes its members and policies", fmt.Sprintf(
			"force_destroy is true: all users leave the group %q, and all its policies are detached, also those that Terraform does not manage. The users lose the permissions of these policies.", name))
		warnOfLastAdministrator(ctx, r.Instance, state.AccountID.ValueString(), administratorsThrough(ram.Principal{Kind: ram.GroupPrincipal, Name: name}), diags)
	}
}
