// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package owner finds the user that owns an object, even after a rename.
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

// Object contains the attributes that all objects of a user share. The owner is identified
// by the user id, because the name may change.
type Object struct {
	AccountID types.String   `tfsdk:"account_id"`
	UserName  types.String   `tfsdk:"user_name"`
	UserID    types.String   `tfsdk:"user_id"`
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
}

// UserIdentity is the identity of an object that a user has at most once.
type UserIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	UserName  types.String `tfsdk:"user_name"`
}

// Identity returns the identity of an object that a user has at most once.
func (o Object) Identity() any { return UserIdentity{AccountID: o.AccountID, UserName: o.UserName} }

// User returns the owner as the state knows it: the name may be an earlier one.
func (o Object) User() ram.User {
	return ram.User{ID: o.UserID.ValueString(), Name: o.UserName.ValueString()}
}

// NoTimeouts is the null value of the timeouts attribute, for models that are not read from
// a configuration.
var NoTimeouts = timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
	"create": types.StringType, "read": types.StringType, "update": types.StringType, "delete": types.StringType,
})}

// UserNamePattern matches the name of a RAM user (documented).
var UserNamePattern = tf.NewLazyRegexp(`^[a-zA-Z0-9._-]{1,64}$`)

// UserNameValidators check the name of a RAM user. They refuse "", because without a name
// the service acts on the caller, which may be the root account.
func UserNameValidators() []validator.String {
	return []validator.String{UserNamePattern.Validator("must be 1 to 64 letters, digits, dots, hyphens and underscores, and not a principal name")}
}

// Attributes returns the schema attributes of Object together with those of the resource
// type.
func Attributes(ctx context.Context, own map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{
			Computed: true, PlanModifiers: tf.StableID(),
			MarkdownDescription: "The id of the account.",
		},
		"user_name": schema.StringAttribute{
			Required: true, Validators: UserNameValidators(),
			MarkdownDescription: "The name of the RAM user, such as `alice` (not the principal name, which changes with the account alias). " +
				"If the user is renamed, the object is updated in place. It is replaced only if the new name belongs to another user.",
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

// IdentitySchema returns the identity schema of an object of a user: account, user name and
// the attributes in own. An import may omit the account.
func IdentitySchema(own map[string]identityschema.Attribute) identityschema.Schema {
	attributes := map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"user_name":  identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the RAM user."},
	}
	maps.Copy(attributes, own)
	return identityschema.Schema{Attributes: attributes}
}

// PrepareCreate checks the account and finds the user before a create.
func PrepareCreate(ctx context.Context, i *instance.Instance, f diagnostics.Operation, o *Object, diags *diag.Diagnostics) bool {
	account, ok := instance.CheckNamedAccount(ctx, i, f, o.AccountID, diags)
	if !ok {
		return false
	}
	user, err := i.Client.Owner(ctx, o.UserName.ValueString())
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

// PrepareUpdate checks the account and the user before a write to an existing object. The
// name must belong to the user with the stored id. It fills in a missing user id.
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
				"To create the object for the other user, plan with -replace.", user.Name, user.ID, id, f.State))
		return false
	}
	o.UserID = types.StringValue(user.ID)
	return true
}

// FollowRename finds the user of an object by id if the stored user name no longer exists.
// It reports whether the user was renamed, and stores the new name in o.
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

// FollowKeyOwner is FollowRename for an object of an AccessKey. Without a user id, for
// example after a move, it reads the owner of the key from the service.
func FollowKeyOwner(ctx context.Context, i *instance.Instance, o *Object, keyID string) (renamed bool, err error) {
	if o.UserID.ValueString() != "" {
		return FollowRename(ctx, i, o)
	}
	user, err := i.Client.AccessKeyOwner(ctx, keyID)
	var unknown *ram.UnknownAccountError
	switch {
	case o.UserName.ValueString() == "" && (ram.NotFound(err, "User", "User.AccessKey") || errors.As(err, &unknown)):
		return false, diagnostics.WithState("The owner of the key is unknown.", errUnknownKeyOwner) // the key may belong to the root account
	case ram.NotFound(err, "User", "User.AccessKey"):
		return false, nil
	case err != nil:
		return false, err
	}
	renamed = user.Name != o.UserName.ValueString()
	o.UserName, o.UserID = types.StringValue(user.Name), types.StringValue(user.ID)
	return renamed, nil
}

// errUnknownKeyOwner does not mean that the key was deleted, because no RAM user owns a key
// of the root account.
var errUnknownKeyOwner = errors.New("the state has no user name, and no RAM user of the account has the key. The key may be deleted, or belong to another account or to the root account, " +
	"whose keys the provider does not manage. Save its secret if you still need it, and remove the resource from the state")

// AccountOf returns the account of an object whose state does not contain one, for example
// after a move. It is the account of the credentials if the user or the AccessKey exists
// there, because their ids exist in one account only. Otherwise it returns "".
func AccountOf(ctx context.Context, i *instance.Instance, userID, keyID string) (string, error) {
	var err error
	switch {
	case userID != "":
		_, err = i.Client.UserByID(ctx, userID)
	case keyID != "":
		_, err = i.Client.AccessKeyOwner(ctx, keyID)
	default:
		return "", nil
	}
	var unknown *ram.UnknownAccountError
	if errors.As(err, &unknown) || ram.NotFound(err, "User", "User.AccessKey") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	caller, err := i.Client.Caller(ctx)
	return caller.AccountID, err
}

// CheckKeyOwner checks that a key belongs to the configured user if the state does not
// contain its owner, for example after a move. The key list of another user does not
// contain the key, so it would count as deleted.
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

// PlanUserName plans a changed user_name: an update in place if the same user was renamed,
// a replacement if the name belongs to another user.
func PlanUserName(ctx context.Context, i *instance.Instance, state, plan Object, resp *resource.ModifyPlanResponse) {
	name := plan.UserName.ValueString()
	if plan.UserName.IsUnknown() || name == state.UserName.ValueString() || state.UserID.ValueString() == "" {
		return
	}
	user, err := i.Client.User(ctx, name)
	switch {
	case ram.NotFound(err, "User"): // this run renames the user
	case diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "plan the change of user_name", State: "Nothing was changed."}, err):
	case user.ID != state.UserID.ValueString():
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("user_name"))
	}
}

// ResolveOwnKeys makes the own keys known to [IsOwnKey]. Plans call it: they may make no call, which would do it too.
func ResolveOwnKeys(ctx context.Context, i *instance.Instance) {
	if chain, known := i.Client.CredentialChain(); known {
		chain.Resolve(ctx)
	}
}

// IsOwnKey reports whether the credentials of the provider depend on an AccessKey.
func IsOwnKey(i *instance.Instance, id string) bool {
	chain, known := i.Client.CredentialChain()
	return known && slices.Contains(chain.LongLivedKeyIDs(), id)
}

// NewUser returns the name under which a run records that it creates a user. See
// [instance.Instance.Adopt].
func NewUser(name string) string { return "new user " + name }
