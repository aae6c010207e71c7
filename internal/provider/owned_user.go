// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// importUser imports what a user has one of, by the user's name. The user's id
// stays null, so that the Read which follows knows that it is the first.
func importUser(ctx context.Context, i *instance, noun string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	asked := userIdentity{UserName: types.StringValue(req.ID)}
	if req.ID == "" {
		asked = get[userIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() || !importable(asked.UserName, noun, &resp.Diagnostics) {
		return
	}
	o := owned{AccountID: asked.AccountID, UserName: asked.UserName}
	if !prepareCreate(ctx, i, failure{what: "import the " + noun, now: "The state is as it was."}, &o, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), o.AccountID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_name"), o.UserName)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, o.identity())...)
}

// present finds the user of an object before something is taken from it, under
// whatever name it has now. A name that belongs to another user is not it.
func userExists(ctx context.Context, i *instance, o *owned) (bool, error) {
	user, err := i.client.User(ctx, o.UserName.ValueString())
	id := o.UserID.ValueString()
	switch {
	case err != nil && !ram.NotFound(err, "User"):
		return false, err
	case err == nil && (id == "" || user.ID == id):
		return true, nil
	case id == "":
		return false, nil
	}
	user, err = i.client.UserByID(ctx, id)
	if ram.NotFound(err, "User") {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o.UserName = types.StringValue(user.Name)
	return true, nil
}
