// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

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

// What is done about a key that is not declared.
const (
	enforceReport  = exclusive.Report
	enforceDisable = "disable"
	enforceDelete  = "delete"
)

func newExclusive() *exclusiveResource { return &exclusiveResource{} }

// exclusiveResource is which AccessKey pairs a user may have. It makes none.
type exclusiveResource struct{ instance.Resource }

type exclusiveModel struct {
	owner.Object

	Allowed    types.Set    `tfsdk:"allowed_access_key_ids"`
	Enforce    types.String `tfsdk:"enforce"`
	Undeclared types.Set    `tfsdk:"undeclared_access_key_ids"`
}

// declaration returns which keys the user may have.
func (m exclusiveModel) declaration() exclusive.Declaration {
	return exclusive.Declaration{Enforce: m.Enforce, Allowed: m.Allowed, Undeclared: m.Undeclared}
}

// keysOfUser is what the declaration is about.
func (m exclusiveModel) keysOfUser() exclusive.Object {
	return exclusive.Object{Noun: "exclusive credentials", Name: exclusive.Named("user", m.UserName)}
}

// undeclared are the keys that the model does not declare and that its way to
// enforce is about: to disable those that are Active, to delete all. The provider's
// own keys are reported, and otherwise no business of this resource.
func (r *exclusiveResource) undeclared(m exclusiveModel, keys []ram.AccessKey) (rest []ram.AccessKey) {
	enforce := m.Enforce.ValueString()
	for _, key := range keys {
		switch {
		case m.declaration().Allows(key.ID):
		case enforce == enforceDisable && key.Status != ram.Active:
		case enforce != enforceReport && owner.IsOwnKey(r.Instance, key.ID):
		default:
			rest = append(rest, key)
		}
	}
	return rest
}

// show takes over which keys are not declared. After an import it is not known yet
// which are.
func (r *exclusiveResource) show(m *exclusiveModel, keys []ram.AccessKey) {
	ids := []string{}
	for _, key := range r.undeclared(*m, keys) {
		ids = append(ids, key.ID)
	}
	m.Undeclared = m.declaration().Set(ids)
}

func (r *exclusiveResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_credentials_exclusive"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

func (r *exclusiveResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares the AccessKey pairs that a RAM user may have, and reports all others, such as keys that were created outside of Terraform or by an interrupted run.\n\n" +
			"With `enforce = \"report\"`, every plan warns of such keys, with their age, and changes nothing; use `undeclared_access_key_ids` in `check` blocks and postconditions. " +
			"With `\"disable\"` or `\"delete\"`, a plan shows `undeclared_access_key_ids` becoming empty, and its apply disables or deletes **exactly the keys that the plan showed**. " +
			"The first apply therefore only records the keys, and a later key waits for the next plan.\n\n" +
			"The provider's own keys are never touched. An allowed key that does not exist is a warning. A deleted key can be restored from the recycle bin for about a month. " +
			"Use one such resource per user: a second one is an error. Destroying it changes nothing in the account.",
		Attributes: owner.Attributes(ctx, map[string]schema.Attribute{
			"allowed_access_key_ids": schema.SetAttribute{
				Required: true, ElementType: types.StringType,
				Validators:          []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
				MarkdownDescription: "The ids of the AccessKey pairs that the user may have; `[]` allows none. A null element, such as the previous key of a rotation that has none, is left out. The provider compares it with the account.",
			},
			"enforce": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(enforceReport),
				Validators:          []validator.String{stringvalidator.OneOf(enforceReport, enforceDisable, enforceDelete)},
				MarkdownDescription: "What the provider does about other keys: `report`, the default, only warns; `disable` disables the active ones; `delete` disables and deletes all.",
			},
			"undeclared_access_key_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The keys that the user has and that are not allowed: under `report` all of them; under `disable` the active ones and under `delete` all, but never those that the provider itself uses.",
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
	exclusive.NewID(ctx, resp.Private, &resp.Diagnostics)
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
	if !exclusive.Create(ctx, r.Instance, plan.keysOfUser(), resp.Private, &resp.Diagnostics) {
		return
	}
	defer func() {
		if resp.Diagnostics.HasError() {
			exclusive.Release(r.Instance, plan.keysOfUser())
		}
	}()
	if !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	listing, err := r.keys(&plan.Object).Read(ctx, plan.declaration().Members()...)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	r.show(&plan, listing.All)
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
	listing := credential.Listing[ram.AccessKey]{}
	if err == nil && exists {
		listing, err = r.keys(&state.Object).Read(ctx, state.declaration().Members()...)
	}
	if err == nil && !listing.UserExists {
		r.RemoveFromState(ctx, state.Identity(), resp, "The user of the exclusive credentials is gone", fmt.Sprintf(
			"The RAM user %q no longer exists in account %s, so its keys are no longer checked.", state.UserName.ValueString(), account))
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
	r.show(&state, listing.All)
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

// keys is the keys of the user of an object.
func (r *exclusiveResource) keys(o *owner.Object) credential.Set[ram.AccessKey] {
	return credential.AccessKeys(r.Instance, o)
}

// Update does to the keys what the plan showed, and to no other one.
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
	listing, err := r.keys(&plan.Object).Refresh(ctx, state.declaration().Members()...)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if plan.Undeclared.IsUnknown() {
		r.show(&plan, listing.All)
	} else if plan.Enforce.ValueString() != enforceReport {
		f.State = ""
		if diagnostics.Report(&resp.Diagnostics, f, r.enforce(ctx, plan, r.shownBy(state, plan, listing.All))) {
			return
		}
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// shownBy are the keys that the plan showed, and that are still there and still
// not allowed.
func (r *exclusiveResource) shownBy(state, plan exclusiveModel, keys []ram.AccessKey) []ram.AccessKey {
	return slices.DeleteFunc(r.undeclared(plan, keys), func(key ram.AccessKey) bool {
		return !state.declaration().Shows(key.ID)
	})
}

// enforce disables or deletes keys. Each step can be repeated.
func (r *exclusiveResource) enforce(ctx context.Context, plan exclusiveModel, keys []ram.AccessKey) error {
	done := ""
	for _, key := range keys {
		var err error
		if plan.Enforce.ValueString() == enforceDelete {
			err = r.keys(&plan.Object).Remove(ctx, key.ID, true)
		} else {
			err = r.keys(&plan.Object).Disable(ctx, key.ID)
		}
		if err != nil {
			return diagnostics.WithState(fmt.Sprintf("%sThe key %s may be disabled or deleted. The next plan shows what is left.", done, key.ID), err)
		}
		done += fmt.Sprintf("The key %s is %sd. ", key.ID, plan.Enforce.ValueString())
	}
	return nil
}

// Delete changes nothing in the account.
func (r *exclusiveResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	exclusive.Release(r.Instance, tf.Get[exclusiveModel](ctx, req.State, &resp.Diagnostics).keysOfUser())
}
