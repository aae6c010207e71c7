// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*restoreUser)(nil)
	_ action.ActionWithModifyPlan = (*restoreUser)(nil)
	_ action.ActionWithConfigure  = (*purgeUser)(nil)
	_ action.ActionWithModifyPlan = (*purgeUser)(nil)
)

// recycledUserInvocation is the model of the actions on a user in the recycle bin.
type recycledUserInvocation struct {
	invocation

	UserID types.String `tfsdk:"user_id"`
}

// userIDPattern matches the id of a user: digits (documented), and letters (assumed).
var userIDPattern = tf.NewLazyRegexp(`^[A-Za-z0-9]{1,64}$`)

func recycledUserAttributes(ctx context.Context) map[string]schema.Attribute {
	return invocationAttributes(ctx, tf.DefaultTimeout, map[string]schema.Attribute{
		"user_id": schema.StringAttribute{
			Required: true, Validators: []validator.String{userIDPattern.Validator("must be the id of a RAM user, such as 201234567890123456, not its name")},
			MarkdownDescription: "The id of the RAM user in the recycle bin. `ram_users_in_recycle_bin` finds the users that are there. A name is not enough: several deleted users can have the same name.",
		},
	})
}

// findRecycledUser returns the user that the invocation names, if it is in the recycle bin of the account.
func (a *actsOnInstance) findRecycledUser(ctx context.Context, f diagnostics.Operation, m recycledUserInvocation, diags *diag.Diagnostics) (user ram.RecycledUser, found, ok bool) {
	if _, ok := a.checkInvocation(ctx, f, m.invocation, diags); !ok {
		return user, false, false
	}
	user, err := a.Client.RecycledUser(ctx, m.UserID.ValueString())
	if ram.NotFound(err, "User") {
		return user, false, true
	}
	return user, true, !diagnostics.Report(diags, f, err)
}

// liveUser returns the user with an id, if it is not deleted.
func (a *actsOnInstance) liveUser(ctx context.Context, id string) (user ram.User, found bool, err error) {
	user, err = a.Client.RefreshUserByID(ctx, id)
	return user, err == nil, ram.IgnoreNotFound(err, "User")
}

// restoreUser restores a deleted user.
type restoreUser struct{ actsOnInstance }

func (a *restoreUser) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_restore_user"
}

func (a *restoreUser) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Restores a deleted RAM user from the recycle bin, where it is for about 30 days, and waits until the service returns it. The user has the same id as before, and the same name, unless the service gives it another. " +
			"Its AccessKey pairs are restored with it. The service does not document their status after that: assume that those that were active work again. Console logon has to be enabled again. **Do not restore a user that was deleted because it was compromised.** " +
			"The action lists the keys of the restored user, with their status. A user that is not deleted is not changed. A restored user is in no state until it is imported.",
		Attributes: recycledUserAttributes(ctx),
	}
}

var restoreUserOperation = failedAction("restore the user")

func (a *restoreUser) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[recycledUserInvocation](ctx, req.Config, &resp.Diagnostics)
	a.planInvocation(ctx, restoreUserOperation, m.invocation, &resp.Diagnostics)
}

func (a *restoreUser) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[recycledUserInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f, id, report := restoreUserOperation, m.UserID.ValueString(), progressOf(resp)
	user, found, ok := a.findRecycledUser(ctx, f, m, &resp.Diagnostics)
	switch {
	case !ok:
		return
	case !found:
		a.notRecycled(ctx, id, report, &resp.Diagnostics)
		return
	}
	report("Restoring the user %q, id %s, deleted at %s.", user.Name, id, user.RecycleDate.Format(time.RFC3339))
	if live, ok := a.restore(ctx, user, &resp.Diagnostics); ok {
		report("The user %q is restored.", live.Name)
		if live.Name != user.Name {
			resp.Diagnostics.AddWarning(fmt.Sprintf("The restored user has the name %s instead of %s", live.Name, user.Name), fmt.Sprintf(
				"The service gave the user with the id %s another name, possibly because another user has the name %q. What refers to the user by that name, such as a configuration or an identity provider, refers to the other user.", id, user.Name))
		}
		a.describe(ctx, live, report, &resp.Diagnostics)
	}
}

// notRecycled reports where a user is that is not in the recycle bin. A live one needs nothing.
func (a *restoreUser) notRecycled(ctx context.Context, id string, report progress, diags *diag.Diagnostics) {
	user, found, err := a.liveUser(ctx, id)
	switch {
	case diagnostics.Report(diags, restoreUserOperation, err):
	case found:
		report("The user %q, id %s, is not deleted.", user.Name, id)
	default:
		diags.AddAttributeError(path.Root("user_id"), "Cannot "+restoreUserOperation.Name, fmt.Sprintf(
			"The account has no user with the id %s, neither in the recycle bin nor outside of it. %s\n\nA user is deleted permanently about 30 days after it was deleted. Check the id and the account.", id, restoreUserOperation.State))
	}
}

// restore restores the user and waits until the service returns it.
func (a *restoreUser) restore(ctx context.Context, user ram.RecycledUser, diags *diag.Diagnostics) (live ram.User, ok bool) {
	err := a.restoreRecycled(ctx, recycledObject{
		noun: "user", kind: "User",
		restore: func(ctx context.Context) error { return a.Client.RestoreRecycledUser(ctx, user.ID) },
		isLive: func(ctx context.Context) (found bool, err error) {
			live, found, err = a.liveUser(ctx, user.ID)
			return found, err
		},
	})
	if ram.Exists(err) {
		diags.AddAttributeError(path.Root("user_id"), "Cannot "+restoreUserOperation.Name, fmt.Sprintf(
			"Another user has the name %q. The user is still in the recycle bin.\n\nRename or delete the other user, and run the action again.\n\n%s", user.Name, diagnostics.Explain(err)))
		return live, false
	}
	return live, !diagnostics.Report(diags, restoreUserOperation, err)
}

// describe lists how the restored user can sign in, and warns of keys that are active.
func (a *restoreUser) describe(ctx context.Context, user ram.User, report progress, diags *diag.Diagnostics) {
	keys, err := a.Client.RefreshAccessKeys(ctx, user.Name)
	if diagnostics.Report(diags, diagnostics.Operation{Name: "read the AccessKey pairs of the restored user", State: fmt.Sprintf("The user %q is restored. Its keys may be active.", user.Name)}, err) {
		return
	}
	report("AccessKey pairs of %q: %s.", user.Name, keysNamed(keys))
	active := []string{}
	for _, key := range keys {
		if key.Status == ram.Active {
			active = append(active, key.ID)
		}
	}
	if len(active) > 0 {
		diags.AddWarning(fmt.Sprintf("The restored user %s has active AccessKey pairs", user.Name), fmt.Sprintf(
			"These keys of %q can be used again: %s. If they are not needed, disable them, for example with ram_deactivate_access_keys.", user.Name, strings.Join(active, ", ")))
	}
}

// purgeUser deletes a user in the recycle bin permanently.
type purgeUser struct{ actsOnInstance }

func (a *purgeUser) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_purge_user"
}

func (a *purgeUser) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deletes a RAM user in the recycle bin permanently, with its AccessKey pairs and login profile, and confirms the deletion. **This cannot be undone.** " +
			"It only acts on the recycle bin: a user that is not deleted is an error, and is not changed. A user that no longer exists is a warning.",
		Attributes: recycledUserAttributes(ctx),
	}
}

var purgeUserOperation = failedAction("purge the user")

func (a *purgeUser) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[recycledUserInvocation](ctx, req.Config, &resp.Diagnostics)
	if a.Instance == nil || resp.Diagnostics.HasError() {
		return
	}
	if m.UserID.IsUnknown() {
		a.planInvocation(ctx, purgeUserOperation, m.invocation, &resp.Diagnostics)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if _, found, ok := a.findRecycledUser(ctx, purgeUserOperation, m, &resp.Diagnostics); ok && !found {
		a.notRecycled(ctx, m.UserID.ValueString(), &resp.Diagnostics)
	}
}

func (a *purgeUser) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[recycledUserInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	id, report := m.UserID.ValueString(), progressOf(resp)
	user, found, ok := a.findRecycledUser(ctx, purgeUserOperation, m, &resp.Diagnostics)
	switch {
	case !ok:
		return
	case !found:
		a.notRecycled(ctx, id, &resp.Diagnostics)
		return
	}
	report("Deleting the user %q, id %s, permanently.", user.Name, id)
	if !diagnostics.Report(&resp.Diagnostics, purgeUserOperation, a.purge(ctx, id)) {
		report("The user %q, id %s, is deleted permanently.", user.Name, id)
	}
}

// notRecycled reports where a user is that is not in the recycle bin. A live one is never changed.
func (a *purgeUser) notRecycled(ctx context.Context, id string, diags *diag.Diagnostics) {
	user, found, err := a.liveUser(ctx, id)
	switch {
	case diagnostics.Report(diags, purgeUserOperation, err):
	case found:
		diags.AddAttributeError(path.Root("user_id"), "Cannot "+purgeUserOperation.Name, fmt.Sprintf(
			"The user %q, id %s, is not in the recycle bin: it is not deleted. %s\n\nDelete it first, if it is the right one.", user.Name, id, purgeUserOperation.State))
	default:
		diags.AddAttributeWarning(path.Root("user_id"), fmt.Sprintf("The user with the id %s does not exist", id), fmt.Sprintf(
			"The account has no user with the id %s, neither in the recycle bin nor outside of it. It is deleted permanently already, or the id is wrong.", id))
	}
}

// purge deletes the user, and confirms that it is gone.
func (a *purgeUser) purge(ctx context.Context, id string) error {
	return a.purgeRecycled(ctx, recycledObject{
		noun: "user", kind: "User",
		purge: func(ctx context.Context) error { return a.Client.PurgeRecycledUser(ctx, id) },
		isRecycled: func(ctx context.Context) (bool, error) {
			_, err := a.Client.RecycledUser(ctx, id)
			return err == nil, ram.IgnoreNotFound(err, "User")
		},
	})
}
