// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *rotationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider is not configured yet
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	owner.ResolveOwnKeys(ctx, r.Instance)
	if req.Plan.Raw.IsNull() {
		state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
		r.refuseOwn("delete", state, &resp.Diagnostics)
		return
	}
	plan := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !plan.fits(&resp.Diagnostics) || !plan.checkPolicy(&resp.Diagnostics) || !r.checkPGP(plan, &resp.Diagnostics) {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, plan, &resp.Diagnostics)
		return
	}
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	if len(resp.RequiresReplace) > 0 {
		r.refuseOwn("replace", state, &resp.Diagnostics)
		return // everything is unknown already
	}
	plan.warnPolicy(state, &resp.Diagnostics)
	if !plan.NetworkPolicy.Equal(state.NetworkPolicy) && !plan.NetworkPolicy.IsNull() {
		state := state
		state.NetworkPolicy = plan.NetworkPolicy
		if r.refusePolicy(ctx, state, &resp.Diagnostics) {
			return
		}
	}
	if r.planSteps(ctx, state, plan, readNotes(ctx, req.Private, &resp.Diagnostics), &resp.Diagnostics) || !plan.sameArguments(state) {
		plan.unknown()
	} else {
		plan.current().copyFrom(state.current())
		plan.previous().copyFrom(state.previous())
	}
	tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
}

func (m rotationModel) sameArguments(state rotationModel) bool {
	return m.UserName.Equal(state.UserName) && m.NetworkPolicy.Equal(state.NetworkPolicy) && m.PGPKey.Equal(state.PGPKey) && m.Timeouts.Equal(state.Timeouts) &&
		m.RotateAfterDays.Equal(state.RotateAfterDays) && m.OverlapDays.Equal(state.OverlapDays) && m.DeleteAfterDays.Equal(state.DeleteAfterDays)
}

func (r *rotationResource) checkPGP(plan rotationModel, diags *diag.Diagnostics) bool {
	if plan.PGPKey.IsNull() || plan.PGPKey.IsUnknown() {
		return true
	}
	_, err := pgp.CheckKey(plan.PGPKey.ValueString(), r.Client.Now())
	return !pgp.ReportKeyError(diags, err)
}

func (r *rotationResource) planCreate(ctx context.Context, plan rotationModel, diags *diag.Diagnostics) {
	if plan.UserName.IsUnknown() {
		return
	}
	keys, err := r.Client.AccessKeys(ctx, plan.UserName.ValueString())
	if ram.NotFound(err, "User") { // created in this run
		return
	}
	if !diagnostics.Report(diags, failedRotation("plan", "Nothing was changed."), err) {
		r.checkNoKeys(plan, keys, diags)
	}
}

// checkNoKeys refuses to begin while the user has keys that another user has created.
func (r *rotationResource) checkNoKeys(plan rotationModel, keys []ram.AccessKey, diags *diag.Diagnostics) bool {
	if len(keys) == 0 {
		return true
	}
	user := plan.UserName.ValueString()
	diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey rotation", fmt.Sprintf(
		"%s has keys already:\n\n%s\n\n%s A rotation uses both keys that a user can have. To use these keys, import them: terraform import ADDRESS %[1]s",
		user, credential.Describe(r.Instance, keys), r.keys(&plan.Object).Kind.NotCreated()))
	return false
}

// planSteps warns of the step that is due, and reports whether it can be done. It uses the
// arguments of the plan and the keys of the state.
func (r *rotationResource) planSteps(ctx context.Context, state, plan rotationModel, notes rotationNotes, diags *diag.Diagnostics) bool {
	f := failedRotation("plan", "Nothing was changed.")
	m := plan
	m.current().copyFrom(state.current())
	m.previous().copyFrom(state.previous())
	m.UserName = state.UserName
	if m.RotateAfterDays.IsUnknown() || m.OverlapDays.IsUnknown() || m.DeleteAfterDays.IsUnknown() {
		return false
	}
	r.adoptKeys(&m)
	listing, err := r.keys(&m.Object).Read(ctx, m.ids()...)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	step, err := r.step(ctx, &m, notes, listing.All)
	if diagnostics.Report(diags, f, err) || step.kind == stepNone {
		return false
	}
	user := m.UserName.ValueString()
	if step.blocked != "" {
		diags.AddWarning("The AccessKey rotation of "+user+" cannot continue", fmt.Sprintf("%s The step is not performed: %s.\n\n%s has:\n\n%s",
			step.describe(&m), step.blocked, user, credential.Describe(r.Instance, listing.All)))
		return false
	}
	if step.key.ID != "" && owner.IsOwnKey(r.Instance, step.key.ID) {
		ownKeyRefused(map[stepKind]string{stepDisable: "disable", stepDelete: "delete"}[step.kind], step.key.ID, diags)
		return false
	}
	diags.AddWarning("The AccessKey rotation of "+user+" continues", step.describe(&m)+" The next apply performs this step, and each further step that is due by then.")
	return true
}

// rotationStep is the next step that is due.
type rotationStep struct {
	kind    stepKind
	key     ram.AccessKey // the key to disable or delete
	blocked string        // why the step is due and cannot be done
}

type stepKind int

const (
	stepNone stepKind = iota
	stepCreate
	stepDisable
	stepDelete
)

// due is the next step by the dates of the keys and the service's clock. While a key of the
// model is not listed, nothing is due.
func (m *rotationModel) due(notes rotationNotes, keys []ram.AccessKey, now time.Time) rotationStep {
	current, isCurrent := m.current().in(keys)
	previous, isPrevious := m.previous().in(keys)
	switch {
	case !listed(keys, m.ids()):
		return rotationStep{}
	case isPrevious && isCurrent:
		return m.retire(notes, current, previous, now)
	case isCurrent && now.Before(current.CreateDate.Add(daysOf(m.RotateAfterDays))):
		return rotationStep{}
	case len(keys) >= credential.PerUser:
		return rotationStep{kind: stepCreate, blocked: "the user's second key is not managed by this resource"}
	}
	return rotationStep{kind: stepCreate}
}

// listed reports whether all keys are listed.
func listed(keys []ram.AccessKey, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		_, found := credential.In(keys, id)
		return !found
	})
}

// retire is the next step for the previous key. A key that is disabled late stays disabled
// for its days nevertheless, also where the service does not return when it was disabled.
func (m *rotationModel) retire(notes rotationNotes, current, previous ram.AccessKey, now time.Time) rotationStep {
	step := rotationStep{kind: stepDisable, key: previous}
	end := current.CreateDate.Add(daysOf(m.OverlapDays))
	if previous.Status != ram.Active {
		step.kind = stepDelete
		since, known := notes.inactiveSince(previous)
		if !known {
			return rotationStep{}
		}
		if since.After(end) {
			end = since
		}
		end = end.Add(daysOf(m.DeleteAfterDays))
	}
	if now.Before(end) {
		return rotationStep{}
	}
	if current.Status != ram.Active {
		step.blocked = fmt.Sprintf("the current key %s is %s, so the user could not sign with any key", current.ID, current.Status)
	}
	return step
}

// step is the next step. It reads the last use of a key only if the key is to be deleted, or
// disabled beside a current key that this resource did not create: then it is not known that
// programs have moved to the current key. The service reports a use some two hours late
// (documented), so the minimum is a day.
func (r *rotationResource) step(ctx context.Context, m *rotationModel, notes rotationNotes, keys []ram.AccessKey) (rotationStep, error) {
	now, err := r.Client.ServerTime(ctx)
	if err != nil {
		return rotationStep{}, err
	}
	step := m.due(notes, keys, now)
	unused := m.DeleteAfterDays
	switch {
	case step.blocked != "" || owner.IsOwnKey(r.Instance, step.key.ID):
		return step, nil
	case step.kind == stepDisable && notes.Created != m.CurrentID.ValueString():
		unused = m.OverlapDays
	case step.kind != stepDelete:
		return step, nil
	}
	use, err := r.Client.AccessKeyLastUsed(ctx, m.UserName.ValueString(), step.key.ID)
	if ram.NotFound(err, "User.AccessKey") { // deleted meanwhile
		return rotationStep{}, nil
	}
	if err == nil && now.Sub(use.Date) < max(daysOf(unused), day) {
		step.blocked = fmt.Sprintf("the key was still used on %s, for %s", use.Date.Format(time.RFC3339), use.Service)
	}
	return step, err
}

// describe describes the step for a warning of the plan.
func (s rotationStep) describe(m *rotationModel) string {
	user := m.UserName.ValueString()
	switch s.kind {
	case stepNone:
	case stepCreate:
		if m.CurrentID.IsNull() {
			return fmt.Sprintf("A new key of %s is due to be created, because there is no current one.", user)
		}
		return fmt.Sprintf("A new key of %s is due to be created: the current one, %s, was created %s. It becomes the previous one, and stays active for %d days.",
			user, m.CurrentID.ValueString(), m.CurrentCreateDate.ValueString(), m.OverlapDays.ValueInt64())
	case stepDisable:
		return fmt.Sprintf("The previous key %s of %s is due to be disabled: the %d days in which programs change to the current key, %s, have passed.", s.key.ID, user, m.OverlapDays.ValueInt64(), m.CurrentID.ValueString())
	case stepDelete:
		return fmt.Sprintf("The previous key %s of %s is due to be deleted. It can be restored from the recycle bin for about a month.", s.key.ID, user)
	}
	return ""
}
