// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *rotationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider could not be configured yet, so there is nothing to look at
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
		r.refuseOwn("delete", state, &resp.Diagnostics)
		return
	}
	plan := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !plan.fits(&resp.Diagnostics) || !r.checkPGP(plan, &resp.Diagnostics) {
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
	if r.planSteps(ctx, state, plan, &resp.Diagnostics) || !plan.sameArguments(state) {
		plan.unknown()
	} else {
		plan.current().become(state.current())
		plan.previous().become(state.previous())
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

func (m rotationModel) sameArguments(state rotationModel) bool {
	return m.UserName.Equal(state.UserName) && m.PGPKey.Equal(state.PGPKey) && m.Timeouts.Equal(state.Timeouts) &&
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
	if ram.NotFound(err, "User") { // made in this very run
		return
	}
	if !diagnostics.Report(diags, failedRotation("plan", "Nothing was changed."), err) {
		r.empty(plan, keys, diags)
	}
}

// empty refuses to begin beside keys that another user has made.
func (r *rotationResource) empty(plan rotationModel, keys []ram.AccessKey, diags *diag.Diagnostics) bool {
	if len(keys) == 0 {
		return true
	}
	user := plan.UserName.ValueString()
	describe := &making{accessKeyResource: &accessKeyResource{r.Resource}}
	diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey rotation", fmt.Sprintf(
		"%s has keys already:\n\n%s\n\nNo key was made. A rotation takes both keys that a user can have. To take these over, import them: terraform import ADDRESS %[1]s", user, describe.describe(keys)))
	return false
}

// planSteps says which step is due, and reports whether it can be done. It goes by
// the arguments of the plan and the keys of the state.
func (r *rotationResource) planSteps(ctx context.Context, state, plan rotationModel, diags *diag.Diagnostics) bool {
	f := failedRotation("plan", "Nothing was changed.")
	m := plan
	m.current().become(state.current())
	m.previous().become(state.previous())
	m.UserName = state.UserName
	if m.RotateAfterDays.IsUnknown() || m.OverlapDays.IsUnknown() || m.DeleteAfterDays.IsUnknown() {
		return false
	}
	keys, err := r.Client.AccessKeys(ctx, m.UserName.ValueString())
	if diagnostics.Report(diags, f, err) {
		return false
	}
	step, err := r.step(ctx, &m, keys)
	if diagnostics.Report(diags, f, err) || step.kind == stepNone {
		return false
	}
	if step.blocked != "" {
		diags.AddWarning("The AccessKey rotation cannot go on", fmt.Sprintf("%s It is not done: %s.\n\n%s has:\n\n%s", step.says(&m), step.blocked, m.UserName.ValueString(),
			(&making{accessKeyResource: &accessKeyResource{r.Resource}}).describe(keys)))
		return false
	}
	if step.key.ID != "" && owner.IsOwnKey(r.Instance, step.key.ID) {
		ownKeyRefused(map[stepKind]string{stepDisable: "disable", stepDelete: "delete"}[step.kind], step.key.ID, diags)
		return false
	}
	diags.AddWarning("The AccessKey rotation goes on", step.says(&m)+" Applying does it, and what is due after it by then.")
	return true
}

func (r *rotationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() || !plan.fits(&resp.Diagnostics) || !r.checkPGP(plan, &resp.Diagnostics) {
		return
	}
	f := failedRotation("create", noKeyMade)
	if !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	unlock, err := r.Client.Lock(ctx, "access keys of "+plan.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	keys, err := r.Client.RefreshAccessKeys(ctx, plan.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) || !r.empty(plan, keys, &resp.Diagnostics) {
		return
	}
	plan.current().clear()
	plan.previous().clear()
	if diagnostics.Report(&resp.Diagnostics, f, r.makeKey(ctx, &plan, keys)) {
		return
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	r.awaitKey(ctx, plan, keys, &resp.Diagnostics)
}

// maxSteps is more than can be due at once: to disable and to delete the previous
// key, and to make a new one.
const maxSteps = 4

// Update does what is due by now, step by step, and keeps each in the state before
// the next: so it can break off anywhere, and be done again.
func (r *rotationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	m := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, m.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	f := failedRotation("update", "Nothing was changed.")
	if resp.Diagnostics.HasError() || !m.fits(&resp.Diagnostics) || !r.checkPGP(m, &resp.Diagnostics) || !owner.PrepareUpdate(ctx, r.Instance, f, &m.Object, &resp.Diagnostics) {
		return
	}
	m.current().become(state.current())
	m.previous().become(state.previous())
	unlock, err := r.Client.Lock(ctx, "access keys of "+m.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	for range maxSteps {
		f.State = "What was done before is in the state; what is due is done by the next apply."
		keys, err := r.Client.RefreshAccessKeys(ctx, m.UserName.ValueString())
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		now, err := r.Client.ServerTime(ctx)
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		m.see(keys, now, true)
		tf.Save(ctx, m.Identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
		more, err := r.advance(ctx, &m, keys, &resp.Diagnostics)
		tf.Save(ctx, m.Identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
		if diagnostics.Report(&resp.Diagnostics, f, err) || !more {
			return
		}
	}
}

// advance does the one step that is due; it reports whether there was one.
func (r *rotationResource) advance(ctx context.Context, m *rotationModel, keys []ram.AccessKey, diags *diag.Diagnostics) (bool, error) {
	step, err := r.step(ctx, m, keys)
	if err != nil || step.kind == stepNone || step.blocked != "" {
		return false, err
	}
	if step.key.ID != "" && owner.IsOwnKey(r.Instance, step.key.ID) {
		ownKeyRefused("retire", step.key.ID, diags)
		return false, nil
	}
	switch step.kind {
	case stepNone:
	case stepMake:
		if err := r.makeKey(ctx, m, keys); err != nil {
			return false, err
		}
		return r.awaitKey(ctx, *m, keys, diags), nil
	case stepDisable:
		if err := (&exclusiveResource{r.Resource}).disable(ctx, &m.Object, step.key.ID); err != nil {
			return false, diagnostics.WithState("The previous key may be disabled. The next apply goes on from there.", err)
		}
		m.PreviousStatus = types.StringValue(keyInactive)
	case stepDelete:
		if err := r.discard(ctx, &m.Object, step.key.ID); err != nil {
			return false, diagnostics.WithState("The previous key may be deleted. The next apply goes on from there.", err)
		}
		m.previous().clear()
	}
	return true, nil
}

// discard deletes a key that is disabled, and makes sure that it is gone. It does not
// disable the key once more: that would count as a change of today, from which the
// days until the delete would begin again if this breaks off.
func (r *rotationResource) discard(ctx context.Context, o *owner.Object, id string) error {
	owner := &accessKeyResource{r.Resource}
	missing, err := owner.without(ctx, o, func(name string) error { return r.Client.DeleteAccessKey(ctx, name, id) })
	if err != nil || missing {
		return err
	}
	absent, err := owner.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		keys, err := r.Client.RefreshAccessKeys(ctx, o.UserName.ValueString())
		_, found := keyIn(keys, id)
		return err == nil && !found, err
	})
	if err == nil && !absent {
		err = fmt.Errorf("the service still listed the key after %s. Run again", instance.ListLimit)
	}
	return err
}

// makeKey makes a key as ram_access_key does, with all its care for outcomes that
// are not known, and puts it and its secret into the model.
func (r *rotationResource) makeKey(ctx context.Context, m *rotationModel, before []ram.AccessKey) error {
	maker := &making{accessKeyResource: &accessKeyResource{r.Resource}, before: before}
	maker.plan = accessKeyModel{Object: m.Object, RotateWhenChanged: types.MapNull(types.StringType)}
	maker.resp = r.unsaved(ctx, maker.accessKeyResource)
	made := rotated{new(types.String), new(types.String), new(types.String), new(types.String), new(types.String), new(types.String)}
	var seal func(string) (string, error)
	if !m.PGPKey.IsNull() {
		to, err := pgp.CheckKey(m.PGPKey.ValueString(), r.Client.Now())
		if err != nil {
			return diagnostics.WithState(noKeyMade, err)
		}
		seal, *made.fingerprint = to.Encrypt, types.StringValue(to.Fingerprint)
	}
	key, err := maker.make(ctx)
	if err == nil && seal != nil {
		var sealed string
		if sealed, err = seal(key.Secret); err != nil {
			err = maker.withdraw(ctx, key, "Its secret could not be encrypted, although a trial had succeeded", err)
		}
		*made.encrypted = types.StringValue(sealed)
	}
	if err != nil {
		if lost := maker.plan.AccessKeyID.ValueString(); lost != "" { // it could not be withdrawn, and is in no state
			err = diagnostics.WithState(fmt.Sprintf("The service created the key %s of %s, whose secret is lost, and it could not be deleted again. It is not in the state. Delete it:\n\n%s",
				lost, m.UserName.ValueString(), maker.commands([]ram.AccessKey{{ID: lost}})), err)
		}
		return err
	}
	if seal == nil {
		*made.secret = types.StringValue(key.Secret)
	}
	r.Adopt("access key " + key.ID)
	key.Status = keyActive
	made.show(key)
	if !m.CurrentID.IsNull() {
		m.previous().become(m.current())
	}
	m.current().become(made)
	return nil
}

// unsaved is a response that is not sent: what ram_access_key would leave in the
// state, this resource has in its own.
func (r *rotationResource) unsaved(ctx context.Context, as *accessKeyResource) *resource.CreateResponse {
	var shape resource.SchemaResponse
	var identity resource.IdentitySchemaResponse
	as.Schema(ctx, resource.SchemaRequest{}, &shape)
	as.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
	return &resource.CreateResponse{
		State:    tfsdk.State{Schema: shape.Schema, Raw: tf.Null(ctx, shape.Schema.Type())},
		Identity: &tfsdk.ResourceIdentity{Schema: identity.IdentitySchema, Raw: tf.Null(ctx, identity.IdentitySchema.Type())},
	}
}

// awaitKey waits until the new key is listed, and describes keys that came up beside
// it. Without that nothing more is done: what comes next goes by the list.
func (r *rotationResource) awaitKey(ctx context.Context, m rotationModel, before []ram.AccessKey, diags *diag.Diagnostics) bool {
	as := accessKeyModel{Object: m.Object, AccessKeyID: m.CurrentID, Status: m.CurrentStatus}
	made := &making{accessKeyResource: &accessKeyResource{r.Resource}, plan: as, before: before, resp: &resource.CreateResponse{}}
	keys, seen := made.appear(ctx, as, diags)
	made.warnConcurrentKeys(made.added(keys))
	diags.Append(made.resp.Diagnostics...)
	return seen
}
