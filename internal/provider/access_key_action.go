// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*deactivateKeys)(nil)
	_ action.ActionWithModifyPlan = (*deactivateKeys)(nil)
)

// deactivateKeys disables the keys of a user.
type deactivateKeys struct{ actsOnInstance }

type deactivateKeysModel struct {
	userInvocation

	AccessKeyIDs types.Set `tfsdk:"access_key_ids"`
}

func (a *deactivateKeys) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deactivate_access_keys"
}

func (a *deactivateKeys) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Disables the AccessKey pairs of a RAM user, all of them or those that are named, and waits until the service lists them as inactive. " +
			"**Whatever signs its calls with such a key stops working**, until an administrator enables the key again; nothing is deleted. A key that is inactive already is left so, and a key of the user that comes up while " +
			"all are being disabled is disabled too. If one key cannot be disabled, the others are nevertheless.\n\n" +
			"It never disables a key that Terraform itself uses. A session that was opened with a key before, through a role, remains valid until it expires. " +
			"A `ram_access_key` with `status = \"Active\"` enables its key again with the next apply: change that first.",
		Attributes: userInvocationAttributes(ctx, map[string]schema.Attribute{
			"access_key_ids": idsAttribute("The ids of the AccessKey pairs to disable. The user must have all of them; otherwise none is disabled. "+
				"If the argument is omitted or null, all AccessKey pairs of the user are disabled. An empty set disables none.", keyIDChecks()...),
		}),
	}
}

var failedDeactivation = failedAction("disable the AccessKey pairs")

func (a *deactivateKeys) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[deactivateKeysModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	user, found := a.planned(ctx, failedDeactivation, m.userInvocation, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError() || m.AccessKeyIDs.IsUnknown():
	case namesNone(m.AccessKeyIDs):
		warnOfNone("access_key_ids", "AccessKey pair", "disabled", m.UserName, &resp.Diagnostics)
	case found:
		a.refuseOwnKeys(ctx, user, namedIDs(m.AccessKeyIDs), &resp.Diagnostics)
	}
}

// refuseOwnKeys refuses to disable a key that Terraform uses.
func (a *deactivateKeys) refuseOwnKeys(ctx context.Context, user ram.User, ids []string, diags *diag.Diagnostics) bool {
	f := failedDeactivation
	if at := slices.IndexFunc(ids, func(id string) bool { return owner.IsOwnKey(a.Instance, id) }); at >= 0 {
		diags.AddAttributeError(path.Root("access_key_ids"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform itself uses the key %s, and would lose access during the run. %s\n\nRemove the key from access_key_ids, or run with other credentials.", ids[at], f.State))
		return false
	}
	own, err := owner.IsOwnUser(ctx, a.Instance, user.ID)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	chain, known := a.Client.CredentialChain()
	switch {
	case own && ids == nil:
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform itself uses a key of the user %q, and would lose access during the run. %s\n\nName the other keys in access_key_ids, or run with the credentials of another user.", user.Name, f.State))
		return false
	case own && (!known || len(chain.LongLivedKeyIDs()) == 0):
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Terraform itself runs as the user %q, in a session, and it is unknown which key opened the session. %s\n\nRun with the credentials of another user.", user.Name, f.State))
		return false
	}
	return true
}

func (a *deactivateKeys) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[deactivateKeysModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f, report, ids := failedDeactivation, progressOf(resp), namedIDs(m.AccessKeyIDs)
	user, ok := a.subject(ctx, f, m.userInvocation, &resp.Diagnostics)
	switch {
	case !ok:
		return
	case namesNone(m.AccessKeyIDs):
		report("access_key_ids is empty. No AccessKey pair of %q was disabled.", user.Name)
		return
	case !a.refuseOwnKeys(ctx, user, ids, &resp.Diagnostics):
		return
	}
	keys, err := a.Client.RefreshAccessKeys(ctx, user.Name)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	for _, id := range ids {
		if _, found := credential.In(keys, id); !found {
			resp.Diagnostics.AddAttributeError(path.Root("access_key_ids"), "Cannot "+f.Name, fmt.Sprintf(
				"The user %q has no AccessKey pair %s. %s The user's keys: %s.\n\nThe key may have been deleted, or belong to another user. Remove its id, or set the user that has it, and run again.", user.Name, id, f.State, keysNamed(keys)))
			return
		}
	}
	newRevocation(a.Instance, accessKeyKind(a.Instance), user, ids, report).run(ctx, &resp.Diagnostics)
}
