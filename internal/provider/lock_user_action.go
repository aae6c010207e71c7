// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*lockUser)(nil)
	_ action.ActionWithModifyPlan = (*lockUser)(nil)
)

// lockUser revokes each way of a user to prove its identity.
type lockUser struct{ actsOnInstance }

func (a *lockUser) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_lock_user"
}

func (a *lockUser) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Locks a RAM user, in this order: it disables console logon, disables all AccessKey pairs, disables all service credentials, and deletes all passkeys; each step waits until the service shows the result. " +
			"**The user, and each program that uses a credential of the user, loses access**, and deleted passkeys cannot be restored. The password, the MFA device, the groups and the policies are not changed.\n\n" +
			"If a step fails, the following steps are executed nevertheless, and the error lists what is still open. After an interrupt, it lists the steps that were not executed. " +
			"The action can be repeated: steps that are complete are skipped. " +
			"Open console sessions, and sessions that were opened through a role, remain valid until they expire. " +
			"A `ram_login_profile` or a `ram_access_key` with `status = \"Active\"` reverts the action with the next apply: change the configuration first.",
		Attributes: userInvocationAttributes(ctx, nil),
	}
}

var (
	failedLock = failedAction("lock the user")
	logonStep  = diagnostics.Operation{Name: failedDisableLogon.Name, State: "The login profile was not changed."}
)

func (a *lockUser) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[userInvocation](ctx, req.Config, &resp.Diagnostics)
	a.planUser(ctx, failedLock, m, &resp.Diagnostics)
}

func (a *lockUser) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[userInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	user, ok := a.subject(ctx, failedLock, m, &resp.Diagnostics)
	if ok && a.refuseOwnUser(ctx, failedLock, user, &resp.Diagnostics) {
		a.lock(ctx, user, progressOf(resp), &resp.Diagnostics)
	}
}

// lock executes each step, and reports which of them are complete and which are open.
func (a *lockUser) lock(ctx context.Context, user ram.User, report progress, diags *diag.Diagnostics) {
	steps := []struct {
		what string
		run  func(*diag.Diagnostics) bool
	}{
		{"console logon", func(d *diag.Diagnostics) bool { return a.disableLogon(ctx, logonStep, user, report, d) }},
		{"AccessKey pairs", func(d *diag.Diagnostics) bool { return a.revokeAll(ctx, accessKeyKind(a.Instance), user, report, d) }},
		{"service credentials", func(d *diag.Diagnostics) bool {
			return a.revokeAll(ctx, serviceCredentialKind(a.Instance), user, report, d)
		}},
		{"passkeys", func(d *diag.Diagnostics) bool { return a.revokeAll(ctx, passkeyKind(a.Instance), user, report, d) }},
	}
	var causes diag.Diagnostics // of the open steps
	var complete, open []string
	for _, step := range steps {
		if ctx.Err() == nil && step.run(&causes) {
			complete = append(complete, step.what)
		} else {
			open = append(open, step.what)
		}
	}
	if len(open) == 0 {
		report("The user %q is locked. Console sessions that are open, and sessions through a role, remain valid until they expire.", user.Name)
		return
	}
	diags.AddError(fmt.Sprintf("Cannot lock the user %s", user.Name), fmt.Sprintf("Still open: %s. Complete: %s.\n\n%s", strings.Join(open, ", "), orNone(complete), runAgain))
	diags.Append(causes...)
}

// revokeAll revokes all credentials of one kind.
func (a *actsOnInstance) revokeAll(ctx context.Context, kind credentialKind, user ram.User, report progress, diags *diag.Diagnostics) bool {
	return newRevocation(a.Instance, kind, user, nil, report).run(ctx, diags)
}

// orNone joins names, and says so if there is none.
func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
