// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/mfa"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*virtualMFADevice)(nil)
	_ resource.ResourceWithIdentity    = (*virtualMFADevice)(nil)
	_ resource.ResourceWithImportState = (*virtualMFADevice)(nil)
	_ resource.ResourceWithModifyPlan  = (*virtualMFADevice)(nil)
	_ list.ListResourceWithConfigure   = (*virtualMFADevice)(nil)
)

func newVirtualMFADevice() *virtualMFADevice { return &virtualMFADevice{} }

// virtualMFADevice is a virtual MFA device, and to whom it is bound.
type virtualMFADevice struct{ instance.Resource }

// virtualMFADeviceModel has "" as bind_to_user of a device that is not bound.
type virtualMFADeviceModel struct {
	AccountID      types.String   `tfsdk:"account_id"`
	Name           types.String   `tfsdk:"virtual_mfa_device_name"`
	SerialNumber   types.String   `tfsdk:"serial_number"`
	PGPKey         types.String   `tfsdk:"pgp_key"`
	Seed           types.String   `tfsdk:"base32_string_seed"`
	QRCode         types.String   `tfsdk:"qr_code_png"`
	EncryptedSeed  types.String   `tfsdk:"encrypted_seed"`
	KeyFingerprint types.String   `tfsdk:"key_fingerprint"`
	BindToUser     types.String   `tfsdk:"bind_to_user"`
	UserID         types.String   `tfsdk:"user_id"`
	ActivateDate   types.String   `tfsdk:"activate_date"`
	AllowLockOut   types.Bool     `tfsdk:"allow_lock_out"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// deviceIdentity reports which device of which account it is.
type deviceIdentity struct {
	AccountID    types.String `tfsdk:"account_id"`
	SerialNumber types.String `tfsdk:"serial_number"`
}

func (m *virtualMFADeviceModel) identity() any {
	return deviceIdentity{m.AccountID, m.SerialNumber}
}

// show copies the user of the device to the model. The secrets are returned only once, by the
// create, so nothing here touches them (SEC-06).
func (m *virtualMFADeviceModel) show(device ram.MFADevice) {
	m.Name = types.StringValue(device.Name)
	m.BindToUser = types.StringValue(device.UserName)
	m.UserID = tf.NonEmpty(device.UserID)
	m.ActivateDate = tf.Timestamp(device.ActivateDate)
}

// boundUser returns the user that the device is bound to, as the state knows the user: the name may be an earlier one.
func (m *virtualMFADeviceModel) boundUser() ram.User {
	return ram.User{ID: m.UserID.ValueString(), Name: m.BindToUser.ValueString()}
}

// loose is the model of a device that is not bound.
func (m *virtualMFADeviceModel) clearBinding() {
	m.BindToUser, m.UserID, m.ActivateDate = types.StringValue(""), types.StringNull(), types.StringNull()
}

// bound copies the user who has the device now. A planned value is not changed.
func (m *virtualMFADeviceModel) setBinding(user ram.User, device ram.MFADevice) {
	m.BindToUser, m.UserID = types.StringValue(user.Name), types.StringValue(user.ID)
	if m.ActivateDate.IsUnknown() || m.ActivateDate.IsNull() {
		m.ActivateDate = tf.Timestamp(device.ActivateDate)
	}
}

func (d *virtualMFADevice) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_virtual_mfa_device"
}

// deviceNameForm is what the name of a device may look like (documented).
var deviceNameForm = tf.NewLazyRegexp(`^[a-zA-Z0-9.-]{1,64}$`)

func (d *virtualMFADevice) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	stable := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	computed := func(sensitive bool, docs string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, Sensitive: sensitive, PlanModifiers: stable, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A virtual MFA device, whose seed an authenticator app uses to compute codes. The service returns the seed only once, when the device is created. " +
			"**The state then contains the seed, and so does every later plan file.** Set `pgp_key` to store only an encrypted copy. " +
			"With `bind_to_user`, the provider also binds the device to a user: it computes the two codes that the service requires. " +
			"Destroying a bound device unbinds it first. The user then logs on without a second factor, or cannot log on if MFA is required.\n\n" +
			"An imported device has no seed in the state, because the service does not return it again. This does not replace the device. " +
			"Bind the device of a user before you require MFA of that user. Use `depends_on` where references do not imply this order.",
		Attributes: map[string]schema.Attribute{
			"account_id":    computed(false, "The id of the account."),
			"serial_number": computed(false, "The serial number, `acs:ram::<account id>:mfa/<name>`."),
			"virtual_mfa_device_name": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{deviceNameForm.Validator("must be 1 to 64 letters, digits, dots and hyphens")},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The name of the device: letters, digits, dots and hyphens. It is unique in the account. A change replaces the device, and the new device has another seed.",
			},
			"pgp_key": schema.StringAttribute{
				Optional: true, Validators: []validator.String{pgp.KeyValidator{}},
				MarkdownDescription: "A PGP public key, ASCII-armored or in Base64, to encrypt the seed. The provider checks it before it creates the device. The state then contains neither the seed nor the QR code. " +
					"A change applies to the next device that is created. It does not replace the device and does not change the state of an existing one.",
			},
			"base32_string_seed": computed(true, "The seed in Base32. The state contains it in plain text. It is null with `pgp_key` and after an import."),
			"qr_code_png":        computed(true, "The QR code of the seed for an authenticator app: a PNG image in Base64. It contains the seed and is as secret as the seed."),
			"encrypted_seed":     computed(false, "The seed, encrypted for `pgp_key`: a binary OpenPGP message in Base64. Decrypt it with `base64 --decode | gpg --decrypt`."),
			"key_fingerprint":    computed(false, "The fingerprint of the PGP key that `encrypted_seed` is encrypted for."),
			"bind_to_user": schema.StringAttribute{
				Optional: true, Computed: true,
				Validators: []validator.String{mfa.CodesValidator{}, stringvalidator.Any(stringvalidator.OneOf(""), owner.UserNamePattern.Validator("must be the name of a RAM user, and not a principal name"))},
				MarkdownDescription: "The name of the RAM user to bind the device to. `\"\"` unbinds it. If omitted, the binding is not managed: an existing device keeps its binding, and a new device is not bound. " +
					"A change binds the device to the other user if the state contains the seed, and otherwise replaces the device. A renamed user keeps the device. A user has at most one device.",
			},
			"user_id":        schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the RAM user who has the device; null if it is not bound."},
			"activate_date":  schema.StringAttribute{Computed: true, MarkdownDescription: "When the device was bound to its user; null if it is not bound."},
			"allow_lock_out": allowFactorLoss("device"),
			"timeouts":       tf.TimeoutsAttribute(ctx),
		},
	}
}

func (d *virtualMFADevice) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id":    identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"serial_number": identityschema.StringAttribute{RequiredForImport: true, Description: "The serial number of the device."},
	}}
}

func (d *virtualMFADevice) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	const what = "import the virtual MFA device"
	who := deviceIdentity{SerialNumber: types.StringValue(req.ID)}
	if req.ID == "" {
		who = tf.Get[deviceIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	serial := who.SerialNumber.ValueString()
	parts := serialForm.FindStringSubmatch(serial)
	if parts == nil {
		resp.Diagnostics.AddError("Cannot "+what, fmt.Sprintf(
			"%q is not a serial number of a virtual MFA device. Nothing was imported.\n\nImport by the serial number, such as acs:ram::1234567890123456:mfa/alice.", serial))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := diagnostics.Operation{Name: what, State: "Nothing was imported."}
	account, ok := instance.CheckNamedAccount(ctx, d.Instance, f, who.AccountID, &resp.Diagnostics)
	if !ok {
		return
	}
	if account != parts[1] {
		resp.Diagnostics.AddError("Cannot "+what, fmt.Sprintf("The device %s belongs to account %s, but the credentials belong to account %s. Nothing was imported.", serial, parts[1], account))
		return
	}
	who.AccountID = types.StringValue(account)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), account)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("serial_number"), serial)...)
	tf.Set(ctx, who, resp.Identity, &resp.Diagnostics)
}

func (d *virtualMFADevice) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[virtualMFADeviceModel](ctx, req.State, &resp.Diagnostics)
	note := readBindingOwner(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "read the virtual MFA device", State: "The state is unchanged."}
	account, ok := d.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	serial := state.SerialNumber.ValueString()
	device, found, err := d.Client.MFADevice(ctx, serial)
	if err == nil && !found {
		found, err = d.confirmExists(ctx, serial, &device)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !found {
		d.RemoveFromState(ctx, state.identity(), resp, "The virtual MFA device no longer exists", fmt.Sprintf(
			"The device %s no longer exists in account %s. It was removed from the state, with its seed, which is no longer valid. The next apply creates a new device with another seed.", serial, account))
		return
	}
	if note == nil { // imported: whoever has the device now is the one it belongs to
		note = &bindingOwner{UserID: device.UserID}
		note.save(ctx, resp.Private, &resp.Diagnostics)
	}
	state.show(device)
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// confirmExists reads a device a second time that a first read did not find, and returns
// it in device.
func (d *virtualMFADevice) confirmExists(ctx context.Context, serial string, device *ram.MFADevice) (bool, error) {
	missing, err := d.ConfirmGone(ctx, func(ctx context.Context) (found bool, err error) {
		*device, found, err = mfa.Refresh(ctx, d.Instance, serial)
		return found, err
	})
	return !missing, err
}

// bindingOwner is the user that this resource bound the device to, or that had it at the
// import, and whether the configuration names the user. A destroy unbinds the device from
// that user only.
type bindingOwner struct {
	UserID  string `json:"user_id"`
	Managed bool   `json:"managed"`
}

const bindingOwnerKey = "tenure"

// readBindingOwner returns the saved owner, or nil if there is none, such as after an import.
func readBindingOwner(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) *bindingOwner {
	return tf.ReadPrivate[bindingOwner](ctx, private, bindingOwnerKey, "device", diags)
}

// save writes the owner to the private state.
func (t bindingOwner) save(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, bindingOwnerKey, t, diags)
}
