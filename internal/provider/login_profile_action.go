// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*disableConsoleLogon)(nil)
	_ action.ActionWithModifyPlan = (*disableConsoleLogon)(nil)
)

// disableConsoleLogon makes a login profile inactive.
type disableConsoleLogon struct{ actsOnInstance }

func (a *disableConsoleLogon) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_disable_console_logon"
}

func (a *disableConsoleLogon) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Disables the console logon of a RAM user by setting the login profile to inactive, and waits until the service shows the change. **The user can no longer log on to the console**; " +
			"the password, the MFA device and the AccessKey pairs are unchanged, and keys still work. The action does nothing if the profile is already inactive or if the user has none.\n\n" +
			"The service does not document whether open sessions end: assume that they remain valid until `login_session_duration` of `ram_security_preference` has passed. " +
			"A `ram_login_profile` with `status = \"Active\"` enables logon again with the next apply. Change the configuration first.",
		Attributes: userInvocationAttributes(ctx, nil),
	}
}

func (a *disableConsoleLogon) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[userInvocation](ctx, req.Config, &resp.Diagnostics)
	a.planUser(ctx, failedDisableLogon, m, &resp.Diagnostics)
}

func (a *disableConsoleLogon) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[userInvocation](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	user, ok := a.subject(ctx, failedDisableLogon, m, &resp.Diagnostics)
	if ok && a.refuseOwnUser(ctx, failedDisableLogon, user, &resp.Diagnostics) {
		a.disableLogon(ctx, failedDisableLogon, user, progressOf(resp), &resp.Diagnostics)
	}
}
