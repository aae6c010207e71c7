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
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (d *virtualMFADevice) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if d.Instance == nil {
		return // the provider could not be configured yet, so nothing can be checked
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	p := devicePlanning{virtualMFADevice: d, diags: &resp.Diagnostics}
	if !req.State.Raw.IsNull() {
		p.state = tf.Get[virtualMFADeviceModel](ctx, req.State, p.diags)
		p.note = readBindingOwner(ctx, req.Private, p.diags)
	}
	if req.Plan.Raw.IsNull() {
		p.destroy(ctx)
		return
	}
	p.config = tf.Get[virtualMFADeviceModel](ctx, req.Config, p.diags)
	p.plan = tf.Get[virtualMFADeviceModel](ctx, req.Plan, p.diags)
	if p.diags.HasError() || !p.checkKey() {
		return
	}
	if req.State.Raw.IsNull() {
		p.create()
	} else {
		p.update(ctx)
		if !p.plan.Name.Equal(p.state.Name) { // the old device is unbound before the new one is bound
			p.warnLoss(ctx, "")
		}
	}
	if p.replaces {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("bind_to_user"))
	}
	tf.Set(ctx, p.plan, &resp.Plan, &resp.Diagnostics)
}

// devicePlanning is one plan of a device.
type devicePlanning struct {
	*virtualMFADevice
	state, config, plan virtualMFADeviceModel
	note                *bindingOwner
	replaces            bool
	diags               *diag.Diagnostics
}

// checkKey tries the PGP key, if it is known and new.
func (p *devicePlanning) checkKey() bool {
	key := p.plan.PGPKey
	if key.IsNull() || key.IsUnknown() || key.Equal(p.state.PGPKey) {
		return true
	}
	_, err := pgp.CheckKey(key.ValueString(), p.Client.Now())
	return !pgp.ReportKeyError(p.diags, err)
}

// create plans which of the secrets there will be, and in which form.
func (p *devicePlanning) create() {
	if p.config.BindToUser.ValueString() != "" && !checkCodes(planDevice, p.diags) {
		return
	}
	switch {
	case p.plan.PGPKey.IsUnknown():
	case p.plan.PGPKey.IsNull():
		p.plan.EncryptedSeed, p.plan.KeyFingerprint = types.StringNull(), types.StringNull()
	default:
		p.plan.Seed, p.plan.QRCode = types.StringNull(), types.StringNull()
	}
	if p.config.BindToUser.IsNull() || !p.config.BindToUser.IsUnknown() && p.config.BindToUser.ValueString() == "" {
		p.plan.clearBinding()
	}
}

// update decides what becomes of the binding.
func (p *devicePlanning) update(ctx context.Context) {
	p.plan.UserID, p.plan.ActivateDate = p.state.UserID, p.state.ActivateDate
	switch name := p.config.BindToUser; {
	case name.IsNull():
		p.plan.BindToUser = p.state.BindToUser
		if p.note != nil && p.note.Managed {
			p.diags.AddAttributeWarning(path.Root("bind_to_user"), "The binding of the virtual MFA device is no longer managed", fmt.Sprintf(
				"The configuration no longer sets bind_to_user. The device stays %s; a change outside of Terraform is shown but not reverted. To unbind it, set bind_to_user = \"\". "+
					"This warning disappears with the next applied change of the resource.", describeBinding(p.state)))
		}
	case name.Equal(p.state.BindToUser):
	case name.IsUnknown():
		p.plan.UserID, p.plan.ActivateDate = types.StringUnknown(), types.StringUnknown()
	case name.ValueString() == "":
		p.plan.clearBinding()
		p.warnLoss(ctx, "")
	default:
		p.rebind(ctx, name.ValueString())
	}
}

var planDevice = diagnostics.Operation{Name: "plan the virtual MFA device", State: "Nothing was changed."}

// rebind decides what another name means: the same user renamed, or another user.
func (p *devicePlanning) rebind(ctx context.Context, name string) {
	f := planDevice
	if !checkCodes(f, p.diags) {
		return
	}
	if _, ok := p.CheckAccount(ctx, f, p.state.AccountID.ValueString(), p.diags); !ok {
		return
	}
	user, err := p.Client.Owner(ctx, name)
	if ram.NotFound(err, "User") { // created or renamed in this run: the apply checks it
		p.plan.UserID, p.plan.ActivateDate = types.StringUnknown(), types.StringUnknown()
		return
	}
	if diagnostics.Report(p.diags, f, err) || user.ID == p.state.UserID.ValueString() {
		return
	}
	p.plan.UserID, p.plan.ActivateDate = types.StringValue(user.ID), types.StringUnknown()
	if p.state.Seed.ValueString() == "" {
		p.replaces = true
		diagnostics.ObjectRemoved.WarnAt(p.diags, path.Root("bind_to_user"), "The virtual MFA device is replaced", fmt.Sprintf(
			"To bind the device to %q, the provider needs its seed, which is not in the state: the device was imported, or its seed is encrypted. The apply deletes the device and creates another one with another seed. The entry in the user's authenticator app becomes invalid.", name))
	}
	p.warnLoss(ctx, name)
}

// warnLoss reports who is without a second factor after the plan.
func (p *devicePlanning) warnLoss(ctx context.Context, next string) {
	owner := p.state.BindToUser.ValueString()
	if owner == "" || owner == next {
		return
	}
	diagnostics.ObjectRemoved.WarnAt(p.diags, path.Root("bind_to_user"), "A user loses the MFA device", fmt.Sprintf(
		"The apply unbinds the device from the user %q, %s", owner, withoutFactor))
	refuseFactorLoss(ctx, p.Instance, p.state.boundUser(), boundDevice, p.plan.AllowLockOut, p.diags)
}

// destroy reports who is without a second factor after the plan, or why it will fail.
func (p *devicePlanning) destroy(ctx context.Context) {
	if p.state.BindToUser.ValueString() == "" {
		return
	}
	if p.note != nil && p.note.UserID != p.state.UserID.ValueString() {
		p.diags.AddWarning("The virtual MFA device is bound to another user", fmt.Sprintf(
			"The device is %s, but not by this resource. A destroy fails and does not change the device while this is the case.", describeBinding(p.state)))
		return
	}
	diagnostics.ObjectRemoved.Warn(p.diags, "A user loses the MFA device", fmt.Sprintf(
		"Destroying the device unbinds it from the user %q, %s", p.state.BindToUser.ValueString(), withoutFactor))
	refuseFactorLoss(ctx, p.Instance, p.state.boundUser(), boundDevice, p.state.AllowLockOut, p.diags)
}

// whose reports to whom a device is bound.
func describeBinding(m virtualMFADeviceModel) string {
	if m.BindToUser.ValueString() == "" {
		return "not bound"
	}
	return fmt.Sprintf("bound to the user %q", m.BindToUser.ValueString())
}
