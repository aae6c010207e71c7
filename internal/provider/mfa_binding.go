// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/mfa"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure      = (*mfaBinding)(nil)
	_ resource.ResourceWithIdentity       = (*mfaBinding)(nil)
	_ resource.ResourceWithImportState    = (*mfaBinding)(nil)
	_ resource.ResourceWithModifyPlan     = (*mfaBinding)(nil)
	_ resource.ResourceWithValidateConfig = (*mfaBinding)(nil)
	_ list.ListResourceWithConfigure      = (*mfaBinding)(nil)
)

func newMFABinding() *mfaBinding { return &mfaBinding{} }

// mfaBinding is that a user has a virtual MFA device which exists by itself.
type mfaBinding struct{ instance.Resource }

type mfaBindingModel struct {
	owner.Object

	SerialNumber  types.String `tfsdk:"serial_number"`
	SeedWO        types.String `tfsdk:"seed_wo"`
	SeedWOVersion types.Int64  `tfsdk:"seed_wo_version"`
	ActivateDate  types.String `tfsdk:"activate_date"`
	AllowLockOut  types.Bool   `tfsdk:"allow_lock_out"`
}

// show copies the device of the user to the model. The seed is never in the state.
func (m *mfaBindingModel) show(device ram.MFADevice) {
	m.UserName, m.UserID = types.StringValue(device.UserName), types.StringValue(device.UserID)
	m.SerialNumber, m.ActivateDate = types.StringValue(device.SerialNumber), tf.Timestamp(device.ActivateDate)
	m.SeedWO = types.StringNull()
}

func (b *mfaBinding) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_mfa_binding"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

func (b *mfaBinding) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Binds an existing virtual MFA device to a RAM user. It takes the seed instead of two codes, which would expire before a plan is approved: the provider computes the codes by the service's clock. " +
			"**The seed is write-only: neither plans nor the state contain it.** If the state contains the seed of the device anyway, `bind_to_user` of `ram_virtual_mfa_device` is simpler. Use only one of the two for a device.\n\n" +
			"Destroying the binding does not delete the device. The user then logs on without a second factor. If the account or the login profile requires one and users may not manage their MFA devices, the user can no longer log on to the console. " +
			"Bind the device before you require MFA, and stop requiring MFA before you unbind it. Use `depends_on` where references do not imply this order.",
		Attributes: owner.Attributes(ctx, map[string]schema.Attribute{
			"serial_number": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{serialForm.Validator("must be a serial number such as acs:ram::1234567890123456:mfa/alice")},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The serial number of the device. A change unbinds the old device and binds the new one.",
			},
			"seed_wo": schema.StringAttribute{
				Optional: true, WriteOnly: true, Sensitive: true,
				Validators:          []validator.String{mfa.CodesValidator{}, stringvalidator.AlsoRequires(path.MatchRoot("seed_wo_version"))},
				MarkdownDescription: "The seed of the device in Base32. It is write-only: the provider does not send or store it, and only uses it to compute the two codes that bind the device. It is required to bind, but not after an import.",
			},
			"seed_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "The version of `seed_wo`, because Terraform cannot detect a change of a write-only value. The seed of a device never changes, so a new version alone is only recorded.",
			},
			"activate_date": schema.StringAttribute{
				Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "When the device was bound to the user.",
			},
			"allow_lock_out": allowFactorLoss("device"),
		}),
	}
}

func (b *mfaBinding) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(nil)
}

func (b *mfaBinding) operation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the MFA binding", State: state}
}

// ValidateConfig refuses a seed that is none.
func (b *mfaBinding) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	checkSeed(tf.Get[mfaBindingModel](ctx, req.Config, &resp.Diagnostics).SeedWO, &resp.Diagnostics)
}

// checkSeed refuses a seed that is not Base32. The attribute is not named as the one
// to blame: a CLI quotes the line of the configuration that contains it.
func checkSeed(seed types.String, diags *diag.Diagnostics) bool {
	if seed.IsNull() || seed.IsUnknown() {
		return true
	}
	_, err := ram.TOTP(seed.ValueString(), 0)
	if err == nil {
		return true
	}
	if errors.Is(err, ram.ErrSHA1Forbidden) {
		return checkCodes(diagnostics.Operation{Name: "create the MFA binding", State: "Nothing was changed."}, diags)
	}
	diags.AddError("Cannot use the seed", "The value of seed_wo is not Base32 (the letters A to Z and the digits 2 to 7). The provider did not use it.\n\nSet the seed as the service returned it when the device was created, not a code or the QR code.")
	return false
}

func (b *mfaBinding) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if b.Instance == nil {
		return // the provider could not be configured yet, so nothing can be checked
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		state := tf.Get[mfaBindingModel](ctx, req.State, &resp.Diagnostics)
		b.planLoss(ctx, state, state.AllowLockOut, &resp.Diagnostics)
		return
	}
	config := tf.Get[mfaBindingModel](ctx, req.Config, &resp.Diagnostics)
	if !checkSeed(config.SeedWO, &resp.Diagnostics) {
		return
	}
	if req.State.Raw.IsNull() {
		needSeed(config, &resp.Diagnostics)
		return
	}
	state, plan := tf.Get[mfaBindingModel](ctx, req.State, &resp.Diagnostics), tf.Get[mfaBindingModel](ctx, req.Plan, &resp.Diagnostics)
	owner.PlanUserName(ctx, b.Instance, state.Object, plan.Object, resp)
	if len(resp.RequiresReplace) > 0 || !plan.SerialNumber.Equal(state.SerialNumber) {
		needSeed(config, &resp.Diagnostics)
		b.planLoss(ctx, state, state.AllowLockOut, &resp.Diagnostics) // the old device is unbound before the new one is bound
	}
}

// planLoss warns that a user loses the device, and refuses to lock the user out.
func (b *mfaBinding) planLoss(ctx context.Context, state mfaBindingModel, accepted types.Bool, diags *diag.Diagnostics) {
	diagnostics.ObjectRemoved.Warn(diags, "A user loses the MFA device", fmt.Sprintf(
		"Destroying the binding unbinds the device %s from the user %q, %s", state.SerialNumber.ValueString(), state.UserName.ValueString(), withoutFactor))
	refuseFactorLoss(ctx, b.Instance, state.User(), boundDevice, accepted, diags)
}

// needSeed refuses to bind without a seed.
func needSeed(config mfaBindingModel, diags *diag.Diagnostics) bool {
	if !config.SeedWO.IsNull() {
		return true
	}
	diags.AddAttributeError(path.Root("seed_wo"), "Cannot create the MFA binding", "Binding a device requires its seed. Nothing was changed.\n\n"+
		"Set seed_wo and seed_wo_version. If the device is already bound to the user, import the binding instead.")
	return false
}

func (b *mfaBinding) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	who := owner.UserIdentity{UserName: types.StringValue(req.ID)}
	if req.ID == "" {
		who = tf.Get[owner.UserIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	o := owner.Object{AccountID: who.AccountID, UserName: who.UserName}
	if !b.findImported(ctx, req.ID, &o, &resp.Diagnostics) || resp.Diagnostics.HasError() {
		return
	}
	who.AccountID, who.UserName = o.AccountID, o.UserName
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), who.AccountID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_name"), who.UserName)...)
	tf.Set(ctx, who, resp.Identity, &resp.Diagnostics)
}

// findImported finds the user of an import. A name needs no permission to read users: the
// next Read finds the device by it.
func (b *mfaBinding) findImported(ctx context.Context, id string, o *owner.Object, diags *diag.Diagnostics) bool {
	name := o.UserName.ValueString()
	if !owner.UserNamePattern.MatchString(name) || owner.UserIDPattern.MatchString(name) {
		return owner.FindImported(ctx, b.Instance, "MFA binding", id, o, diags)
	}
	account, ok := instance.CheckNamedAccount(ctx, b.Instance, b.operation("import", "Nothing was imported."), o.AccountID, diags)
	o.AccountID = types.StringValue(account)
	return ok
}

func (b *mfaBinding) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[mfaBindingModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[mfaBindingModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() || !needSeed(config, &resp.Diagnostics) || !checkSeed(config.SeedWO, &resp.Diagnostics) {
		return
	}
	f := b.operation("create", "Nothing was changed.")
	if !owner.PrepareCreate(ctx, b.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	serial := plan.SerialNumber.ValueString()
	user := plan.User()
	if !b.checkUnbound(ctx, f, user, serial, &resp.Diagnostics) {
		return
	}
	if err := mfa.Bind(ctx, b.Instance, user, serial, config.SeedWO.ValueString()); err != nil {
		state := "The device is still not bound."
		if ram.OutcomeUnknown(err) {
			state = fmt.Sprintf("It is unknown whether the device is bound. The binding is not in the state. If the next apply reports that the user has the device, import the binding:\n\n  terraform import ADDRESS %s", user.Name)
		}
		diagnostics.Report(&resp.Diagnostics, b.operation("create", state+mfa.ExplainRefusedCodes(b.Instance, err)), err)
		return
	}
	device := ram.MFADevice{SerialNumber: serial, UserID: user.ID, UserName: user.Name}
	b.confirm(ctx, &device, &resp.Diagnostics)
	plan.show(device)
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// free checks that the device is there, and that neither it nor the user is bound.
func (b *mfaBinding) checkUnbound(ctx context.Context, f diagnostics.Operation, user ram.User, serial string, diags *diag.Diagnostics) bool {
	device, found, err := mfa.Refresh(ctx, b.Instance, serial)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	imported := fmt.Sprintf("To manage it, import it:\n\n  terraform import ADDRESS %s", device.UserName)
	switch {
	case !found:
		diags.AddAttributeError(path.Root("serial_number"), "Cannot "+f.Name, fmt.Sprintf("There is no virtual MFA device %s in the account. %s", serial, f.State))
		return false
	case device.UserID == user.ID:
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf("The user %q already has the device. %s\n\n%s", user.Name, f.State, imported))
		return false
	case device.UserID != "":
		diags.AddAttributeError(path.Root("serial_number"), "Cannot "+f.Name, fmt.Sprintf(
			"The device %s is bound to another user, %s. %s\n\nUnbind it from that user first, or bind another device. %s", serial, mfa.Owner(device), f.State, imported))
		return false
	}
	other, has, err := mfa.OtherDevice(ctx, b.Instance, user.Name, serial)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if has {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, userHasDevice(user.Name, other)+" "+f.State)
	}
	return !has
}

// confirm waits until the service shows the binding, and takes over its date.
func (b *mfaBinding) confirm(ctx context.Context, device *ram.MFADevice, diags *diag.Diagnostics) {
	shown, err := mfa.Wait(ctx, b.Instance, device.SerialNumber, func(seen ram.MFADevice, found bool) bool {
		if found && seen.UserID == device.UserID {
			device.ActivateDate = seen.ActivateDate
			return true
		}
		return false
	})
	if err != nil {
		diags.AddWarning("Cannot confirm the MFA binding", "The device is bound, but reading it back failed. The next refresh reads the account.\n\n"+diagnostics.Explain(err))
	} else if !shown {
		diags.AddWarning("Cannot confirm the MFA binding", "The service accepted the request, but does not show the binding yet. The next refresh reads the account.")
	}
}

func (b *mfaBinding) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[mfaBindingModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := b.operation("read", "The state is unchanged.")
	account, ok := b.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	var device ram.MFADevice
	found, err := b.FindTwice(ctx, func(ctx context.Context) (found bool, err error) {
		device, found, err = b.find(ctx, state)
		return found, err
	}, func(ctx context.Context) (found bool, err error) {
		devices, err := b.Client.RefreshMFADevices(ctx)
		device, found = state.deviceIn(devices)
		return found, err
	})
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !found {
		b.RemoveFromState(ctx, state.Identity(), resp, "The MFA binding no longer exists", fmt.Sprintf(
			"The user %q no longer has the device %s. The binding was removed from the state. The next plan proposes to bind the device again.", state.UserName.ValueString(), state.SerialNumber.ValueString()))
		return
	}
	state.show(device)
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// look finds the device of the binding among those that are known.
func (b *mfaBinding) find(ctx context.Context, state mfaBindingModel) (ram.MFADevice, bool, error) {
	if serial := state.SerialNumber.ValueString(); serial != "" && state.UserID.ValueString() != "" {
		device, found, err := b.Client.MFADevice(ctx, serial)
		return device, found && device.UserID == state.UserID.ValueString(), err
	}
	devices, err := b.Client.MFADevices(ctx)
	device, found := state.deviceIn(devices)
	return device, found, err
}

// deviceIn finds the device of the binding, if the user still has it. The user is
// known by the id, since the name may change; after an import only by the name,
// and the device not at all.
func (m *mfaBindingModel) deviceIn(devices []ram.MFADevice) (ram.MFADevice, bool) {
	n := slices.IndexFunc(devices, func(d ram.MFADevice) bool {
		if m.UserID.ValueString() == "" {
			return d.UserName == m.UserName.ValueString() && (m.SerialNumber.ValueString() == "" || d.SerialNumber == m.SerialNumber.ValueString())
		}
		return d.UserID == m.UserID.ValueString() && d.SerialNumber == m.SerialNumber.ValueString()
	})
	if n < 0 {
		return ram.MFADevice{}, false
	}
	return devices[n], true
}

// Update changes nothing in the account: a renamed user keeps the device, and
// everything else is ours alone.
func (b *mfaBinding) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[mfaBindingModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[mfaBindingModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	plan.UserID = state.UserID
	if !owner.PrepareUpdate(ctx, b.Instance, b.operation("update", "Nothing was changed."), &plan.Object, &resp.Diagnostics) {
		return
	}
	plan.SeedWO = types.StringNull()
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (b *mfaBinding) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[mfaBindingModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := b.operation("destroy", "The binding is unchanged.")
	if _, ok := b.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	devices, err := b.Client.RefreshMFADevices(ctx)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	device, found := state.deviceIn(devices)
	if !found {
		gone, err := b.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			devices, err := b.Client.RefreshMFADevices(ctx)
			device, found = state.deviceIn(devices)
			return found, err
		})
		if gone || diagnostics.Report(&resp.Diagnostics, f, err) {
			return // it is not bound, or bound to another user: it is not unbound
		}
	}
	unlock, err := b.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	if refuseFactorLoss(ctx, b.Instance, ram.User{Name: device.UserName}, boundDevice, state.AllowLockOut, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, mfa.Unbind(ctx, b.Instance, device)) {
		return
	}
	const unconfirmed = "The service accepted the request, but it could not be confirmed that the device is unbound. The next apply checks again."
	freed, err := mfa.Wait(ctx, b.Instance, device.SerialNumber, func(seen ram.MFADevice, found bool) bool {
		return !found || seen.UserID != device.UserID
	})
	if err == nil && !freed {
		err = fmt.Errorf("the device is still listed as bound after %s", instance.ConfirmLimit)
	}
	diagnostics.Report(&resp.Diagnostics, b.operation("destroy", unconfirmed), err)
}
