// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
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
				MarkdownDescription: "The ids of the service credentials that the user may have; `[]` allows none. If it is omitted or null, service credentials are not read.",
			},
			"undeclared_service_credential_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The service credentials of the user that are not allowed: with `report` and `delete`, all of them; with `disable`, the active ones. Null if `allowed_service_credential_ids` is null.",
			},
			"allowed_passkey_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: allowedIDs,
				MarkdownDescription: "The ids of the passkeys that the user may have; `[]` allows none. If it is omitted or null, passkeys are not read.",
			},
			"undeclared_passkey_ids": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The passkeys of the user that are not allowed. With `delete`, the passkeys of the RAM user whose credentials the provider uses are not listed. Null if `allowed_passkey_ids` is null.",
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

func failedExclusive(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the exclusive credentials", State: state}
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
		r.RemoveFromState(ctx, state.Identity(), resp, "The user of the exclusive credentials no longer exists", fmt.Sprintf(
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

// declaredKind is one kind of credential that the exclusive credentials of a user declare.
type declaredKind struct {
	one, many           string         // an AccessKey pair, AccessKey pairs
	allowed, undeclared string         // the attributes
	required            bool           // the kind is always managed; without an allowed set, after an import, it is read nevertheless
	deletedOnly         bool           // credentials of this kind cannot be disabled
	spared              string         // those that are never touched, in a sentence
	factors             access.Factors // the second factors that a user has while there is a credential of this kind

	sets        func(*exclusiveModel) declaredSets
	credentials func(*instance.Instance, *owner.Object) credential.Set[ram.CredentialFacts]
	// own returns which credentials of the user are access of the provider itself. Nil: none of this kind is.
	own func(context.Context, *instance.Instance, *exclusiveModel) (func(id string) bool, error)
}

// declaredSets are the attributes of a kind in a model.
type declaredSets struct{ allowed, undeclared *types.Set }

// declaredKinds returns the kinds in the order in which they are read and acted on.
func declaredKinds() []declaredKind {
	return []declaredKind{
		{
			one: "an AccessKey pair", many: "AccessKey pairs", allowed: "allowed_access_key_ids", undeclared: "undeclared_access_key_ids",
			required: true, spared: ", never the provider's own",
			sets: func(m *exclusiveModel) declaredSets { return declaredSets{&m.Allowed, &m.Undeclared} },
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.AccessKeys(i, o).Facts()
			},
			own: func(_ context.Context, i *instance.Instance, _ *exclusiveModel) (func(string) bool, error) {
				return func(id string) bool { return owner.IsOwnKey(i, id) }, nil
			},
		},
		{
			one: "a service credential", many: "service credentials", allowed: "allowed_service_credential_ids", undeclared: "undeclared_service_credential_ids",
			sets: func(m *exclusiveModel) declaredSets {
				return declaredSets{&m.AllowedServiceCredentials, &m.UndeclaredServiceCredentials}
			},
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.ServiceCredentials(i, o, ram.NewServiceCredential{}, "").Facts()
			},
		},
		{
			one: "a passkey", many: "passkeys", allowed: "allowed_passkey_ids", undeclared: "undeclared_passkey_ids",
			deletedOnly: true, spared: ", never those of the user that Terraform runs as", factors: access.Factors{Passkey: true},
			sets: func(m *exclusiveModel) declaredSets { return declaredSets{&m.AllowedPasskeys, &m.UndeclaredPasskeys} },
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.Passkeys(i, o).Facts()
			},
			own: func(ctx context.Context, i *instance.Instance, m *exclusiveModel) (func(string) bool, error) {
				own, err := owner.IsOwnUser(ctx, i, m.UserID.ValueString())
				return func(string) bool { return own }, err
			},
		},
	}
}

// declaration returns which credentials of the kind the user may have. Credentials that cannot be disabled are only reported where
// the others are disabled.
func (k declaredKind) declaration(m *exclusiveModel) exclusive.Declaration {
	sets := k.sets(m)
	d := exclusive.Declaration{Enforce: m.Enforce, Allowed: *sets.allowed, Undeclared: *sets.undeclared}
	if k.deletedOnly && m.Enforce.ValueString() == enforceDisable {
		d.Enforce = types.StringValue(enforceReport)
	}
	return d
}

// undeclaredOf returns the credentials that are not declared and that enforce is about: to disable those that are Active, to
// delete all. Access of the provider itself is reported, and otherwise left out.
func (k declaredKind) undeclaredOf(ctx context.Context, i *instance.Instance, m *exclusiveModel, all []ram.CredentialFacts) (rest []ram.CredentialFacts, err error) {
	d := k.declaration(m)
	for _, one := range all {
		if !d.Allows(one.ID) && (d.Enforce.ValueString() != enforceDisable || one.Status == ram.Active) {
			rest = append(rest, one)
		}
	}
	if len(rest) == 0 || d.Reports() || k.own == nil {
		return rest, nil
	}
	own, err := k.own(ctx, i, m)
	if err != nil {
		return nil, err
	}
	others := rest[:0]
	for _, one := range rest {
		if !own(one.ID) {
			others = append(others, one)
		}
	}
	return others, nil
}

// read lists the credentials of the kind. It reads a list that may be incomplete again.
func (k declaredKind) read(ctx context.Context, i *instance.Instance, m *exclusiveModel) (credential.Listing[ram.CredentialFacts], error) {
	credentials, d := k.credentials(i, &m.Object), k.declaration(m)
	if d.Compared() {
		return credentials.Read(ctx, d.Members()...)
	}
	return credentials.ReadFirst(ctx, d.Members()...)
}

// show saves which credentials are not declared. After an import it is not known yet which are.
func (k declaredKind) show(ctx context.Context, i *instance.Instance, m *exclusiveModel, all []ram.CredentialFacts) error {
	rest, err := k.undeclaredOf(ctx, i, m, all)
	ids := []string{}
	for _, one := range rest {
		ids = append(ids, one.ID)
	}
	*k.sets(m).undeclared = k.declaration(m).Set(ids)
	return err
}

// removedBy returns the credentials that an update disables or deletes: those that the state shows and that enforce is about.
func (k declaredKind) removedBy(ctx context.Context, i *instance.Instance, state, plan *exclusiveModel, all []ram.CredentialFacts) ([]ram.CredentialFacts, error) {
	if k.declaration(plan).Reports() {
		return nil, nil
	}
	rest, err := k.undeclaredOf(ctx, i, plan, all)
	shown := k.declaration(state)
	return slices.DeleteFunc(rest, func(one ram.CredentialFacts) bool { return !shown.Shows(one.ID) }), err
}

// refuseLoss refuses to remove the last of the user's credentials that is a second factor, if the user then cannot log on.
func (k declaredKind) refuseLoss(ctx context.Context, i *instance.Instance, plan *exclusiveModel, all, removed []ram.CredentialFacts, diags *diag.Diagnostics) {
	if len(removed) > 0 && len(removed) == len(all) {
		refuseFactorLoss(ctx, i, plan.User(), k.factors, plan.AllowLockOut, diags)
	}
}

// update disables or deletes the credentials that the plan showed, and that are still there and still not allowed. Each step can be
// repeated. It returns what is done, also with an error.
func (k declaredKind) update(ctx context.Context, i *instance.Instance, state, plan *exclusiveModel, diags *diag.Diagnostics) (done string, err error) {
	if k.factors != (access.Factors{}) {
		unlock, err := i.Client.Lock(ctx, access.LockName)
		if err != nil {
			return "", err
		}
		defer unlock()
	}
	credentials, before, after := k.credentials(i, &plan.Object), k.declaration(state), k.declaration(plan)
	read := credentials.Refresh
	if !before.Compared() { // nothing is removed yet
		read = credentials.ReadFirst
	}
	listing, err := read(ctx, before.Members()...)
	switch {
	case err != nil:
		return "", err
	case after.Undeclared.IsUnknown():
		return "", k.show(ctx, i, plan, listing.All)
	case after.Reports():
		return "", nil
	}
	all := listing.All
	for _, id := range before.Others() {
		if _, listed := credential.In(all, id); !listed && listing.UserExists { // the response to the removal proves it, no list does
			all = append(all, ram.CredentialFacts{ID: id, Status: ram.Active})
		}
	}
	removed, err := k.removedBy(ctx, i, state, plan, all)
	if err != nil {
		return "", err
	}
	if k.refuseLoss(ctx, i, plan, all, removed, diags); diags.HasError() {
		return "", nil
	}
	for _, one := range removed {
		if plan.Enforce.ValueString() == enforceDelete {
			err = credentials.Remove(ctx, one.ID, true)
		} else {
			err = credentials.Disable(ctx, one.ID)
		}
		if err != nil {
			return fmt.Sprintf("%sThe %s %s may be disabled or deleted. ", done, credentials.Kind.Word, one.ID), err
		}
		done += fmt.Sprintf("The %s %s is %sd. ", credentials.Kind.Word, one.ID, plan.Enforce.ValueString())
	}
	return done, nil
}
