// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package exclusive

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
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *Rule[M, P]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil || req.Plan.Raw.IsNull() {
		return // the provider is not configured yet, or a destroy changes nothing
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	model := tf.Get[M](ctx, req.Plan, &resp.Diagnostics)
	plan := P(&model)
	if resp.Diagnostics.HasError() {
		return
	}
	*plan.RuleFields().Undeclared = types.SetUnknown(types.StringType)
	if !req.State.Raw.IsNull() {
		before := tf.Get[M](ctx, req.State, &resp.Diagnostics)
		r.planUpdate(ctx, &before, plan, resp)
	}
	r.warnOfMembers(ctx, plan, &resp.Diagnostics)
	tf.Set(ctx, model, &resp.Plan, &resp.Diagnostics)
}

// planUpdate plans which members an update removes, and another principal as a replacement.
func (r *Rule[M, P]) planUpdate(ctx context.Context, state, plan P, resp *resource.ModifyPlanResponse) {
	before, after := state.RuleFields().declaration(), plan.RuleFields().declaration()
	resp.RequiresReplace = append(resp.RequiresReplace, r.replaces(ctx, state, plan, &resp.Diagnostics)...)
	if len(resp.RequiresReplace) > 0 {
		*plan.RuleFields().ID = types.StringUnknown()
		return
	}
	*plan.RuleFields().Undeclared = Plan(before, after, state.Principal() == plan.Principal())
	for _, member := range Withdrawn(before, after) {
		diagnostics.ObjectRemoved.WarnAt(&resp.Diagnostics, path.Root(plan.RuleFields().AllowedPath), fmt.Sprintf("The %s %s is no longer allowed", r.Words.Member, member), fmt.Sprintf(
			"This apply does nothing to it. If %s still has it then, the next plan shows it.", plan.Principal().String()))
	}
	if !after.Reports() && !plan.RuleFields().Undeclared.IsUnknown() {
		removed := slices.DeleteFunc(tf.Strings(*state.RuleFields().Undeclared), after.Allows)
		r.Kind.WarnOfLoss(ctx, state.RuleFields().Account.ValueString(), plan.Principal(), removed, &resp.Diagnostics)
	}
}

// replaces returns the attribute whose change replaces the rule: the name belongs to another principal. A
// principal that was renamed, or is renamed in this run, is the same one.
func (r *Rule[M, P]) replaces(ctx context.Context, state, plan P, diags *diag.Diagnostics) []path.Path {
	before, after := state.Principal(), plan.Principal()
	attribute := path.Root(strings.ToLower(string(after.Kind)) + "_name")
	switch {
	case before.Kind != after.Kind:
		return []path.Path{attribute}
	case after.Name == "" || before == after:
		return nil
	case after.Kind == ram.RolePrincipal:
		return []path.Path{attribute}
	}
	id, err := r.Client.PrincipalID(ctx, after)
	if ram.NotFound(err, string(after.Kind)) || diagnostics.Report(diags, r.operation("plan", "Nothing was changed."), err) || id == state.RuleFields().ID.ValueString() {
		return nil
	}
	return []path.Path{attribute}
}

// warnOfMembers warns of members that are not declared.
func (r *Rule[M, P]) warnOfMembers(ctx context.Context, plan P, diags *diag.Diagnostics) {
	p, declaration := plan.Principal(), plan.RuleFields().declaration()
	if p.Name == "" || !declaration.Known() {
		return
	}
	members, err := r.read(ctx, plan, false)
	if ram.NotFound(err, string(p.Kind)) { // created or renamed in this run
		return
	}
	members = slices.DeleteFunc(members, func(member Member) bool { return declaration.Allows(member.Name) })
	if diagnostics.Report(diags, r.operation("plan", "Nothing was changed."), err) || len(members) == 0 {
		return
	}
	id, err := r.Client.PrincipalID(ctx, p)
	var own func(Member) bool
	if err == nil {
		own, err = r.Kind.Own(ctx, p, id)
	}
	if diagnostics.Report(diags, r.operation("plan", "Nothing was changed."), err) {
		return
	}
	lines := []string{}
	for _, member := range members {
		line := "  - " + member.Name
		if own(member) {
			line += ", access of the provider itself"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	diagnostics.LessSecure.WarnAt(diags, path.Root(plan.RuleFields().UndeclaredPath), fmt.Sprintf("%s has %s that are not declared", diagnostics.Capitalize(p.Object()), r.Words.Members), fmt.Sprintf(
		"%s does not declare:\n\n%s\n\n%s", plan.RuleFields().AllowedPath, strings.Join(lines, "\n"), r.consequence(declaration)))
}

// consequence explains what happens to members that are not declared.
func (r *Rule[M, P]) consequence(d Declaration) string {
	if d.Reports() {
		return fmt.Sprintf("They are not changed. Ask who added them; then declare them, or remove them, or set enforce = %q.", r.Words.Command)
	}
	return fmt.Sprintf("None of them is %s yet. An apply removes exactly those that its plan shows as undeclared, and never access of the provider itself. Run terraform plan, and apply it.", r.Words.Removed)
}
