// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
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
		Attributes: userOrderAttributes(ctx, nil),
	}
}

var failedLogonOff = failedAction("disable the console logon")

func (a *disableConsoleLogon) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[userOrder](ctx, req.Config, &resp.Diagnostics)
	a.planUser(ctx, failedLogonOff, m, &resp.Diagnostics)
}

func (a *disableConsoleLogon) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[userOrder](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	user, ok := a.subject(ctx, failedLogonOff, m, &resp.Diagnostics)
	if ok && a.spares(ctx, failedLogonOff, user, &resp.Diagnostics) {
		a.disableLogon(ctx, failedLogonOff, user, tellingOf(resp), &resp.Diagnostics)
	}
}

// disableLogon disables the console logon of a user, and reports whether it is disabled.
func (a *actsOnInstance) disableLogon(ctx context.Context, f diagnostics.Operation, user ram.User, tell telling, diags *diag.Diagnostics) bool {
	profile, err := a.Client.LoginProfile(ctx, user.Name)
	switch {
	case ram.NotFound(err, "User.LoginProfile"):
		tell("The user %q has no login profile, so there is no console logon to disable.", user.Name)
		return true
	case diagnostics.Report(diags, f, err):
		return false
	case profile.Status == ram.Inactive:
		tell("The console logon of %q is already disabled.", user.Name)
		return true
	}
	tell("Disabling the console logon of %q.", user.Name)
	if diagnostics.Report(diags, f, a.switchOff(ctx, user.Name)) {
		return false
	}
	tell("The console logon of %q is disabled.", user.Name)
	return true
}

// switchOff makes the profile inactive, and waits until it shows so or is gone.
func (a *actsOnInstance) switchOff(ctx context.Context, name string) error {
	off := ram.Inactive
	err := a.Client.UpdateLoginProfile(ctx, name, ram.LoginProfileChange{Status: &off})
	if noProfile(err) {
		return nil
	}
	if err != nil {
		return diagnostics.WithState(afterRequest(err, "The console logon is still enabled.", "It is unknown whether the console logon is disabled. Treat it as enabled."), err)
	}
	shows, err := a.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := a.Client.LoginProfile(ctx, name)
		if noProfile(err) {
			return true, nil
		}
		return err == nil && live.Status == ram.Inactive, err
	})
	if err == nil && !shows {
		err = fmt.Errorf("the service accepted the request, but still showed the profile as active after %s", instance.ConfirmLimit)
	}
	return diagnostics.WithState("The service accepted the request, but does not show the console logon as disabled. Treat it as enabled. "+runAgain, err)
}
