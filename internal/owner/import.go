// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package owner

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// ImportUser imports an object of which a user has one, by the user's name. It leaves the
// user id null, which marks the first Read.
func ImportUser(ctx context.Context, i *instance.Instance, noun string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	asked := UserIdentity{UserName: types.StringValue(req.ID)}
	if req.ID == "" {
		asked = tf.Get[UserIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() || !CheckImportName(asked.UserName, noun, &resp.Diagnostics) {
		return
	}
	o := Object{AccountID: asked.AccountID, UserName: asked.UserName}
	if !PrepareCreate(ctx, i, diagnostics.Operation{Name: "import the " + noun, State: "The state is as it was."}, &o, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), o.AccountID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_name"), o.UserName)...)
	tf.Set(ctx, o.Identity(), resp.Identity, &resp.Diagnostics)
}

// UserExists finds the user of an object before a delete, also after a rename. A user
// with the stored name and another id does not count.
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
