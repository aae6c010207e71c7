// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/mfa"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*unbindMFA)(nil)
	_ action.ActionWithModifyPlan = (*unbindMFA)(nil)
)

// unbindMFA takes the virtual MFA device off a user.
type unbindMFA struct{ actsOnInstance }

type unbindMFAModel struct {
	userInvocation

	SerialNumber types.String `tfsdk:"serial_number"`
	DeleteDevice types.Bool   `tfsdk:"delete_device"`
	AllowLockOut types.Bool   `tfsdk:"allow_lock_out"`
}

func (a *unbindMFA) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_unbind_mfa"
}

func (a *unbindMFA) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Unbinds the virtual MFA device of a RAM user, for example after the loss of a phone, and waits until the service shows the change. " +
			"**From then on, the password is sufficient to log on to the console, and whoever logs on first can bind another device.** If others may know the password, run `ram_disable_console_logon` first, " +
			"and set a new password before you enable console logon again.\n\n" +
			"For a user without a device, the action does nothing. It cannot unbind a hardware key; use the console for that. " +
			"A `ram_virtual_mfa_device` with `bind_to_user`, or a `ram_mfa_binding`, plans to bind the device again. Change the configuration first.",
		Attributes: userInvocationAttributes(ctx, map[string]schema.Attribute{
			"serial_number": schema.StringAttribute{
				Optional: true, Validators: []validator.String{serialForm.Validator("must be a serial number such as acs:ram::1234567890123456:mfa/alice")},
				MarkdownDescription: "The serial number of the device. If the user has another device, the action fails and changes nothing. With `delete_device`, a device that is already unbound is still deleted.",
			},
			"delete_device": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to delete the device as well, so that it cannot be bound again with the seed on the lost phone. The default is `false`: the unbound device stays in the account.",
			},
			"allow_lock_out": actionLockOut("device"),
		}),
	}
}

var failedUnbind = failedAction("unbind the MFA device")

func (a *unbindMFA) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[unbindMFAModel](ctx, req.Config, &resp.Diagnostics)
	user, ok := a.planUser(ctx, failedUnbind, m.userInvocation, &resp.Diagnostics)
	if !ok || m.AllowLockOut.IsUnknown() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	refuseFactorLoss(ctx, a.Instance, user, boundDevice, m.AllowLockOut, &resp.Diagnostics)
}

func (a *unbindMFA) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[unbindMFAModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	user, ok := a.subject(ctx, failedUnbind, m.userInvocation, &resp.Diagnostics)
	if !ok || !a.refuseOwnUser(ctx, failedUnbind, user, &resp.Diagnostics) {
		return
	}
	report := progressOf(resp)
	serial, ok := a.unbindDevice(ctx, user, m, report, &resp.Diagnostics)
	if ok && serial != "" && m.DeleteDevice.ValueBool() {
		a.destroy(ctx, user, serial, report, &resp.Diagnostics)
	}
}

// unbindDevice unbinds the user's device, if it is the one that the invocation names or if it names none. It returns the device that
// is free now, if there is one.
func (a *unbindMFA) unbindDevice(ctx context.Context, user ram.User, m unbindMFAModel, report progress, diags *diag.Diagnostics) (serial string, ok bool) {
	f, want := failedUnbind, m.SerialNumber.ValueString()
	unlock, err := a.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(diags, f, err) {
		return "", false
	}
	defer unlock()
	userMFA, err := a.Client.UserMFA(ctx, user.Name)
	if diagnostics.Report(diags, f, err) {
		return "", false
	}
	switch {
	case !userMFA.Enabled:
		report("The user %q has no MFA device. There is nothing to unbind.", user.Name)
		return want, true
	case !serialForm.MatchString(userMFA.SerialNumber):
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"The user %q has no virtual MFA device, but another one (%s %s). %s\n\nThis action unbinds virtual devices only. Unbind the other device in the console.", user.Name, userMFA.Type, userMFA.SerialNumber, f.State))
		return "", false
	case want != "" && want != userMFA.SerialNumber:
		diags.AddAttributeError(path.Root("serial_number"), "Cannot "+f.Name, fmt.Sprintf(
			"The user %q has the MFA device %s, not %s. %s\n\nSet the serial number of that device, or omit serial_number to unbind the device of the user.", user.Name, userMFA.SerialNumber, want, f.State))
		return "", false
	}
	if refuseFactorLoss(ctx, a.Instance, user, boundDevice, m.AllowLockOut, diags); diags.HasError() {
		return "", false
	}
	report("Unbinding the MFA device %s from %q.", userMFA.SerialNumber, user.Name)
	if err := mfa.Unbind(ctx, a.Instance, ram.MFADevice{SerialNumber: userMFA.SerialNumber, UserName: user.Name}); err != nil {
		f.State = afterRequest(err, "The device is still bound.", "It is unknown whether the device is bound.")
		diagnostics.Report(diags, f, err)
		return "", false
	}
	free, err := mfa.Wait(ctx, a.Instance, userMFA.SerialNumber, func(d ram.MFADevice, found bool) bool { return !found || d.UserID != user.ID })
	if err == nil && !free {
		err = fmt.Errorf("the service still listed the device as bound after %s", instance.ConfirmLimit)
	}
	if diagnostics.Report(diags, diagnostics.Operation{Name: f.Name, State: "The service accepted the request, but it is not certain that the device is unbound. " + runAgain}, err) {
		return "", false
	}
	report("The MFA device %s is unbound.", userMFA.SerialNumber)
	return userMFA.SerialNumber, true
}

// destroy deletes a device that is not bound. One that does not exist is no error.
func (a *unbindMFA) destroy(ctx context.Context, user ram.User, serial string, report progress, diags *diag.Diagnostics) {
	f := diagnostics.Operation{Name: "delete the MFA device", State: fmt.Sprintf("The MFA device %[2]s is unbound from %[1]q, and not deleted yet. To continue, set serial_number to the device and run the same command again; every step can be repeated.", user.Name, serial)}
	device, found, err := mfa.Refresh(ctx, a.Instance, serial)
	switch {
	case diagnostics.Report(diags, f, err):
		return
	case !found:
		report("The MFA device %s is already deleted.", serial)
		return
	case device.UserID != "" && device.UserID != user.ID:
		diags.AddAttributeError(path.Root("serial_number"), "Cannot "+f.Name, fmt.Sprintf("The MFA device %s belongs to the user %s. It still exists and was not changed.", serial, mfa.Owner(device)))
		return
	}
	report("Deleting the MFA device %s.", serial)
	// What was just unbound may count as bound for a moment.
	deleted, err := a.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		err := a.Client.DeleteMFADevice(ctx, serial)
		if ram.Conflict(err) {
			return false, nil
		}
		return err == nil || ram.NotFound(err, "VirtualMFADevice"), ram.IgnoreNotFound(err, "VirtualMFADevice")
	})
	if err == nil && !deleted {
		err = fmt.Errorf("for %s, the service refused to delete the device because it is bound", instance.ConfirmLimit)
	}
	if ram.OutcomeUnknown(err) {
		f.State = fmt.Sprintf("The MFA device %[2]s is unbound from %[1]q. It is unknown whether it is deleted. To continue, set serial_number to the device and run the same command again; every step can be repeated.", user.Name, serial)
	}
	if diagnostics.Report(diags, f, err) {
		return
	}
	absent, err := mfa.Wait(ctx, a.Instance, serial, func(_ ram.MFADevice, found bool) bool { return !found })
	if err == nil && !absent {
		err = fmt.Errorf("the service accepted the request, but still listed the device after %s", instance.ConfirmLimit)
	}
	if !diagnostics.Report(diags, f, err) {
		report("The MFA device %s is deleted.", serial)
	}
}
