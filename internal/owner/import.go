// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package owner

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// UserIDPattern matches the id of a RAM user, which is the resource id in the provider
// aliyun/alicloud. A user name may match, too.
var UserIDPattern = tf.NewLazyRegexp(`^[0-9]{15,20}$`)

// FindImported finds the user that an import names, and sets the account, the name and the
// id. An import id may be the name, the principal name or the id of the user. An identity
// contains the name, because it must equal the identity of the result.
func FindImported(ctx context.Context, i *instance.Instance, noun, id string, o *Object, diags *diag.Diagnostics) bool {
	f := diagnostics.Operation{Name: "import the " + noun, State: "The state is unchanged."}
	account, ok := instance.CheckNamedAccount(ctx, i, f, o.AccountID, diags)
	if !ok {
		return false
	}
	o.AccountID = types.StringValue(account)
	name, domain, principal := strings.Cut(o.UserName.ValueString(), "@")
	if id == "" && principal || !UserNamePattern.MatchString(name) {
		diags.AddError("Cannot import the "+noun, fmt.Sprintf(
			"%q is not the name of a RAM user. Nothing was imported.\n\nImport by the name, such as alice. The import id may also be the principal name, such as alice@example.onaliyun.com, or the id of the user.",
			o.UserName.ValueString()))
		return false
	}
	if principal && !checkDomain(ctx, i, f, account, domain, diags) {
		return false
	}
	user, err := i.Client.User(ctx, name)
	if ram.NotFound(err, "User") && id != "" && UserIDPattern.MatchString(id) {
		user, err = i.Client.UserByID(ctx, id)
	}
	if ram.NotFound(err, "User") {
		diags.AddError("Cannot import the "+noun, fmt.Sprintf(
			"There is no RAM user %q in account %s. %s\n\nCheck the name or the id, and the account of the provider.\n\n%s", name, account, f.State, diagnostics.Explain(err)))
		return false
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	o.UserName, o.UserID = types.StringValue(user.Name), types.StringValue(user.ID)
	return true
}

// checkDomain reports whether the domain of a principal name belongs to the account: it is
// the default domain, or the domain that every account has by its id (documented).
func checkDomain(ctx context.Context, i *instance.Instance, f diagnostics.Operation, account, domain string, diags *diag.Diagnostics) bool {
	if strings.EqualFold(domain, account+".onaliyun.com") {
		return true
	}
	own, err := i.Client.DefaultDomain(ctx)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if !strings.EqualFold(domain, own) {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf("%q is not a domain of account %s, whose users have the domain %s. %s\n\nCheck the account of the provider, or import by the name alone.", domain, account, own, f.State))
		return false
	}
	return true
}

// ImportUser imports an object that a user has at most once. It leaves the user id null,
// which marks the first Read.
func ImportUser(ctx context.Context, i *instance.Instance, noun string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := UserIdentity{UserName: types.StringValue(req.ID)}
	if req.ID == "" {
		identity = tf.Get[UserIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	o := Object{AccountID: identity.AccountID, UserName: identity.UserName}
	if resp.Diagnostics.HasError() || !FindImported(ctx, i, noun, req.ID, &o, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), o.AccountID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_name"), o.UserName)...)
	tf.Set(ctx, o.Identity(), resp.Identity, &resp.Diagnostics)
}

// UserExists finds the user of an object before a delete, even after a rename. A user with
// the stored name and another id does not count.
func UserExists(ctx context.Context, i *instance.Instance, o *Object) (bool, error) {
	user, err := i.Client.User(ctx, o.UserName.ValueString())
	id := o.UserID.ValueString()
	switch {
	case err != nil && !ram.NotFound(err, "User"):
		return false, err
	case err == nil && (id == "" || user.ID == id):
		return true, nil
	case id == "":
		return false, nil
	}
	user, err = i.Client.UserByID(ctx, id)
	if ram.NotFound(err, "User") {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o.UserName = types.StringValue(user.Name)
	return true, nil
}
