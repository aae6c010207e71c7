// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*exclusiveResource)(nil)
	_ resource.ResourceWithIdentity    = (*exclusiveResource)(nil)
	_ resource.ResourceWithImportState = (*exclusiveResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*exclusiveResource)(nil)
)

// The values of enforce: what an apply does with credentials that are not allowed.
const (
	enforceReport  = exclusive.Report
	enforceDisable = "disable"
	enforceDelete  = "delete"
)

func newExclusive() *exclusiveResource { return &exclusiveResource{} }

// exclusiveResource declares which credentials a user may have. It creates none.
type exclusiveResource struct{ instance.Resource }

type exclusiveModel struct {
	owner.Object

	Enforce                      types.String `tfsdk:"enforce"`
	Allowed                      types.Set    `tfsdk:"allowed_access_key_ids"`
	Undeclared                   types.Set    `tfsdk:"undeclared_access_key_ids"`
	AllowedServiceCredentials    types.Set    `tfsdk:"allowed_service_credential_ids"`
	UndeclaredServiceCredentials types.Set    `tfsdk:"undeclared_service_credential_ids"`
	AllowedPasskeys              types.Set    `tfsdk:"allowed_passkey_ids"`
	UndeclaredPasskeys           types.Set    `tfsdk:"undeclared_passkey_ids"`
	AllowLockOut                 types.Bool   `tfsdk:"allow_lock_out"`
}

func (r *exclusiveResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_credentials_exclusive"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

func (r *exclusiveResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	allowedIDs := []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares the AccessKey pairs that a RAM user may have, and, if you set them, its service credentials and its passkeys. It reports all others, such as those that were created outside of Terraform or by an interrupted run.\n\n" +
			"With `enforce = \"report\"`, every plan warns of such credentials, with their age, and changes nothing; use the `undeclared_` attributes in `check` blocks and postconditions. " +
			"With `\"disable\"` or `\"delete\"`, the plan shows that an `undeclared_` attribute becomes empty, and applying this plan disables or deletes **exactly the credentials that it showed**. " +
			"The first apply therefore only records the credentials. A credential that appears after a plan is shown by the next plan.\n\n" +
			"The AccessKey pairs that the provider itself uses, and the passkeys of the RAM user whose credentials the provider uses, are never disabled or deleted. The plan warns of an allowed credential that does not exist. " +
			"A deleted AccessKey pair can be restored from the recycle bin for about a month; a deleted service credential or passkey cannot be restored. " +
			"Use one such resource per user: a second one is an error. Destroying it changes nothing in the account.",
		Attributes: owner.Attributes(ctx, map[string]schema.Attribute{
			"enforce": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(enforceReport),
				Validators:          []validator.String{stringvalidator.OneOf(enforceReport, enforceDisable, enforceDelete)},
				MarkdownDescription: "What the provider does with credentials that are not allowed: `report`, the default, only warns; `disable` disables the active ones, and only warns of passkeys, which cannot be disabled; `delete` disables and deletes all.",
			},
			"allowed_access_key_ids": schema.SetAttribute{
				Required: true, ElementType: types.StringType, Validators: allowedIDs,
				MarkdownDescription: "The ids of the AccessKey pairs that the user may have; `[]` allows none. Null elements are ignored, such as the previous key of a rotation that has no previous key. The provider compares the set with the account.",
			},
			"undeclared_access_key_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The AccessKey pairs of the user that are not allowed: with `report`, all of them; with `disable`, the active ones; with `delete`, all of them. With `disable` and `delete`, the pairs that the provider itself uses are left out.",
			},
			"allowed_service_credential_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: allowedIDs,
				MarkdownDescription: "The ids of the service credentials that the user may have; `[]` allows none. If it is left out or null, service credentials are not read.",
			},
			"undeclared_service_credential_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The service credentials of the user that are not allowed: with `report` and `delete`, all of them; with `disable`, the active ones. Null if `allowed_service_credential_ids` is null.",
			},
			"allowed_passkey_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: allowedIDs,
				MarkdownDescription: "The ids of the passkeys that the user may have; `[]` allows none. If it is left out or null, passkeys are not read.",
			},
			"undeclared_passkey_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The passkeys of the user that are not allowed. With `delete`, the passkeys of the RAM user whose credentials the provider uses are left out. Null if `allowed_passkey_ids` is null.",
			},
			"allow_lock_out": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the last passkey may be deleted of a user who then cannot log on to the console: a second factor is required, the user has no other one, and users may not bind one themselves. " +
					"Without it, such a plan is an error. It is never sent to the service.",
			},
		}),
	}
}

func (r *exclusiveResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(nil)
}

func (r *exclusiveResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner.ImportUser(ctx, r.Instance, "exclusive credentials", req, resp)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("enforce"), enforceReport)...)
}

func failedExclusive(verb, now string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the exclusive credentials", State: now}
}

func (r *exclusiveResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[exclusiveModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedExclusive("create", "Nothing was changed.")
	if !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	if _, err := r.show(ctx, &plan); diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *exclusiveResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedExclusive("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	exists, err := r.userExists(ctx, &state.Object)
	if err == nil && exists {
		exists, err = r.show(ctx, &state)
	}
	if err == nil && !exists {
		r.RemoveFromState(ctx, state.Identity(), resp, "The user of the exclusive credentials is gone", fmt.Sprintf(
			"The RAM user %q no longer exists in account %s, so its credentials are no longer checked.", state.UserName.ValueString(), account))
		return
	}
	if err == nil && state.UserID.IsNull() {
		var user ram.User
		user, err = r.Client.User(ctx, state.UserName.ValueString())
		state.UserID = types.StringValue(user.ID)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// userExists finds the user by its id, also under another name: a new user with the old name is another one.
func (r *exclusiveResource) userExists(ctx context.Context, o *owner.Object) (bool, error) {
	return r.FindTwice(ctx, func(ctx context.Context) (bool, error) { return owner.UserExists(ctx, r.Instance, o) }, func(ctx context.Context) (bool, error) {
		id := o.UserID.ValueString()
		if id == "" {
			_, err := r.Client.RefreshUser(ctx, o.UserName.ValueString())
			return err == nil, ram.IgnoreNotFound(err, "User")
		}
		user, err := r.Client.RefreshUserByID(ctx, id)
		if err == nil {
			o.UserName = types.StringValue(user.Name)
		}
		return err == nil, ram.IgnoreNotFound(err, "User")
	})
}

// show reads the credentials of the kinds that are managed, saves which of them are undeclared, and reports whether the user exists.
// A user who does not exist has none.
func (r *exclusiveResource) show(ctx context.Context, m *exclusiveModel) (exists bool, err error) {
	exists = true
	for _, kind := range declaredKinds() {
		if !kind.required && kind.declaration(m).Allowed.IsNull() {
			*kind.sets(m).undeclared = types.SetNull(types.StringType)
			continue
		}
		var listing credential.Listing[ram.CredentialFacts]
		if exists {
			listing, err = kind.read(ctx, r.Instance, m)
			exists = listing.UserExists
		}
		if err == nil {
			err = kind.show(ctx, r.Instance, m, listing.All)
		}
		if err != nil {
			return false, err
		}
	}
	return exists, nil
}

// Update disables or deletes the credentials that the plan showed, and no others.
func (r *exclusiveResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[exclusiveModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedExclusive("update", "Nothing was changed.")
	if !owner.PrepareUpdate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	done := ""
	for _, kind := range declaredKinds() {
		if kind.declaration(&plan).Allowed.IsNull() {
			continue
		}
		step, err := kind.update(ctx, r.Instance, &state, &plan, &resp.Diagnostics)
		if err == nil && resp.Diagnostics.HasError() { // refused
			return
		}
		done += step
		if done != "" {
			err = diagnostics.WithState(done+"The next plan shows what is left.", err)
		}
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Delete changes nothing in the account.
func (r *exclusiveResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}
