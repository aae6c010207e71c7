// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
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
				"Nothing was changed. A group keeps its id, members and policies when it is renamed, so configurations that refer to %[1]q would meet another group.\n\n"+
				"If an element was removed from a list that sets count, use for_each with the names as keys, and moved blocks, so that each group keeps its address. "+
				"To give up the group %[1]q, delete or rename it in an earlier apply. To swap two names, rename one of the groups to a third name in an earlier apply.",
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

// create creates a group. After an unknown outcome, the name shows whether the group was created: it
// did not exist before, and a name is unique in an account.
func (r *groupResource) create(ctx context.Context, want ram.Group, account string, diags *diag.Diagnostics) (ram.Group, bool) {
	f := groupOperation("create", "Nothing was created.")
	live, err := r.Client.RefreshGroup(ctx, want.Name)
	if err == nil {
		reportGroupExists(live, account, diags)
		return ram.Group{}, false
	}
	if !ram.NotFound(err, "Group") {
		diagnostics.Report(diags, f, err)
		return ram.Group{}, false
	}
	// An interrupt must not separate the created group from the state.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*instance.SendLimit)
	defer cancel()
	for attempt := range 2 {
		var created ram.Group
		if created, err = r.Client.CreateGroup(ctx, want); err == nil {
			return created, true
		}
		switch {
		case ram.Exists(err) && attempt == 0:
			reportGroupExists(ram.Group{Name: want.Name}, account, diags)
			return ram.Group{}, false
		case !ram.Exists(err) && !ram.OutcomeUnknown(err):
			diagnostics.Report(diags, f, err)
			return ram.Group{}, false
		}
		f.State = fmt.Sprintf("It is not known whether the group was created. If account %s has a group %q now, import it: terraform import <address> %[2]s", account, want.Name)
		found, readErr := r.WaitUntil(ctx, instance.LagWindow, func(ctx context.Context) (bool, error) {
			var err error
			live, err = r.Client.RefreshGroup(ctx, want.Name)
			return err == nil, ram.IgnoreNotFound(err, "Group")
		})
		if diagnostics.Report(diags, f, readErr) {
			return ram.Group{}, false
		}
		if found && live.DisplayName == want.DisplayName && live.Comments == want.Comments {
			return live, true
		}
		if found {
			reportGroupExists(live, account, diags)
			return ram.Group{}, false
		}
	}
	diagnostics.Report(diags, f, err)
	return ram.Group{}, false
}

// reportGroupExists reports that a group with the name exists already.
func reportGroupExists(live ram.Group, account string, diags *diag.Diagnostics) {
	id := ""
	if live.ID != "" {
		id = fmt.Sprintf(", with the id %s, created on %s", live.ID, live.CreateDate.UTC().Format("2006-01-02 15:04 MST"))
	}
	diags.AddAttributeError(path.Root("name"), "Cannot create the group", fmt.Sprintf(
		"Account %s already has a group %q%s. Nothing was created, and that group was not changed.\n\n"+
			"To manage it with Terraform, import it:\n\n  terraform import <address> %[2]s\n\nOtherwise choose another name.", account, live.Name, id))
}

// groupChange returns what an update has to send.
func groupChange(state, plan groupModel) (change ram.GroupChange, changes bool) {
	differs := func(before, after types.String) *string {
		if after.IsUnknown() || before.ValueString() == after.ValueString() {
			return nil
		}
		changes = true
		return new(after.ValueString())
	}
	change = ram.GroupChange{
		Name: differs(state.Name, plan.Name), DisplayName: differs(state.DisplayName, plan.DisplayName), Comments: differs(state.Comments, plan.Comments),
	}
	return change, changes
}

// update changes a group with one call. After an unknown outcome of a rename, another attempt does
// not find the old name any more: the new name then shows whether the group was changed.
func (r *groupResource) update(ctx context.Context, live ram.Group, plan groupModel, change ram.GroupChange, diags *diag.Diagnostics) bool {
	err := r.Client.UpdateGroup(ctx, live.Name, change)
	if ram.Exists(err) {
		diags.AddAttributeError(path.Root("name"), "Cannot update the group", fmt.Sprintf(
			"Another group of account %s has the name %q. Nothing was changed.\n\nChoose another name, or rename or delete the other group first.\n\n%s",
			plan.AccountID.ValueString(), plan.Name.ValueString(), diagnostics.Explain(err)))
		return false
	}
	if err != nil && change.Name != nil {
		if now, readErr := r.Client.RefreshGroup(ctx, *change.Name); readErr == nil && plan.shows(now) {
			return true
		}
	}
	return !diagnostics.Report(diags, groupOperation("update", "If the outcome is unknown, the next plan shows whether the group was changed."), err)
}

// shows reports whether the service returns the group as the model describes it.
func (m *groupModel) shows(g ram.Group) bool {
	want := m.group()
	return want.ID == g.ID && want.Name == g.Name && want.DisplayName == g.DisplayName && want.Comments == g.Comments
}

// confirm waits until the service returns the group as it was written.
func (r *groupResource) confirm(ctx context.Context, written groupModel, diags *diag.Diagnostics) {
	found, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := r.Client.RefreshGroup(ctx, written.Name.ValueString())
		if ram.NotFound(err, "Group") {
			return false, nil
		}
		return err == nil && written.shows(live), err
	})
	const summary, state = "Cannot confirm the group", "The state contains the written values; the next refresh reads the account."
	switch {
	case err != nil:
		diags.AddWarning(summary, "The service accepted the request, but reading the group failed. "+state+"\n\n"+diagnostics.Explain(err))
	case !found:
		diags.AddWarning(summary, fmt.Sprintf("The service accepted the request, but does not return the group %q as it was written. %s", written.Name.ValueString(), state))
	}
}

// remove deletes a group, with force after its members and policies. The service may still see for a
// while what was just removed (CONS-01).
func (r *groupResource) remove(ctx context.Context, g ram.Group, force bool, diags *diag.Diagnostics) {
	f := groupOperation("delete", "The group exists, unless the outcome is unknown.")
	if force {
		f.State = "The group exists. Some of its members and policies may be removed. Run again to continue: each step can be repeated."
	}
	var conflict error
	var left []string
	deleted, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		if force {
			if err := r.empty(ctx, g.Name); err != nil {
				return false, err
			}
		}
		err := r.Client.DeleteGroup(ctx, g.Name)
		switch {
		case err == nil || ram.NotFound(err, "Group"):
			return true, nil
		case !ram.Conflict(err):
			return false, err
		}
		conflict = err
		if !force {
			left = r.dependants(ctx, g.Name)
		}
		return len(left) > 0, nil
	})
	switch {
	case diagnostics.Report(diags, f, err):
		return
	case len(left) > 0 || !deleted:
		reportGroupInUse(g, left, conflict, diags)
		return
	}
	gone, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := r.Client.RefreshGroup(ctx, g.Name)
		if ram.NotFound(err, "Group") {
			return true, nil
		}
		return err == nil && live.ID != g.ID, err
	})
	diagnostics.ReportDelete("group", gone, err, diags)
}

// empty removes all members and policies of a group. It reads them first, so it can be repeated.
func (r *groupResource) empty(ctx context.Context, name string) error {
	members, err := r.Client.RefreshGroupMembers(ctx, name)
	if err != nil {
		return ram.IgnoreNotFound(err, "Group")
	}
	for _, member := range members {
		if err := ram.IgnoreNotFound(r.Client.RemoveUserFromGroup(ctx, member.UserName, name), "User.Group", "User", "Group"); err != nil {
			return err
		}
	}
	group := ram.Principal{Kind: ram.GroupPrincipal, Name: name}
	policies, err := r.Client.RefreshAttachedPolicies(ctx, group)
	if err != nil {
		return ram.IgnoreNotFound(err, "Group")
	}
	for _, policy := range policies {
		if err := ram.IgnoreNotFound(r.Client.DetachPolicy(ctx, group, policy, ""), "Group.Policy", "Policy", "Group"); err != nil {
			return err
		}
	}
	return nil
}

// dependants describes the members and policies of a group, as far as they can be read.
func (r *groupResource) dependants(ctx context.Context, name string) (lines []string) {
	if members, err := r.Client.RefreshGroupMembers(ctx, name); err == nil {
		for _, member := range members {
			lines = append(lines, fmt.Sprintf("the user %q", member.UserName))
		}
	}
	if policies, err := r.Client.RefreshAttachedPolicies(ctx, ram.Principal{Kind: ram.GroupPrincipal, Name: name}); err == nil {
		for _, policy := range policies {
			lines = append(lines, fmt.Sprintf("the policy %q (%s)", policy.Name, policy.Type))
		}
	}
	return lines
}

// reportGroupInUse names the members and policies that prevent a delete.
func reportGroupInUse(g ram.Group, lines []string, conflict error, diags *diag.Diagnostics) {
	list := "If none is listed in the console, a policy may be attached in a resource group. "
	if len(lines) > 0 {
		list = "It has:\n\n  - " + strings.Join(lines, "\n  - ") + "\n\n"
	}
	diags.AddError("Cannot delete the group", fmt.Sprintf("The group %q has members or policies, so it was not deleted. %s"+
		"Remove them from the group first. To let Terraform remove all of them, also those that it does not manage, set force_destroy = true, apply, and destroy again.\n\n%s",
		g.Name, list, diagnostics.Explain(conflict)))
}
