// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*deletePasskeys)(nil)
	_ action.ActionWithModifyPlan = (*deletePasskeys)(nil)
)

// deletePasskeys deletes passkeys of a user.
type deletePasskeys struct{ actsOnInstance }

type deletePasskeysModel struct {
	userInvocation

	PasskeyIDs   types.Set  `tfsdk:"passkey_ids"`
	AllowLockOut types.Bool `tfsdk:"allow_lock_out"`
}

func (a *deletePasskeys) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_delete_passkeys"
}

func (a *deletePasskeys) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deletes the passkeys of a RAM user, all of them or those that are named, and waits until the service does not list them. " +
			"**This cannot be undone:** only the user can create a passkey, in a browser. If one passkey cannot be deleted, the others are deleted nevertheless.\n\n" +
			"A passkey that the user does not have is a warning: it may be deleted already. `ram_passkeys` lists the passkeys of a user. " +
			"Whether the deletion ends sessions that were opened with the passkey is not documented: assume that they remain valid until `login_session_duration` of `ram_security_preference` has passed.",
		Attributes: userInvocationAttributes(ctx, map[string]schema.Attribute{
			"passkey_ids": idsAttribute("The ids of the passkeys to delete. If the argument is omitted or null, all passkeys of the user are deleted. An empty set deletes none.",
				stringvalidator.LengthAtLeast(1)),
			"allow_lock_out": actionLockOut("last passkey"),
		}),
	}
}

var failedPasskeys = failedAction("delete the passkeys")

func (a *deletePasskeys) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[deletePasskeysModel](ctx, req.Config, &resp.Diagnostics)
	user, ok := a.planUser(ctx, failedPasskeys, m.userInvocation, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() && namesNone(m.PasskeyIDs) {
		warnOfNone("passkey_ids", "passkey", "deleted", m.UserName, &resp.Diagnostics)
	}
	if !ok || m.AllowLockOut.IsUnknown() || setting.UnknownInside(m.PasskeyIDs) || namesNone(m.PasskeyIDs) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if has, err := a.Client.Passkeys(ctx, user.Name); !diagnostics.Report(&resp.Diagnostics, failedPasskeys, err) {
		refuseFactorLoss(ctx, a.Instance, user, m.gone(passkeyIDs(has)), m.AllowLockOut, &resp.Diagnostics)
	}
}

// gone are the second factors that the user loses: passkeys are one, until the last of them is deleted.
func (m deletePasskeysModel) gone(present []string) access.Factors {
	ids := namedIDs(m.PasskeyIDs)
	stays := func(id string) bool { return ids != nil && !slices.Contains(ids, id) }
	return access.Factors{Passkey: len(present) > 0 && !slices.ContainsFunc(present, stays)}
}

func passkeyIDs(passkeys []ram.Passkey) []string {
	ids := []string{}
	for _, passkey := range passkeys {
		ids = append(ids, passkey.ID)
	}
	return ids
}

func (a *deletePasskeys) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[deletePasskeysModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	report, ids := progressOf(resp), namedIDs(m.PasskeyIDs)
	user, ok := a.subject(ctx, failedPasskeys, m.userInvocation, &resp.Diagnostics)
	switch {
	case !ok || !a.refuseOwnUser(ctx, failedPasskeys, user, &resp.Diagnostics):
		return
	case namesNone(m.PasskeyIDs):
		report("passkey_ids is empty. No passkey of %q was deleted.", user.Name)
		return
	}
	unlock, err := a.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(&resp.Diagnostics, failedPasskeys, err) {
		return
	}
	defer unlock()
	has, err := a.Client.Passkeys(ctx, user.Name)
	if diagnostics.Report(&resp.Diagnostics, failedPasskeys, err) {
		return
	}
	present := passkeyIDs(has)
	if refuseFactorLoss(ctx, a.Instance, user, m.gone(present), m.AllowLockOut, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	for _, id := range ids {
		if !slices.Contains(present, id) {
			resp.Diagnostics.AddAttributeWarning(path.Root("passkey_ids"), fmt.Sprintf("User %s has no passkey %s", user.Name, id),
				"It may be deleted already, or belong to another user. The other passkeys that are named are deleted.")
		}
	}
	newRevocation(a.Instance, passkeyKind(a.Instance), user, ids, report).run(ctx, &resp.Diagnostics)
}
