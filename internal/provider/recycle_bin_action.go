// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*restoreKey)(nil)
	_ action.ActionWithModifyPlan = (*restoreKey)(nil)
	_ action.ActionWithConfigure  = (*purgeKey)(nil)
	_ action.ActionWithModifyPlan = (*purgeKey)(nil)
)

// recycledKeyInvocation has the arguments of the actions on the recycle bin.
type recycledKeyInvocation struct {
	invocation

	AccessKeyID types.String `tfsdk:"access_key_id"`
}

func recycledKeyAttributes(ctx context.Context) map[string]schema.Attribute {
	return invocationAttributes(ctx, tf.DefaultTimeout, map[string]schema.Attribute{
		"access_key_id": schema.StringAttribute{
			Required: true, Validators: keyIDChecks(),
			MarkdownDescription: "The id of the AccessKey pair in the recycle bin. `ram_access_keys_in_recycle_bin` lists them.",
		},
	})
}

// findRecycledKey returns the configured key, if it is in the recycle bin of the configured account.
func (a *actsOnInstance) findRecycledKey(ctx context.Context, f diagnostics.Operation, m recycledKeyInvocation, diags *diag.Diagnostics) (kept ram.RecycledKey, found, ok bool) {
	if _, ok := a.checkInvocation(ctx, f, m.invocation, diags); !ok {
		return kept, false, false
	}
	kept, err := a.Client.RecycledKey(ctx, m.AccessKeyID.ValueString())
	if ram.NotFound(err, "User.AccessKey") {
		return kept, false, true
	}
	return kept, true, !diagnostics.Report(diags, f, err)
}

// findLiveKey finds a key among those of the users. Keys of the root account are not
// seen there (assumed).
func (a *actsOnInstance) findLiveKey(ctx context.Context, id string) (owner ram.User, key ram.AccessKey, found bool, err error) {
	owner, err = a.Client.AccessKeyOwner(ctx, id)
	if ram.NotFound(err, "User", "User.AccessKey") {
		return owner, key, false, nil
	}
	if err != nil {
		return owner, key, false, err
	}
	keys, err := a.Client.RefreshAccessKeys(ctx, owner.Name)
	key, found = credential.In(keys, id)
	return owner, key, found, err
}

// restoreKey takes a deleted key out of the recycle bin.
type restoreKey struct{ actsOnInstance }

func (a *restoreKey) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_restore_access_key"
}

func (a *restoreKey) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Restores a deleted AccessKey pair of a RAM user from the recycle bin, which keeps it for about a month, and waits until the service lists it. Its secret is unchanged. " +
			"**Do not restore a key that was deleted because it leaked.** A user has at most two keys, including the restored one. The service does not document the status of a restored key; the action shows it. " +
			"The action does nothing if the key is already restored. Import the key to manage it with Terraform.",
		Attributes: recycledKeyAttributes(ctx),
	}
}

var failedRestore = failedAction("restore the AccessKey pair")

func (a *restoreKey) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[recycledKeyInvocation](ctx, req.Config, &resp.Diagnostics)
	a.planInvocation(ctx, failedRestore, m.invocation, &resp.Diagnostics)
}

func (a *restoreKey) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[recycledKeyInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f, id, report := failedRestore, m.AccessKeyID.ValueString(), progressOf(resp)
	kept, found, ok := a.findRecycledKey(ctx, f, m, &resp.Diagnostics)
	switch {
	case !ok:
		return
	case !found:
		a.notRecycled(ctx, id, report, &resp.Diagnostics)
		return
	case kept.UserRecycled:
		resp.Diagnostics.AddAttributeError(path.Root("access_key_id"), "Cannot "+f.Name, fmt.Sprintf(
			"Its user, with the id %s, is in the recycle bin as well. %s\n\nRestore the user first, with the action ram_restore_user or with: aliyun ims RestoreUserFromRecycleBin --UserId %[1]s", kept.UserID, f.State))
		return
	}
	user, err := a.Client.RefreshUserByID(ctx, kept.UserID)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	report("Restoring the AccessKey pair %s of %q, deleted at %s.", id, user.Name, kept.RecycleDate.Format(time.RFC3339))
	a.restore(ctx, user, id, report, &resp.Diagnostics)
}

// notRecycled explains where a key is that is not in the recycle bin. One that is there
// needs no more.
func (a *restoreKey) notRecycled(ctx context.Context, id string, report progress, diags *diag.Diagnostics) {
	owner, key, found, err := a.findLiveKey(ctx, id)
	switch {
	case diagnostics.Report(diags, failedRestore, err):
	case found:
		report("The AccessKey pair %s of %q is not deleted. It is %s.", id, owner.Name, key.Status)
	default:
		diags.AddAttributeError(path.Root("access_key_id"), "Cannot "+failedRestore.Name, fmt.Sprintf(
			"The AccessKey pair %s is not in the recycle bin, and no RAM user has it. %s\n\nThe service deletes a key permanently about a month after its deletion, or when the user has deleted three more. "+
				"The key may also belong to another account.", id, failedRestore.State))
	}
}

func (a *restoreKey) restore(ctx context.Context, user ram.User, id string, report progress, diags *diag.Diagnostics) {
	var key ram.AccessKey
	err := a.restoreRecycled(ctx, recycledObject{
		noun: "key", kind: "User.AccessKey",
		restore: func(ctx context.Context) error { return a.Client.RestoreRecycledKey(ctx, user.ID, id) },
		isLive: func(ctx context.Context) (found bool, err error) {
			keys, err := a.Client.RefreshAccessKeys(ctx, user.Name)
			key, found = credential.In(keys, id)
			return found, err
		},
	})
	if ram.LimitExceeded(err) {
		keys, _ := a.Client.RefreshAccessKeys(ctx, user.Name)
		err = diagnostics.WithState(fmt.Sprintf("The user %q already has the maximum number of AccessKey pairs: %s. Nothing was changed. Delete one of them and run again.", user.Name, keysNamed(keys)), err)
	}
	if diagnostics.Report(diags, failedRestore, err) {
		return
	}
	report("The AccessKey pair %s of %q is restored. It is %s.", id, user.Name, key.Status)
	if key.Status == ram.Active {
		diags.AddWarning(fmt.Sprintf("The restored AccessKey pair %s of user %s is active", id, user.Name), fmt.Sprintf("The key %s of %q can be used immediately. Disable it if you do not want that.", id, user.Name))
	}
}

// purgeKey deletes a key for good.
type purgeKey struct{ actsOnInstance }

func (a *purgeKey) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_purge_access_key"
}

func (a *purgeKey) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deletes an AccessKey pair in the recycle bin permanently, and confirms the deletion. It cannot be restored afterwards. **This cannot be undone.** " +
			"It only deletes keys in the recycle bin. A key that a user still has is an error and is not deleted. A key that no longer exists is a warning.",
		Attributes: recycledKeyAttributes(ctx),
	}
}

var failedPurge = failedAction("purge the AccessKey pair")

func (a *purgeKey) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[recycledKeyInvocation](ctx, req.Config, &resp.Diagnostics)
	a.planInvocation(ctx, failedPurge, m.invocation, &resp.Diagnostics)
}

func (a *purgeKey) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[recycledKeyInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f, id, report := failedPurge, m.AccessKeyID.ValueString(), progressOf(resp)
	kept, found, ok := a.findRecycledKey(ctx, f, m, &resp.Diagnostics)
	switch {
	case !ok:
		return
	case !found:
		a.notRecycled(ctx, id, &resp.Diagnostics)
		return
	}
	report("Permanently deleting the AccessKey pair %s of the user %s.", id, kept.UserID)
	if diagnostics.Report(&resp.Diagnostics, f, a.purge(ctx, kept)) {
		return
	}
	report("The AccessKey pair %s is permanently deleted.", id)
}

// notRecycled explains where a key is that is not in the recycle bin. A live one is never
// touched.
func (a *purgeKey) notRecycled(ctx context.Context, id string, diags *diag.Diagnostics) {
	owner, key, found, err := a.findLiveKey(ctx, id)
	switch {
	case diagnostics.Report(diags, failedPurge, err):
	case found:
		diags.AddAttributeError(path.Root("access_key_id"), "Cannot "+failedPurge.Name, fmt.Sprintf(
			"The AccessKey pair %s is not in the recycle bin: the user %q has it, and it is %s. %s\n\nTo delete it permanently, delete it from the user first.", id, owner.Name, key.Status, failedPurge.State))
	default:
		diags.AddAttributeWarning(path.Root("access_key_id"), fmt.Sprintf("The AccessKey pair %s does not exist", id), fmt.Sprintf(
			"The AccessKey pair %s is not in the recycle bin, and no RAM user has it. It may already be permanently deleted. Check the id.", id))
	}
}

// purge deletes the key, and makes sure that it is gone.
func (a *purgeKey) purge(ctx context.Context, kept ram.RecycledKey) error {
	return a.purgeRecycled(ctx, recycledObject{
		noun: "key", kind: "User.AccessKey",
		purge: func(ctx context.Context) error { return a.Client.PurgeRecycledKey(ctx, kept.UserID, kept.ID) },
		isRecycled: func(ctx context.Context) (bool, error) {
			_, err := a.Client.RecycledKey(ctx, kept.ID)
			return err == nil, ram.IgnoreNotFound(err, "User.AccessKey")
		},
	})
}
