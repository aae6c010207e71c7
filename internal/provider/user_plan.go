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

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, tf.Get[userModel](ctx, req.State, &resp.Diagnostics), &resp.Diagnostics)
		return
	}
	plan := tf.Get[userModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[userModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		plan.planCreate(config)
		r.Adopt(owner.NewUser(plan.Name.ValueString()))
	} else {
		managed := managedBefore(ctx, req.Private, &resp.Diagnostics)
		state := tf.Get[userModel](ctx, req.State, &resp.Diagnostics)
		plan.planUpdate(config, state, managed)
		r.planRename(ctx, state, plan, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
	}
}

// planCreate: a new user has nothing of what the configuration does not mention, but a
// display name, which the service demands.
func (m *userModel) planCreate(config userModel) {
	configured := config.optionals()
	for name, planned := range m.optionals() {
		if configured[name].IsNull() && name != "display_name" {
			*planned = types.StringNull()
		}
	}
	if config.Tags.IsNull() {
		m.Tags = types.MapNull(types.StringType)
	}
}

// planUpdate clears what the configuration mentioned when it was last applied and does
// not mention now. What it never mentioned stays, and so does a display name, which
// cannot be cleared.
func (m *userModel) planUpdate(config, state userModel, managed []string) {
	configured, before := config.optionals(), state.optionals()
	for name, planned := range m.optionals() {
		switch {
		case !configured[name].IsNull():
		case name != "display_name" && slices.Contains(managed, name):
			*planned = types.StringNull()
		default:
			*planned = *before[name]
		}
	}
	switch {
	case !config.Tags.IsNull():
	case slices.Contains(managed, "tags"):
		m.Tags = types.MapNull(types.StringType)
	default:
		m.Tags = state.Tags
	}
}

// planRename warns that a rename changes the logon name, and refuses a name that another
// user has: the user would take over the identity that people and programs know by it.
func (r *userResource) planRename(ctx context.Context, state, plan userModel, diags *diag.Diagnostics) {
	before, after := state.Name.ValueString(), plan.Name.ValueString()
	if r.Instance == nil || diags.HasError() || plan.Name.IsUnknown() || before == after {
		return
	}
	f := diagnostics.Operation{Name: "update the user", State: "Nothing was changed."}
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), diags)
	if !ok {
		return
	}
	id := state.UserID.ValueString()
	if id == "" { // moved, and not read since
		own, err := r.find(ctx, state)
		if diagnostics.Report(diags, f, err) {
			return
		}
		id = own.ID
	}
	other, err := r.Client.RefreshUser(ctx, after)
	switch {
	case err == nil && other.ID != id:
		diags.AddAttributeError(path.Root("name"), "Cannot update the user", fmt.Sprintf(
			"Another user of account %[2]s has the name %[1]q already, and the plan would give it to the user %[3]q:\n\n  user id %[4]s has the name %[3]q and is managed here\n  user id %[5]s has the name %[1]q\n\n"+
				"Nothing was changed. A user keeps its id, keys, password and permissions when it is renamed, so people and programs that use the name %[1]q would then use another identity.\n\n"+
				"If an element was removed from a list that sets count, use for_each with the names as keys, and moved blocks, so that each user keeps its address. "+
				"To reuse the name of the user %[1]q, delete or rename that user in an earlier apply. To swap two names, rename one of the users to a third name in an earlier apply.",
			after, account, before, id, other.ID))
	case err != nil && !ram.NotFound(err, "User"):
		diagnostics.Report(diags, f, err)
	default:
		diagnostics.AccessLost.WarnAt(diags, path.Root("name"), fmt.Sprintf("The logon name of the user %s changes", before), fmt.Sprintf(
			"The user with the id %s is renamed from %q to %q. It keeps its id, keys, password and permissions. "+
				"People and programs that log on with the old name can no longer do so. To replace the user instead, plan with -replace.", id, before, after))
		if !plan.AllowLockOut.IsUnknown() {
			r.checkRename(ctx, state, plan, diags)
		}
	}
}

// checkRename refuses to rename a user whom the identity provider may know by the present name.
func (r *userResource) checkRename(ctx context.Context, state, plan userModel, diags *diag.Diagnostics) bool {
	verdict := access.NameChange{}.Judge(ctx, r.Instance)
	if !verdict.Lost {
		return true
	}
	before, accepted := state.Name.ValueString(), plan.AllowLockOut.ValueBool()
	setting.Risk{
		Attribute: "name", Refuse: !verdict.Accepted, Summary: fmt.Sprintf("The identity provider may send the current name of the user %s", before),
		Detail: lostNames(verdict, fmt.Sprintf("the name %s for the user", before)) + fmt.Sprintf(" Change the identity provider at the same time, so that it sends %s for the user.", plan.Name.ValueString()),
	}.Report(accepted, diags)
	return accepted || verdict.Accepted
}

// planDestroy refuses to delete the user that Terraform runs as, and says what a
// destroy takes along.
func (r *userResource) planDestroy(ctx context.Context, state userModel, diags *diag.Diagnostics) {
	if r.Instance == nil || diags.HasError() {
		return // the provider could not be configured yet; looked at again before the delete
	}
	f := diagnostics.Operation{Name: "delete the user", State: "Nothing was changed."}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), diags); !ok || !r.notOwn(ctx, state.UserID.ValueString(), f, diags) {
		return
	}
	if state.ForceDestroy.ValueBool() {
		r.warnForce(ctx, state, diags)
		warnOfLastAdministrator(ctx, r.Instance, state.AccountID.ValueString(), administrator{user: state.Name.ValueString()}, diags)
	}
}

// managedIn are the optional attributes that a configuration mentions.
func managedIn(config userModel) []string {
	managed := []string{}
	for name, value := range config.optionals() {
		if !value.IsNull() {
			managed = append(managed, name)
		}
	}
	if !config.Tags.IsNull() {
		managed = append(managed, "tags")
	}
	slices.Sort(managed)
	return managed
}
