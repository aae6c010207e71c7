// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package owner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// owned is what the models of all objects of a user share. The user's id is kept
// beside the name, since the name may change: the id is who owns the object.
type Object struct {
	AccountID types.String   `tfsdk:"account_id"`
	UserName  types.String   `tfsdk:"user_name"`
	UserID    types.String   `tfsdk:"user_id"`
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
}

// userIdentity tells whose object it is, for objects of which a user has one.
type UserIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	UserName  types.String `tfsdk:"user_name"`
}

func (o Object) Identity() any { return UserIdentity{AccountID: o.AccountID, UserName: o.UserName} }

// noTimeouts is the null value of a timeouts attribute, for models that no
// configuration has filled.
var NoTimeouts = timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
	"create": types.StringType, "read": types.StringType, "update": types.StringType, "delete": types.StringType,
})}

// userNameForm is what a RAM user's name may look like (documented).
var UserNamePattern = tf.NewLazyRegexp(`^[a-zA-Z0-9._-]{1,64}$`)

// userNameChecks refuse the empty name above all: without a name, the service
// takes the caller itself, which may be the root of the account.
func UserNameValidators() []validator.String {
	return []validator.String{UserNamePattern.Validator("must be 1 to 64 letters, digits, dots, dashes and underscores, and not a principal name")}
}

// ownedAttributes are the attributes of owned, and those of the object itself.
func Attributes(ctx context.Context, own map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{
			Computed: true, PlanModifiers: tf.StableID(),
			MarkdownDescription: "The id of the account.",
		},
		"user_name": schema.StringAttribute{
			Required: true, Validators: UserNameValidators(),
			MarkdownDescription: "The name of the RAM user, such as `alice`: not the principal name, whose domain changes with the account alias. " +
				"If the user is renamed, the object follows it; it is replaced only if the new name belongs to another user.",
		},
		"user_id": schema.StringAttribute{
			Computed: true, PlanModifiers: tf.StableID(),
			MarkdownDescription: "The id of the RAM user, which stays the same when the user is renamed.",
		},
		"timeouts": tf.TimeoutsAttribute(ctx),
	}
	maps.Copy(attributes, own)
	return attributes
}

// ownedIdentity is the identity of an object of a user, with what tells it from
// the user's others. The account may be left out of an import.
func IdentitySchema(own map[string]identityschema.Attribute) identityschema.Schema {
	attributes := map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"user_name":  identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the RAM user."},
	}
	maps.Copy(attributes, own)
	return identityschema.Schema{Attributes: attributes}
}

// begin checks the account and finds the user for a create.
func PrepareCreate(ctx context.Context, i *instance.Instance, f diagnostics.Operation, o *Object, diags *diag.Diagnostics) bool {
	account, ok := instance.CheckNamedAccount(ctx, i, f, o.AccountID, diags)
	if !ok {
		return false
	}
	user, err := i.Client.User(ctx, o.UserName.ValueString())
	if ram.NotFound(err, "User") {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"There is no RAM user %q in account %s. %s\n\nCreate the user first, for example with ram_user, and refer to its name, so that Terraform knows the order.\n\n%s",
			o.UserName.ValueString(), account, f.State, diagnostics.Explain(err)))
		return false
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	o.AccountID, o.UserID = types.StringValue(account), types.StringValue(user.ID)
	return true
}

// resume checks the account and the user before a write to an object that
// exists: the name must belong to the user whose object it is. A state from
// before user ids is filled.
func PrepareUpdate(ctx context.Context, i *instance.Instance, f diagnostics.Operation, o *Object, diags *diag.Diagnostics) bool {
	account, ok := i.CheckAccount(ctx, f, o.AccountID.ValueString(), diags)
	if !ok {
		return false
	}
	o.AccountID = types.StringValue(account)
	user, err := i.Client.RefreshUser(ctx, o.UserName.ValueString())
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if id := o.UserID.ValueString(); id != "" && id != user.ID {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"The name %q belongs to the user with id %s, but the object belongs to the user with id %s. %s\n\n"+
				"To give the other user an object of its own, plan with -replace.", user.Name, user.ID, id, f.State))
		return false
	}
	o.UserID = types.StringValue(user.ID)
	return true
}

// follow looks for the user of an object whose name is not there any more. It
// tells whether the user has another name now, which o then has too.
func FollowRename(ctx context.Context, i *instance.Instance, o *Object) (renamed bool, err error) {
	id := o.UserID.ValueString()
	if id == "" {
		return false, nil
	}
	user, err := i.Client.UserByID(ctx, id)
	switch {
	case ram.NotFound(err, "User"):
		return false, nil
	case err != nil:
		return false, err
	}
	renamed = user.Name != o.UserName.ValueString()
	o.UserName = types.StringValue(user.Name)
	return renamed, nil
}

// followKey is follow for what belongs to a key. Where the user's id is not known
// yet, as after a move, the service tells who owns the key.
func FollowKeyOwner(ctx context.Context, i *instance.Instance, o *Object, keyID string) (renamed bool, err error) {
	if o.UserID.ValueString() != "" {
		return FollowRename(ctx, i, o)
	}
	user, err := i.Client.AccessKeyOwner(ctx, keyID)
	switch {
	case ram.NotFound(err, "User", "User.AccessKey") && o.UserName.ValueString() == "":
		return false, diagnostics.WithState("Nobody knows whose key it is.", errUnknownKeyOwner) // it may be a key of the root account
	case ram.NotFound(err, "User", "User.AccessKey"):
		return false, nil
	case err != nil:
		return false, err
	}
	renamed = user.Name != o.UserName.ValueString()
	o.UserName, o.UserID = types.StringValue(user.Name), types.StringValue(user.ID)
	return renamed, nil
}

// errOwnerless is what nothing is concluded from: a key of the root account is
// found under no user.
var errUnknownKeyOwner = errors.New("the state does not say whose key it is, and no RAM user of the account has it. It is deleted, or of another account, or of the root account, " +
	"whose keys the provider does not manage. Keep its secret if it is still needed, and take the resource out of the state")

// belongs makes sure that a key whose owner is not known yet, as after a move, is
// that of the user whom the configuration names: in another user's list it would
// not be found, and be taken for deleted.
func CheckKeyOwner(ctx context.Context, i *instance.Instance, f diagnostics.Operation, o Object, keyID string, diags *diag.Diagnostics) bool {
	user, err := i.Client.AccessKeyOwner(ctx, keyID)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if user.ID != o.UserID.ValueString() {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"The key %s belongs to the user %q, not to %q. %s\n\nCorrect user_name.", keyID, user.Name, o.UserName.ValueString(), f.State))
		return false
	}
	return true
}

// planName decides what a new user_name means: the same user renamed, in place, or
// another user, which is a replacement.
func PlanUserName(ctx context.Context, i *instance.Instance, state, plan Object, resp *resource.ModifyPlanResponse) {
	name := plan.UserName.ValueString()
	if plan.UserName.IsUnknown() || name == state.UserName.ValueString() || state.UserID.ValueString() == "" {
		return
	}
	user, err := i.Client.User(ctx, name)
	switch {
	case ram.NotFound(err, "User"): // renamed in this very run
	case diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "plan the change of user_name", State: "Nothing was changed."}, err):
	case user.ID != state.UserID.ValueString():
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("user_name"))
	}
}

// ownKey tells that an AccessKey pair is one that the provider itself stands on.
func IsOwnKey(i *instance.Instance, id string) bool {
	chain, known := i.Client.CredentialChain()
	return known && slices.Contains(chain.LongLivedKeyIDs(), id)
}

// ownUser tells that the provider itself stands on a key of this user: as the
// caller, or as the owner of a key that a role is assumed with.
func IsOwnUser(ctx context.Context, i *instance.Instance, id string) (bool, error) {
	caller, err := i.Client.Caller(ctx)
	if err != nil || caller.UserID == id {
		return err == nil, err
	}
	chain, known := i.Client.CredentialChain()
	if !known {
		return false, nil
	}
	for _, key := range chain.LongLivedKeyIDs() {
		owner, err := i.Client.AccessKeyOwner(ctx, key)
		if err == nil && owner.ID == id {
			return true, nil
		}
		// A key of another account, from which a role is assumed, is not found here.
		if err != nil && !ram.NotFound(err, "User") && !ram.NotFound(err, "User.AccessKey") {
			return false, err
		}
	}
	return false, nil
}

// importable tells that an import names a user, and not, say, a principal name.
func CheckImportName(name types.String, noun string, diags *diag.Diagnostics) bool {
	if UserNamePattern.MatchString(name.ValueString()) {
		return true
	}
	diags.AddError("Cannot import the "+noun, fmt.Sprintf("%q is not the name of a RAM user. Nothing was imported.\n\nImport with the name alone, such as alice: no domain, and no id of the user.", name.ValueString()))
	return false
}
