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

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/mfa"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (d *virtualMFADevice) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[virtualMFADeviceModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[virtualMFADeviceModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	m := deviceCreation{virtualMFADevice: d, model: plan, diags: &resp.Diagnostics}
	if !m.check(ctx) {
		return
	}
	created, ok := m.create(ctx)
	if !ok || !m.setSecrets(ctx, created) {
		return
	}
	// From here on the device and its seed are in the state, even if a later step fails.
	note := bindingOwner{Managed: !config.BindToUser.IsNull()}
	note.save(ctx, resp.Private, m.diags)
	tf.Save(ctx, m.model.identity(), m.model, &resp.State, resp.Identity, m.diags)
	if m.diags.HasError() {
		return
	}
	if m.user.ID != "" {
		if err := mfa.Bind(ctx, d.Instance, m.user, created.SerialNumber, created.Seed); err != nil {
			state := "The device was created and saved with its seed, but it is not bound."
			if ram.OutcomeUnknown(err) {
				state = "The device was created and saved with its seed, but it is not known whether it is bound to " + m.user.Name + "."
				note.UserID = m.user.ID // if the device is bound, this resource bound it
				note.save(ctx, resp.Private, m.diags)
			}
			diagnostics.Report(m.diags, m.operation(state+mfa.ExplainRefusedCodes(d.Instance, err)+taintedDevice), err)
			return
		}
		note.UserID = m.user.ID
		note.save(ctx, resp.Private, m.diags)
	}
	d.confirm(ctx, &m.model, m.user, m.diags)
	tf.Save(ctx, m.model.identity(), m.model, &resp.State, resp.Identity, m.diags)
}

// taintedDevice is appended to the errors of a create that saved the device.
const taintedDevice = "\n\nThe device is tainted: the next apply replaces it. To keep it, run terraform untaint ADDRESS; the next apply then binds it."

// deviceCreation is one create of a device.
type deviceCreation struct {
	*virtualMFADevice
	model   virtualMFADeviceModel
	encrypt func(string) (string, error) // nil: the seed is saved in plain text
	user    ram.User                     // to bind the device to, if any
	serial  string
	diags   *diag.Diagnostics
}

func (m *deviceCreation) operation(state string) diagnostics.Operation {
	return diagnostics.Operation{Name: "create the virtual MFA device", State: state}
}

// check makes every check that is possible before a device is created.
func (m *deviceCreation) check(ctx context.Context) bool {
	f := m.operation("Nothing was created.")
	if m.model.BindToUser.ValueString() != "" && !checkCodes(f, m.diags) {
		return false
	}
	account, ok := m.CheckAccount(ctx, f, "", m.diags)
	if !ok {
		return false
	}
	m.model.AccountID = types.StringValue(account)
	m.serial = "acs:ram::" + account + ":mfa/" + m.model.Name.ValueString()
	m.model.KeyFingerprint = types.StringNull()
	if key := m.model.PGPKey.ValueString(); !m.model.PGPKey.IsNull() {
		recipient, err := pgp.CheckKey(key, m.Client.Now())
		if pgp.ReportKeyError(m.diags, err) {
			return false
		}
		m.encrypt, m.model.KeyFingerprint = recipient.Encrypt, types.StringValue(recipient.Fingerprint)
	}
	if name := m.model.BindToUser.ValueString(); name != "" {
		if m.user, ok = findBindUser(ctx, m.Instance, f, name, m.serial, m.diags); !ok {
			return false
		}
	}
	device, exists, err := mfa.Refresh(ctx, m.Instance, m.serial)
	if diagnostics.Report(m.diags, f, err) {
		return false
	}
	if exists {
		m.reportExists(device, "Nothing was created.")
	}
	return !exists
}

// reportExists reports that the device name is already used.
func (m *deviceCreation) reportExists(device ram.MFADevice, state string) {
	binding := "not bound to a user"
	if device.UserID != "" {
		binding = "bound to the user " + mfa.Owner(device)
	}
	m.diags.AddAttributeError(path.Root("virtual_mfa_device_name"), "Cannot create the virtual MFA device", fmt.Sprintf(
		"The account already has a device with this name: %s, %s. %s\n\nChoose another name. To manage the existing device, import it. Its seed cannot be read again, so the import is without it:\n\n  %s",
		m.serial, binding, state, "terraform import ADDRESS "+m.serial))
}

// findBindUser reads the user to bind a device to, and checks that the user has no other device.
func findBindUser(ctx context.Context, i *instance.Instance, f diagnostics.Operation, name, serial string, diags *diag.Diagnostics) (ram.User, bool) {
	user, err := i.Client.Owner(ctx, name)
	if ram.NotFound(err, "User") {
		diags.AddAttributeError(path.Root("bind_to_user"), "Cannot "+f.Name, fmt.Sprintf(
			"There is no RAM user %q in the account. %s\n\nCreate the user first, for example with ram_user, and reference its name here: the reference gives Terraform the order.\n\n%s", name, f.State, diagnostics.Explain(err)))
		return ram.User{}, false
	}
	if diagnostics.Report(diags, f, err) {
		return ram.User{}, false
	}
	other, has, err := mfa.OtherDevice(ctx, i, user.Name, serial)
	if diagnostics.Report(diags, f, err) {
		return ram.User{}, false
	}
	if has {
		diags.AddAttributeError(path.Root("bind_to_user"), "Cannot "+f.Name, userHasDevice(user.Name, other)+" "+f.State)
		return ram.User{}, false
	}
	user.Name = name // as planned
	return user, true
}

// create creates the device. The unique name resolves a request of unknown outcome:
// a device that did not exist before and now exists unbound is the created one. Its
// seed is lost, so it is deleted and another one is created.
func (m *deviceCreation) create(ctx context.Context) (ram.NewMFADevice, bool) {
	for sent := 1; ; sent++ {
		created, err := m.send(ctx)
		late := sent > 1 && ram.Exists(err) // the first request took effect after all
		switch {
		case err == nil:
			return created, true
		case ram.Exists(err) && !late:
			device, _, _ := mfa.Refresh(ctx, m.Instance, m.serial) // for the details of the message
			m.reportExists(device, "Another client created it after this apply began. It was not changed.")
			return created, false
		case !ram.OutcomeUnknown(err) && !late:
			state := "Nothing was created."
			if sent > 1 {
				state = m.explainUnknown()
			}
			return created, !diagnostics.Report(m.diags, m.operation(state), err)
		}
		state, settling := m.resolveUnknown(ctx, err)
		if diagnostics.Report(m.diags, m.operation(state), settling) {
			return created, false
		}
		if late && state == m.explainUnknown() {
			state = "The service refuses the name because a device with it exists, and does not list the device. It may be the result of a create request that got no response. Its seed is lost. " + m.leftover()
		}
		if sent >= 3 || sent == 2 && !late {
			return created, !diagnostics.Report(m.diags, m.operation(state), err)
		}
	}
}

func (m *deviceCreation) send(ctx context.Context) (ram.NewMFADevice, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C: only this response has the seed
	defer cancel()
	return m.Client.CreateMFADevice(ctx, m.model.Name.ValueString())
}

// resolveUnknown waits for the device of a create without a response, and deletes it,
// because its seed is lost. It returns what exists then.
func (m *deviceCreation) resolveUnknown(ctx context.Context, cause error) (state string, err error) {
	device, appeared, err := m.await(ctx)
	leftover := m.leftover()
	switch {
	case err != nil:
		return "", diagnostics.WithState("The create request got no response, and it is not known whether the device was created: "+diagnostics.Explain(err)+"\n\n"+leftover, cause)
	case !appeared && ctx.Err() != nil:
		return "", diagnostics.WithState("The create request got no response, and the run ended before the service was certain to list the device. "+leftover, cause)
	case !appeared:
		return m.explainUnknown(), nil
	case device.UserID != "":
		return "", diagnostics.WithState(fmt.Sprintf("The create request got no response. A device %s now exists, but it is bound to the user %s, so another client created or bound it. It was not changed and not saved.", m.serial, mfa.Owner(device)), cause)
	}
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C: the clean-up is completed
	defer cancel()
	if err := m.Client.DeleteMFADevice(removing, m.serial); err != nil && !ram.NotFound(err, "VirtualMFADevice") {
		return "", diagnostics.WithState("The create request got no response. The device was created, but its seed is lost, and deleting the device failed: "+diagnostics.Explain(err)+"\n\n"+leftover, cause)
	}
	return "The create request got no response. The device was created, but its seed is lost, so the device was deleted.", nil
}

// leftover explains how to remove a device that no state has.
func (m *deviceCreation) leftover() string {
	return fmt.Sprintf("No state has the device %s. Check whether it exists and is used. If it is not used, delete it and run again:\n\n  aliyun ims DeleteVirtualMFADevice --SerialNumber %[1]s", m.serial)
}

// explainUnknown is what exists after a create request whose outcome stays unknown.
func (m *deviceCreation) explainUnknown() string {
	return "The create request got no response, and it is not known whether the device was created: the service does not list it. " + m.leftover()
}

// await waits for a device that may have been created. After a Ctrl-C it reads once more.
func (m *deviceCreation) await(ctx context.Context) (device ram.MFADevice, appeared bool, err error) {
	appeared, err = mfa.Wait(ctx, m.Instance, m.serial, func(seen ram.MFADevice, found bool) bool {
		device = seen
		return found
	})
	if ctx.Err() == nil {
		return device, appeared, err
	}
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	return mfa.Refresh(looking, m.Instance, m.serial)
}

// setSecrets copies the secrets, which only the create response has, to the model.
func (m *deviceCreation) setSecrets(ctx context.Context, created ram.NewMFADevice) bool {
	m.model.SerialNumber = types.StringValue(created.SerialNumber)
	m.model.clearBinding()
	if m.encrypt == nil {
		m.model.Seed, m.model.QRCode, m.model.EncryptedSeed = types.StringValue(created.Seed), tf.NonEmpty(created.QRCodePNG), types.StringNull()
		return true
	}
	m.model.Seed, m.model.QRCode = types.StringNull(), types.StringNull()
	encrypted, err := m.encrypt(created.Seed)
	if err == nil {
		m.model.EncryptedSeed = types.StringValue(encrypted)
		return true
	}
	// Without its seed the created device cannot be used.
	state := "The device was created, but encrypting its seed failed, so the device was deleted."
	if left := m.Client.DeleteMFADevice(ctx, created.SerialNumber); left != nil && !ram.NotFound(left, "VirtualMFADevice") {
		state = "The device " + created.SerialNumber + " was created, but encrypting its seed failed, and deleting the device failed too: " + diagnostics.Explain(left) + " It is not in the state. Delete it manually."
	}
	diagnostics.Report(m.diags, m.operation(state), err)
	return false
}

// confirm waits until the service shows the device as created. A timeout is only a
// warning: the device and its seed are in the state.
func (d *virtualMFADevice) confirm(ctx context.Context, m *virtualMFADeviceModel, user ram.User, diags *diag.Diagnostics) {
	var device ram.MFADevice
	shown, err := mfa.Wait(ctx, d.Instance, m.SerialNumber.ValueString(), func(seen ram.MFADevice, found bool) bool {
		device = seen
		return found && seen.UserID == user.ID
	})
	if !shown {
		detail := "The service accepted the request, but does not return the change yet. The state has the written values; the next refresh reads the account."
		if err != nil {
			detail = "The service accepted the request, but reading the device failed. The state has the written values; the next refresh reads the account.\n\n" + diagnostics.Explain(err)
		}
		diags.AddWarning("Cannot confirm the virtual MFA device", detail)
	}
	if user.ID != "" {
		m.setBinding(user, device)
	}
	if m.ActivateDate.IsUnknown() {
		m.ActivateDate = types.StringNull()
	}
}

func (d *virtualMFADevice) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[virtualMFADeviceModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[virtualMFADeviceModel](ctx, req.State, &resp.Diagnostics)
	config := tf.Get[virtualMFADeviceModel](ctx, req.Config, &resp.Diagnostics)
	note := readBindingOwner(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if _, ok := d.CheckAccount(ctx, diagnostics.Operation{Name: "update the virtual MFA device", State: "Nothing was changed."}, plan.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	if note == nil {
		note = &bindingOwner{UserID: state.UserID.ValueString()}
	}
	note.Managed = !config.BindToUser.IsNull()
	switch {
	case note.Managed && !plan.BindToUser.Equal(state.BindToUser):
		r := rebinding{virtualMFADevice: d, model: plan, note: note, diags: &resp.Diagnostics}
		r.run(ctx)
		if r.diags.HasError() && !r.changed {
			return
		}
		plan = r.model
	case note.Managed: // the configuration names the user that the device is bound to
		note.UserID = state.UserID.ValueString()
	}
	note.save(ctx, resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// rebinding binds a device to another user, or unbinds it.
type rebinding struct {
	*virtualMFADevice
	model   virtualMFADeviceModel
	note    *bindingOwner
	diags   *diag.Diagnostics
	changed bool // the device was unbound, so the state has to be saved
}

func (r *rebinding) operation(state string) diagnostics.Operation {
	return diagnostics.Operation{Name: "bind the virtual MFA device", State: state}
}

func (r *rebinding) run(ctx context.Context) {
	unlock, err := r.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(r.diags, r.operation("Nothing was changed."), err) {
		return
	}
	defer unlock()
	serial := r.model.SerialNumber.ValueString()
	live, found, err := mfa.Refresh(ctx, r.Instance, serial)
	if diagnostics.Report(r.diags, r.operation("Nothing was changed."), err) {
		return
	}
	if !found {
		r.diags.AddError("Cannot bind the virtual MFA device", fmt.Sprintf(
			"The device %s is not in the account. Nothing was changed.\n\nIf it was deleted, the next plan shows that, and the next apply creates a new device.", serial))
		return
	}
	name := r.model.BindToUser.ValueString()
	if name == "" {
		r.unbind(ctx, live)
		return
	}
	user, err := r.Client.RefreshUser(ctx, name)
	if err == nil && user.ID == live.UserID { // renamed, or already bound
		r.model.setBinding(user, live)
		r.note.UserID = user.ID
		return
	}
	r.bindTo(ctx, live, name)
}

// unbind unbinds the device from its current user.
func (r *rebinding) unbind(ctx context.Context, live ram.MFADevice) bool {
	if live.UserID != "" {
		if refuseFactorLoss(ctx, r.Instance, ram.User{Name: live.UserName}, boundDevice, r.model.AllowLockOut, r.diags); r.diags.HasError() {
			return false
		}
		if diagnostics.Report(r.diags, r.operation("The device may still be bound: the request was to unbind it from the user "+mfa.Owner(live)+"."), mfa.Unbind(ctx, r.Instance, live)) {
			return false
		}
		r.changed = true
	}
	r.model.clearBinding()
	r.note.UserID = ""
	return true
}

// bindTo binds the device to a user other than its current one.
func (r *rebinding) bindTo(ctx context.Context, live ram.MFADevice, name string) {
	user, ok := findBindUser(ctx, r.Instance, r.operation("Nothing was changed."), name, live.SerialNumber, r.diags)
	if !ok {
		return
	}
	seed := r.model.Seed.ValueString()
	if seed == "" {
		r.diags.AddAttributeError(path.Root("bind_to_user"), "Cannot bind the virtual MFA device", fmt.Sprintf(
			"Binding the device to the user %q needs its seed, which is not in the state. Nothing was changed.\n\nTo create a new device with a new seed for this user, plan with -replace.", name))
		return
	}
	if !r.unbind(ctx, live) {
		return
	}
	if err := mfa.Bind(ctx, r.Instance, user, live.SerialNumber, seed); err != nil {
		state := "The device exists, and its seed is in the state, but it is not bound."
		if ram.OutcomeUnknown(err) {
			state = "The device exists, and its seed is in the state, but it is not known whether it is bound to " + user.Name + "."
			r.note.UserID = user.ID // if the device is bound, this resource bound it
		}
		r.changed = true
		diagnostics.Report(r.diags, r.operation(state+mfa.ExplainRefusedCodes(r.Instance, err)+"\n\nThe next apply tries again."), err)
		return
	}
	r.changed = true
	r.note.UserID = user.ID
	r.model.ActivateDate = types.StringUnknown()
	r.confirm(ctx, &r.model, user, r.diags)
}

func (d *virtualMFADevice) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[virtualMFADeviceModel](ctx, req.State, &resp.Diagnostics)
	note := readBindingOwner(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "destroy the virtual MFA device", State: "The device is unchanged."}
	if _, ok := d.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	if note == nil {
		note = &bindingOwner{UserID: state.UserID.ValueString()}
	}
	unlock, err := d.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	if note.UserID != "" && note.UserID == state.UserID.ValueString() {
		if refuseFactorLoss(ctx, d.Instance, state.boundUser(), boundDevice, state.AllowLockOut, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}
	diagnostics.Report(&resp.Diagnostics, f, d.remove(ctx, state.SerialNumber.ValueString(), note.UserID))
}

// remove unbinds the device, deletes it, and waits until it is gone. Each step may
// already be done.
func (d *virtualMFADevice) remove(ctx context.Context, serial, owner string) error {
	var unbound bool
	var conflict error // of the last delete
	deleted, err := d.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		conflict = nil
		device, _, err := mfa.Refresh(ctx, d.Instance, serial)
		if err != nil {
			return false, err
		}
		if device.UserID != "" && device.UserID != owner {
			return false, diagnostics.WithState("It was not changed.", fmt.Errorf("the device is bound to the user %s, but not by this resource, and deleting it would remove that user's second factor. "+
				"Unbind it first, for example by applying bind_to_user = \"\", or remove the resource from the state to keep the device", mfa.Owner(device)))
		}
		if device.UserID != "" {
			if err := mfa.Unbind(ctx, d.Instance, device); err != nil {
				return false, err
			}
			unbound = true
		}
		switch conflict = d.Client.DeleteMFADevice(ctx, serial); {
		case conflict == nil || ram.NotFound(conflict, "VirtualMFADevice"):
			return true, nil
		case ram.Conflict(conflict):
			return false, nil // the service does not yet know that the device is unbound
		}
		return false, conflict
	})
	switch {
	case deleted:
		return d.waitDeleted(ctx, serial)
	case conflict != nil:
		err = conflict
	}
	if !unbound {
		return err
	}
	if ram.Conflict(err) {
		return diagnostics.WithState("The device still exists: after the request to unbind it, the service still counts it as bound. Run again.", err)
	}
	return diagnostics.WithState("The device was unbound, but it still exists. The next apply deletes it.", err)
}

// waitDeleted waits until the service no longer lists a deleted device.
func (d *virtualMFADevice) waitDeleted(ctx context.Context, serial string) error {
	const state = "The service accepted the deletion, but it could not be confirmed. The next apply checks again."
	absent, err := mfa.Wait(ctx, d.Instance, serial, func(_ ram.MFADevice, found bool) bool { return !found })
	switch {
	case err != nil:
		return diagnostics.WithState(state, err)
	case !absent:
		return diagnostics.WithState(state, fmt.Errorf("the device is still listed after %s", instance.ConfirmLimit))
	}
	return nil
}
