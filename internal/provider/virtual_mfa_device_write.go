// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
	m := deviceMaking{virtualMFADevice: d, model: plan, diags: &resp.Diagnostics}
	if !m.check(ctx) {
		return
	}
	made, ok := m.make(ctx)
	if !ok || !m.keep(ctx, made) {
		return
	}
	// From here on the device and its seed are in the state, whatever happens.
	note := bindingOwner{Managed: !config.BindToUser.IsNull()}
	note.keep(ctx, resp.Private, m.diags)
	tf.Save(ctx, m.model.identity(), m.model, &resp.State, resp.Identity, m.diags)
	if m.diags.HasError() {
		return
	}
	if m.user.ID != "" {
		if err := mfa.Bind(ctx, d.Instance, m.user, made.SerialNumber, made.Seed); err != nil {
			now := "The device exists, and is in the state with its seed, but it is not bound."
			if ram.OutcomeUnknown(err) {
				now = "The device exists, and is in the state with its seed, but it is not known whether it is bound to " + m.user.Name + "."
				note.UserID = m.user.ID // if it is, this did it
				note.keep(ctx, resp.Private, m.diags)
			}
			diagnostics.Report(m.diags, m.failed(now+mfa.ExplainRefusedCodes(d.Instance, err)+taintedDevice), err)
			return
		}
		note.UserID = m.user.ID
		note.keep(ctx, resp.Private, m.diags)
	}
	d.confirm(ctx, &m.model, m.user, m.diags)
	tf.Save(ctx, m.model.identity(), m.model, &resp.State, resp.Identity, m.diags)
}

// taintedDevice says what a failed create leads to.
const taintedDevice = "\n\nIt is marked as tainted: the next apply replaces it, unless you keep it with terraform untaint ADDRESS; the next apply then binds it."

// deviceMaking is one create of a device.
type deviceMaking struct {
	*virtualMFADevice
	model  virtualMFADeviceModel
	seal   *pgp.Recipient // nil: the seed is kept in clear
	user   ram.User       // to bind the device to, if any
	serial string
	diags  *diag.Diagnostics
}

func (m *deviceMaking) failed(now string) diagnostics.Operation {
	return diagnostics.Operation{Name: "create the virtual MFA device", State: now}
}

// check finds out everything that can be found out before a device is made.
func (m *deviceMaking) check(ctx context.Context) bool {
	f := m.failed("Nothing was made.")
	account, ok := m.CheckAccount(ctx, f, "", m.diags)
	if !ok {
		return false
	}
	m.model.AccountID = types.StringValue(account)
	m.serial = "acs:ram::" + account + ":mfa/" + m.model.Name.ValueString()
	if key := m.model.PGPKey.ValueString(); !m.model.PGPKey.IsNull() {
		seal, err := pgp.CheckKey(key, m.Client.Now())
		if pgp.ReportKeyError(m.diags, err) {
			return false
		}
		m.seal = &seal
	}
	if name := m.model.BindToUser.ValueString(); name != "" {
		if m.user, ok = candidate(ctx, m.Instance, f, name, m.serial, m.diags); !ok {
			return false
		}
	}
	device, exists, err := mfa.Refresh(ctx, m.Instance, m.serial)
	if diagnostics.Report(m.diags, f, err) {
		return false
	}
	if exists {
		m.exists(device, "Nothing was made.")
	}
	return !exists
}

// exists says that the name is taken.
func (m *deviceMaking) exists(device ram.MFADevice, now string) {
	owner := "no user"
	if device.UserID != "" {
		owner = mfa.Owner(device)
	}
	m.diags.AddAttributeError(path.Root("virtual_mfa_device_name"), "Cannot create the virtual MFA device", fmt.Sprintf(
		"The account has a device of this name already: %s, bound to %s. %s\n\nGive another name. Or, to manage that device, import it, without its seed, which cannot be read again:\n\n  %s",
		m.serial, owner, now, "terraform import ADDRESS "+m.serial))
}

// candidate finds the user to bind a device to, who must not have another one.
func candidate(ctx context.Context, i *instance.Instance, f diagnostics.Operation, name, serial string, diags *diag.Diagnostics) (ram.User, bool) {
	user, err := i.Client.User(ctx, name)
	if ram.NotFound(err, "User") {
		diags.AddAttributeError(path.Root("bind_to_user"), "Cannot "+f.Name, fmt.Sprintf(
			"There is no RAM user %q in the account. %s\n\nCreate the user first, for example with ram_user, and refer to its name, so that Terraform knows the order.\n\n%s", name, f.State, diagnostics.Explain(err)))
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
	user.Name = name // as the plan has it
	return user, true
}

// userHasDevice says that a user has a device already.
func userHasDevice(userName string, mfa ram.UserMFA) string {
	which := mfa.SerialNumber
	if which == "" {
		which = "of type " + mfa.Type
	}
	return fmt.Sprintf("The user %q has an MFA device already, %s, and a user has one at most. Take that one off the user first, or import it.", userName, which)
}

// make makes the device. What became of a call that was not answered is settled
// by the name, which is unique: a device that was not there before, and is there
// and not bound after, is ours. Its seed is lost, so it is deleted, and
// another one made.
func (m *deviceMaking) make(ctx context.Context) (ram.NewMFADevice, bool) {
	for sent := 1; ; sent++ {
		made, err := m.send(ctx)
		late := sent > 1 && ram.Exists(err) // the first call took effect after all
		switch {
		case err == nil:
			return made, true
		case ram.Exists(err) && !late:
			device, _, _ := mfa.Refresh(ctx, m.Instance, m.serial) // only to say more
			m.exists(device, "It was created outside of Terraform since this apply began, and was not changed.")
			return made, false
		case !ram.OutcomeUnknown(err) && !late:
			return made, !diagnostics.Report(m.diags, m.failed("Nothing was made."), err)
		}
		now, settling := m.settle(ctx, err)
		if diagnostics.Report(m.diags, m.failed(now), settling) {
			return made, false
		}
		if sent >= 3 || sent == 2 && !late {
			return made, !diagnostics.Report(m.diags, m.failed(now), err)
		}
	}
}

func (m *deviceMaking) send(ctx context.Context) (ram.NewMFADevice, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C: only this response contains the seed
	defer cancel()
	return m.Client.CreateMFADevice(ctx, m.model.Name.ValueString())
}

// settle finds out what became of a create that was not answered, and removes what
// it left. It says what exists then.
func (m *deviceMaking) settle(ctx context.Context, cause error) (now string, err error) {
	device, appeared, err := m.await(ctx)
	leftover := fmt.Sprintf("A device %s is in no state. If it exists, ask the administrators whether it is needed; if not, delete it, and run again:\n\n  aliyun ims DeleteVirtualMFADevice --SerialNumber %[1]s", m.serial)
	switch {
	case err != nil:
		return "", diagnostics.WithState("The create was not answered, and it is not known whether the device was made: "+diagnostics.Explain(err)+"\n\n"+leftover, cause)
	case !appeared && ctx.Err() != nil:
		return "", diagnostics.WithState("The create was not answered, and the run ended before the device would have been listed for certain. "+leftover, cause)
	case !appeared:
		return "The create was not answered, and no device was made, as far as that can be told.", nil
	case device.UserID != "":
		return "", diagnostics.WithState(fmt.Sprintf("The create was not answered. A device %s came up, but it is bound to the user %s, so it was created or bound outside of Terraform. It was not changed, and is in no state.", m.serial, mfa.Owner(device)), cause)
	}
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // what was begun is ended
	defer cancel()
	if err := m.Client.DeleteMFADevice(removing, m.serial); err != nil && !ram.NotFound(err, "VirtualMFADevice") {
		return "", diagnostics.WithState("The create was not answered. The device was made, but its seed is lost, and it could not be deleted: "+diagnostics.Explain(err)+"\n\n"+leftover, cause)
	}
	return "The create was not answered. The device was made, but its seed is lost, so it was deleted again.", nil
}

// await waits for a device that may have been made. After a Ctrl-C it looks once more.
func (m *deviceMaking) await(ctx context.Context) (device ram.MFADevice, appeared bool, err error) {
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

// keep puts what the service told only once into the model.
func (m *deviceMaking) keep(ctx context.Context, made ram.NewMFADevice) bool {
	m.model.SerialNumber = types.StringValue(made.SerialNumber)
	m.model.loose()
	if m.seal == nil {
		m.model.Seed, m.model.QRCode = types.StringValue(made.Seed), tf.NonEmpty(made.QRCodePNG)
		m.model.EncryptedSeed, m.model.KeyFingerprint = types.StringNull(), types.StringNull()
		return true
	}
	m.model.Seed, m.model.QRCode = types.StringNull(), types.StringNull()
	sealed, err := m.seal.Encrypt(made.Seed)
	if err == nil {
		m.model.EncryptedSeed, m.model.KeyFingerprint = types.StringValue(sealed), types.StringValue(m.seal.Fingerprint)
		return true
	}
	// The device that the service has just answered to us is of no use without its seed.
	now := "The device was made, but its seed could not be encrypted, so it was deleted again."
	if left := m.Client.DeleteMFADevice(ctx, made.SerialNumber); left != nil && !ram.NotFound(left, "VirtualMFADevice") {
		now = "The device " + made.SerialNumber + " was made, but its seed could not be encrypted, and it could not be deleted either: " + diagnostics.Explain(left) + " It is in no state. Delete it by hand."
	}
	diagnostics.Report(m.diags, m.failed(now), err)
	return false
}

// confirm waits until the service shows the device as it was made. That it does
// not is a warning: the device and its seed are in the state.
func (d *virtualMFADevice) confirm(ctx context.Context, m *virtualMFADeviceModel, user ram.User, diags *diag.Diagnostics) {
	var device ram.MFADevice
	shown, err := mfa.Wait(ctx, d.Instance, m.SerialNumber.ValueString(), func(seen ram.MFADevice, found bool) bool {
		device = seen
		return found && seen.UserID == user.ID
	})
	if !shown {
		detail := "The service took the request, but does not show it yet. The state shows what was written; the next refresh shows what the account has."
		if err != nil {
			detail = "The service took the request, but reading it back failed. The state shows what was written; the next refresh shows what the account has.\n\n" + diagnostics.Explain(err)
		}
		diags.AddWarning("Cannot confirm the virtual MFA device", detail)
	}
	if user.ID != "" {
		m.bound(user, device)
	}
	if m.ActivateDate.IsUnknown() {
		m.ActivateDate = types.StringNull()
	}
}

func (d *virtualMFADevice) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[virtualMFADeviceModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[virtualMFADeviceModel](ctx, req.State, &resp.Diagnostics)
	config := tf.Get[virtualMFADeviceModel](ctx, req.Config, &resp.Diagnostics)
	note := bindingOwnerIn(ctx, req.Private, &resp.Diagnostics)
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
		if r.diags.HasError() && !r.touched {
			return
		}
		plan = r.model
	case note.Managed: // the configuration says that it belongs to whom it is bound to
		note.UserID = state.UserID.ValueString()
	}
	note.keep(ctx, resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// rebinding is one change of who has a device.
type rebinding struct {
	*virtualMFADevice
	model   virtualMFADeviceModel
	note    *bindingOwner
	diags   *diag.Diagnostics
	touched bool // the device was unbound, so the state has to say so
}

func (r *rebinding) failed(now string) diagnostics.Operation {
	return diagnostics.Operation{Name: "bind the virtual MFA device", State: now}
}

func (r *rebinding) run(ctx context.Context) {
	serial := r.model.SerialNumber.ValueString()
	live, found, err := mfa.Refresh(ctx, r.Instance, serial)
	if diagnostics.Report(r.diags, r.failed("Nothing was changed."), err) {
		return
	}
	if !found {
		r.diags.AddError("Cannot bind the virtual MFA device", fmt.Sprintf(
			"The device %s is not in the account. Nothing was changed.\n\nIf it was deleted, the next plan shows that, and an apply then creates a new device.", serial))
		return
	}
	name := r.model.BindToUser.ValueString()
	if name == "" {
		r.free(ctx, live)
		return
	}
	user, err := r.Client.RefreshUser(ctx, name)
	if err == nil && user.ID == live.UserID { // renamed, or bound meanwhile
		r.model.bound(user, live)
		r.note.UserID = user.ID
		return
	}
	r.give(ctx, live, name)
}

// free takes the device off whoever has it.
func (r *rebinding) free(ctx context.Context, live ram.MFADevice) bool {
	if live.UserID != "" {
		if diagnostics.Report(r.diags, r.failed("Nothing is known to have changed: the device was to be taken off the user "+mfa.Owner(live)+"."), mfa.Unbind(ctx, r.Instance, live)) {
			return false
		}
		r.touched = true
	}
	r.model.loose()
	r.note.UserID = ""
	return true
}

// give binds the device to another user than the one who has it.
func (r *rebinding) give(ctx context.Context, live ram.MFADevice, name string) {
	user, ok := candidate(ctx, r.Instance, r.failed("Nothing was changed."), name, live.SerialNumber, r.diags)
	if !ok {
		return
	}
	seed := r.model.Seed.ValueString()
	if seed == "" {
		r.diags.AddAttributeError(path.Root("bind_to_user"), "Cannot bind the virtual MFA device", fmt.Sprintf(
			"The user %q is another one than has the device, and to bind it takes the seed, which is not in the state. Nothing was changed.\n\nTo make a new device with a new seed for this user, plan with -replace.", name))
		return
	}
	if !r.free(ctx, live) {
		return
	}
	if err := mfa.Bind(ctx, r.Instance, user, live.SerialNumber, seed); err != nil {
		now := "The device exists, and its seed is in the state, but it is not bound."
		if ram.OutcomeUnknown(err) {
			now = "The device exists, and its seed is in the state, but it is not known whether it is bound to " + user.Name + "."
			r.note.UserID = user.ID // if it is, this did it
		}
		r.touched = true
		diagnostics.Report(r.diags, r.failed(now+mfa.ExplainRefusedCodes(r.Instance, err)+"\n\nThe next apply tries again."), err)
		return
	}
	r.touched = true
	r.note.UserID = user.ID
	r.model.ActivateDate = types.StringUnknown()
	r.confirm(ctx, &r.model, user, r.diags)
}

func (d *virtualMFADevice) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[virtualMFADeviceModel](ctx, req.State, &resp.Diagnostics)
	note := bindingOwnerIn(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "destroy the virtual MFA device", State: "The device is as it was."}
	if _, ok := d.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	if note == nil {
		note = &bindingOwner{UserID: state.UserID.ValueString()}
	}
	diagnostics.Report(&resp.Diagnostics, f, d.remove(ctx, state.SerialNumber.ValueString(), note.UserID))
}

// remove takes the device off its user, deletes it, and sees that it is gone. Each
// part may have been done before.
func (d *virtualMFADevice) remove(ctx context.Context, serial, owner string) error {
	start := d.Client.Now()
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		device, _, err := mfa.Refresh(ctx, d.Instance, serial)
		if err != nil {
			return err
		}
		if device.UserID != "" && device.UserID != owner {
			return diagnostics.WithState("It was left alone.", fmt.Errorf("the device is bound to the user %s, which this resource did not do, and to delete it would take that user's second factor away. "+
				"Unbind it first, for example by applying bind_to_user = \"\", or take the resource out of the state to keep the device", mfa.Owner(device)))
		}
		unbound := false
		if device.UserID != "" {
			if err := mfa.Unbind(ctx, d.Instance, device); err != nil {
				return err
			}
			unbound = true
		}
		err = d.Client.DeleteMFADevice(ctx, serial)
		switch {
		case err == nil || ram.NotFound(err, "VirtualMFADevice"):
			return d.waitDeleted(ctx, serial)
		case !ram.Conflict(err) || d.Client.Now().Sub(start) >= instance.ConfirmLimit:
			return keptBecause(unbound, err)
		}
		if paused := d.Client.Pause(ctx, wait); paused != nil {
			return keptBecause(unbound, err)
		}
	}
}

func keptBecause(unbound bool, err error) error {
	if !unbound {
		return err
	}
	return diagnostics.WithState("The device was taken off its user, but it is still there. The next apply deletes it.", err)
}

// waitDeleted waits until a deleted device is gone.
func (d *virtualMFADevice) waitDeleted(ctx context.Context, serial string) error {
	const now = "The service took the deletion, but that the device is gone could not be seen. The next apply looks again."
	absent, err := mfa.Wait(ctx, d.Instance, serial, func(_ ram.MFADevice, found bool) bool { return !found })
	switch {
	case err != nil:
		return diagnostics.WithState(now, err)
	case !absent:
		return diagnostics.WithState(now, fmt.Errorf("the device is still listed after %s", instance.ConfirmLimit))
	}
	return nil
}
