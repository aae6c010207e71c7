// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*loginProfileResource)(nil)
	_ resource.ResourceWithIdentity    = (*loginProfileResource)(nil)
	_ resource.ResourceWithImportState = (*loginProfileResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*loginProfileResource)(nil)
	_ list.ListResourceWithConfigure   = (*loginProfileResource)(nil)
)

func newLoginProfile() *loginProfileResource { return &loginProfileResource{} }

// loginProfileResource is a user's console logon. Its password goes in and never comes out.
type loginProfileResource struct{ instance.Resource }

type loginProfileModel struct {
	owner.Object

	PasswordWO            types.String `tfsdk:"password_wo"`
	PasswordWOVersion     types.Int64  `tfsdk:"password_wo_version"`
	PGPKey                types.String `tfsdk:"pgp_key"`
	EncryptedPassword     types.String `tfsdk:"encrypted_password"`
	KeyFingerprint        types.String `tfsdk:"key_fingerprint"`
	PasswordResetRequired types.Bool   `tfsdk:"password_reset_required"`
	MFABindRequired       types.Bool   `tfsdk:"mfa_bind_required"`
	Status                types.String `tfsdk:"status"`
	AllowLockOut          types.Bool   `tfsdk:"allow_lock_out"`
}

// show fills the model from what the service says. Whether the password requires at least to be
// reset is not shown: it was an order, and the user obeying it is no drift (PWD-04).
func (m *loginProfileModel) show(live ram.LoginProfile) {
	m.MFABindRequired, m.Status = types.BoolValue(live.MFABindRequired), types.StringValue(live.Status)
}

// createRequest returns the values of a new profile. An unknown or null value is not sent.
func (m *loginProfileModel) createRequest(password *string) ram.LoginProfileChange {
	request := ram.LoginProfileChange{Password: password, PasswordResetRequired: m.PasswordResetRequired.ValueBoolPointer()}
	if !m.MFABindRequired.IsUnknown() {
		request.MFABindRequired = m.MFABindRequired.ValueBoolPointer()
	}
	if !m.Status.IsUnknown() {
		request.Status = m.Status.ValueStringPointer()
	}
	return request
}

// What status may say.
const (
	active   = "Active"
	inactive = "Inactive"
)

func (r *loginProfileResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_login_profile"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *loginProfileResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	own := map[string]schema.Attribute{
		"password_wo": schema.StringAttribute{
			Optional: true, WriteOnly: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("password_wo_version"))},
			MarkdownDescription: "The password. It is write-only: it is sent to the service when the profile is created and when `password_wo_version` changes, and is stored in neither the plan nor the state. " +
				"The provider checks it against the account's password policy before it sends it. It can be null if no password has to be sent.",
		},
		"password_wo_version": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "The version of the password, any number. The password is sent only when the version changes: `password_wo`, or with `pgp_key` a new random password. The first version after an import or a move is " +
				"only saved to the state, so an import or a move does not change the password. **A new password ends all console sessions of the user, and those of roles that the user has assumed**; AccessKey pairs are not affected.",
		},
		"pgp_key": schema.StringAttribute{
			Optional: true, Validators: []validator.String{pgp.KeyValidator{}, stringvalidator.AlsoRequires(path.MatchRoot("password_wo_version")), stringvalidator.ConflictsWith(path.MatchRoot("password_wo"))},
			MarkdownDescription: "A PGP public key, ASCII-armored or in Base64. If set, the provider generates a random password that meets the account's password policy, instead of `password_wo`. The state contains only the encrypted password. " +
				"Also set `password_reset_required`, so that the user replaces the password at the first logon. A changed value is used for the next password.",
		},
		"encrypted_password": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The random password, encrypted for `pgp_key`: a binary OpenPGP message in Base64. Decrypt it with `base64 --decode | gpg --decrypt`, or with the ephemeral resource `ram_decrypted_secret`. " +
				"It is null if the password is set with `password_wo`.",
		},
		"key_fingerprint": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The fingerprint of the PGP key for which `encrypted_password` is encrypted.",
		},
		"password_reset_required": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the user has to choose another password at the next logon. It is sent only together with a password, and the provider does not read it from the account, so the plan shows no difference " +
				"after a user has changed the password. If users may not change their passwords, `true` locks the user out and is an error, unless `allow_lock_out` is set.",
		},
		// Optional and computed: what the configuration does not mention keeps what the profile has.
		"mfa_bind_required": schema.BoolAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Whether the user has to bind an MFA device at the next logon. If omitted, an existing profile keeps its value, and a new profile has `false`.",
		},
		"status": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			Validators: []validator.String{stringvalidator.OneOf(active, inactive)},
			MarkdownDescription: "Whether the user may log on to the console: `Active` or `Inactive`. `Inactive` disables console logon and keeps all other settings. If omitted, an existing profile keeps " +
				"its value, so that a logon that was disabled in an emergency stays disabled, and a new profile is `Active`.",
		},
	}
	for name, attribute := range lockOutArguments("") {
		own[name] = attribute
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The console logon of a RAM user. The password is either write-only and stored in neither the plan nor the state, or random and encrypted in the state. " +
			"The provider never overwrites an existing profile: import it.\n\nAfter the profile is destroyed, the user can no longer log on to the console. The service does not document whether open sessions end. AccessKey pairs are not affected.",
		Attributes: owner.Attributes(ctx, own),
	}
}

func (r *loginProfileResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(nil)
}

func (r *loginProfileResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := owner.UserIdentity{UserName: types.StringValue(req.ID)}
	if req.ID == "" {
		identity = tf.Get[owner.UserIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "import the login profile", State: "The state is unchanged."}
	m := loginProfileModel{Object: owner.Object{AccountID: identity.AccountID, UserName: identity.UserName, Timeouts: owner.NoTimeouts}, AllowLockOut: types.BoolValue(false)}
	if !owner.FindImported(ctx, r.Instance, "login profile", req.ID, &m.Object, &resp.Diagnostics) {
		return
	}
	_, err := r.Client.LoginProfile(ctx, m.UserName.ValueString())
	if ram.NotFound(err, "User.LoginProfile") {
		resp.Diagnostics.AddError("Cannot import the login profile", fmt.Sprintf(
			"The RAM user %q of account %s has no login profile. %s\n\nTo create one, apply without an import block.\n\n%s", m.UserName.ValueString(), m.AccountID.ValueString(), f.State, diagnostics.Explain(err)))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, m.Identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *loginProfileResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[loginProfileModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[loginProfileModel](ctx, req.Config, &resp.Diagnostics) // the password is nowhere else
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	plan.PasswordWO = types.StringNull()
	if !owner.PrepareCreate(ctx, r.Instance, diagnostics.Operation{Name: "create the login profile", State: "Nothing was created."}, &plan.Object, &resp.Diagnostics) {
		return
	}
	password, ok := r.password(ctx, diagnostics.Operation{Name: "create the login profile", State: "Nothing was created."}, &plan, config, &resp.Diagnostics)
	if !ok {
		return
	}
	began := r.ServerNow()
	created, ok := r.create(ctx, &plan, password, &resp.Diagnostics)
	if !ok {
		return
	}
	r.complete(&plan, created)
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	r.confirm(ctx, plan, config, began, &resp.Diagnostics)
}

// complete fills what the plan left to the service.
func (r *loginProfileResource) complete(plan *loginProfileModel, live ram.LoginProfile) {
	if plan.MFABindRequired.IsUnknown() {
		plan.MFABindRequired = types.BoolValue(live.MFABindRequired)
	}
	if plan.Status.IsUnknown() {
		plan.Status = types.StringValue(live.Status)
	}
}

func (r *loginProfileResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[loginProfileModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "read the login profile", State: "The state is unchanged."}
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID, state.PasswordWO = types.StringValue(account), types.StringNull()
	var live ram.LoginProfile
	find := func(ctx context.Context) (found bool, err error) {
		live, found, err = r.find(ctx, &state)
		return found, err
	}
	found, err := r.FindTwice(ctx, func(ctx context.Context) (bool, error) {
		found, err := find(ctx)
		return found, ram.IgnoreNotFound(err, "User") // a stale response may contradict another one
	}, find)
	if err == nil && !found {
		r.RemoveFromState(ctx, state.Identity(), resp, "The login profile no longer exists", fmt.Sprintf(
			"The RAM user %q of account %s no longer has a login profile, or no longer exists. It was deleted outside of Terraform. The next apply creates a new login profile with the password of the configuration.",
			state.UserName.ValueString(), account))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if state.UserID.ValueString() == "" {
		owner, err := r.Client.User(ctx, state.UserName.ValueString())
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		state.UserID = types.StringValue(owner.ID)
	}
	if r.mfaRequiredByAccount(ctx, state, live) {
		live.MFABindRequired = false
	}
	state.show(live)
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find reads the profile under the current name of the user, which it stores in m.
func (r *loginProfileResource) find(ctx context.Context, m *loginProfileModel) (live ram.LoginProfile, found bool, err error) {
	user := ram.User{ID: m.UserID.ValueString(), Name: m.UserName.ValueString()}
	live, found, err = findLoginProfile(ctx, r.Instance, &user)
	m.UserName = types.StringValue(user.Name)
	return live, found, err
}

// mfaRequiredByAccount reports whether the profile shows a demand for MFA only because the account
// demands it of all users (assumed: no source says whether it does). The profile's own
// flag is then what it was.
func (r *loginProfileResource) mfaRequiredByAccount(ctx context.Context, prior loginProfileModel, live ram.LoginProfile) bool {
	if !live.MFABindRequired || prior.MFABindRequired.IsNull() || prior.MFABindRequired.ValueBool() {
		return false
	}
	preference, err := r.Client.SecurityPreference(ctx)
	return err == nil && preference.MFAOperationForLogin != nil && *preference.MFAOperationForLogin == access.Mandatory
}

func (r *loginProfileResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[loginProfileModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[loginProfileModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[loginProfileModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	plan.PasswordWO = types.StringNull()
	f := diagnostics.Operation{Name: "update the login profile", State: "Nothing was changed."}
	if !owner.PrepareUpdate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	var began time.Time
	change, changes := plan.changeFrom(state)
	if !sendsPassword(state, plan) {
		plan.EncryptedPassword, plan.KeyFingerprint = state.EncryptedPassword, state.KeyFingerprint
	} else {
		password, ok := r.password(ctx, f, &plan, config, &resp.Diagnostics)
		if !ok {
			return
		}
		if password.IsNull() {
			reportPasswordDue(&resp.Diagnostics)
			return
		}
		change.Password, change.PasswordResetRequired, changes = password.ValueStringPointer(), plan.PasswordResetRequired.ValueBoolPointer(), true
		began = r.ServerNow()
	}
	if changes && !r.update(ctx, plan, change, &resp.Diagnostics) {
		return
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if changes {
		r.confirm(ctx, plan, config, began, &resp.Diagnostics)
	}
}

// changeFrom returns the flags that an update has to send. A password is sent only if its
// version changes (PWD-01).
func (m *loginProfileModel) changeFrom(state loginProfileModel) (change ram.LoginProfileChange, changes bool) {
	if !m.MFABindRequired.Equal(state.MFABindRequired) && !m.MFABindRequired.IsUnknown() {
		change.MFABindRequired, changes = m.MFABindRequired.ValueBoolPointer(), true
	}
	if !m.Status.Equal(state.Status) && !m.Status.IsUnknown() {
		change.Status, changes = m.Status.ValueStringPointer(), true
	}
	return change, changes
}

// sendsPassword reports whether an update sends the password: its version changes. The
// first version is recorded only: the profile was imported or moved, and has one.
func sendsPassword(state, plan loginProfileModel) bool {
	return !state.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.IsNull() && !state.PasswordWOVersion.Equal(plan.PasswordWOVersion)
}

func (r *loginProfileResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[loginProfileModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "delete the login profile", State: "The login profile still exists, unless only the response was lost."}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	if gone, err := r.followOwner(ctx, &state); gone || diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	user := ram.User{ID: state.UserID.ValueString(), Name: state.UserName.ValueString()}
	err := r.Client.DeleteLoginProfile(ctx, user.Name)
	if ram.NoLoginProfile(err) {
		gone, unread := r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			_, found, err := findLoginProfile(ctx, r.Instance, &user)
			return found, err
		})
		if gone || diagnostics.Report(&resp.Diagnostics, f, unread) {
			return
		}
		err = r.Client.DeleteLoginProfile(ctx, user.Name) // it exists after all
	}
	if !ram.NoLoginProfile(err) && diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if err == nil {
		user.ID = "" // a confirmed deletion needs no read of the user
	}
	deleted, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		_, found, err := findLoginProfile(ctx, r.Instance, &user)
		return err == nil && !found, ram.IgnoreNotFound(err, "User") // a stale response may contradict another one
	})
	diagnostics.ReportDelete("login profile", deleted, err, &resp.Diagnostics)
}

// followOwner finds the present name of the user, by its id, and reports that the user is
// gone if two reads do not find it. It needs a recent read: since an older one, another user
// may have been given the name, and the profile of that user would be deleted.
func (r *loginProfileResource) followOwner(ctx context.Context, m *loginProfileModel) (gone bool, err error) {
	id := m.UserID.ValueString()
	if id == "" {
		return false, nil
	}
	user, err := r.Client.RecentUserByID(ctx, id)
	if ram.NotFound(err, "User") {
		gone, err = r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			var err error
			user, err = r.Client.RefreshUserByID(ctx, id)
			return err == nil, ram.IgnoreNotFound(err, "User")
		})
	}
	m.UserName = types.StringValue(user.Name)
	return gone, err
}
