// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *loginProfileResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil || req.Plan.Raw.IsNull() {
		return // the provider could not be configured yet, or nothing is left to plan
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	plan := tf.Get[loginProfileModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[loginProfileModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planPassword(&plan, config, &resp.Diagnostics)
		if config.PasswordWO.IsNull() && config.PGPKey.IsNull() {
			reportNoPassword(&resp.Diagnostics)
		}
		if resp.Diagnostics.HasError() {
			return
		}
		r.planAccess(ctx, plan, access.UserChange{Name: plan.UserName.ValueString(), Reset: plan.PasswordResetRequired.ValueBool(), MFARequired: config.MFABindRequired.ValueBool()}, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		return
	}
	state := tf.Get[loginProfileModel](ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	plan.EncryptedPassword, plan.KeyFingerprint = state.EncryptedPassword, state.KeyFingerprint
	if sendsPassword(state, plan) {
		r.planPassword(&plan, config, &resp.Diagnostics)
		if config.PasswordWO.IsNull() && config.PGPKey.IsNull() && !plan.PasswordWOVersion.IsUnknown() {
			reportPasswordDue(&resp.Diagnostics)
		}
	}
	if len(resp.RequiresReplace) == 0 { // else it is planned again, as a create
		r.planAccess(ctx, plan, access.UserChange{
			Name: plan.UserName.ValueString(), ID: state.UserID.ValueString(),
			Reset:       sendsPassword(state, plan) && !plan.PasswordWOVersion.IsUnknown() && plan.PasswordResetRequired.ValueBool(),
			MFARequired: config.MFABindRequired.ValueBool() && !state.MFABindRequired.ValueBool(),
		}, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if state.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.IsNull() {
		resp.Diagnostics.AddAttributeWarning(path.Root("password_wo_version"), "The password is not sent",
			"The login profile has a password that Terraform did not set, and keeps it: the first password_wo_version is only recorded. To set the password, apply once more with another password_wo_version.")
	}
	if state.Status.ValueString() == inactive && config.Status.ValueString() == active {
		diagnostics.LessSecure.WarnAt(&resp.Diagnostics, path.Root("status"), "The console logon will be enabled again",
			"The login profile is Inactive: an administrator disabled the logon, or the service did because it was not used. The configuration says Active, so the user will be able to log on again. "+
				"If it must stay disabled, remove status from the configuration.")
	}
}

// planPassword plans the encrypted form of a password that is sent, and checks the key.
func (r *loginProfileResource) planPassword(plan *loginProfileModel, config loginProfileModel, diags *diag.Diagnostics) {
	plan.EncryptedPassword, plan.KeyFingerprint = types.StringUnknown(), types.StringUnknown()
	switch {
	case config.PGPKey.IsUnknown():
	case config.PGPKey.IsNull():
		plan.EncryptedPassword, plan.KeyFingerprint = types.StringNull(), types.StringNull()
	default:
		_, err := pgp.CheckKey(config.PGPKey.ValueString(), r.Client.Now())
		pgp.ReportKeyError(diags, err)
	}
}

// planAccess refuses a profile with which the user cannot log on (LOCK-02): a password that has to be changed by a user who may not, or a second factor
// that the user cannot bind. What the plan does not know yet is checked before the write.
func (r *loginProfileResource) planAccess(ctx context.Context, plan loginProfileModel, change access.UserChange, diags *diag.Diagnostics) {
	if plan.AllowLockOut.IsUnknown() || plan.UserName.IsUnknown() || !change.Reset && !change.MFARequired || plan.Status.ValueString() == inactive {
		return
	}
	if _, ok := r.CheckAccount(ctx, diagnostics.Operation{Name: "plan the login profile", State: "Nothing was changed."}, plan.AccountID.ValueString(), diags); !ok {
		return
	}
	for _, d := range userRisks(ctx, r.Instance, change, plan.AllowLockOut.ValueBool(), profileAttributes) {
		d.Report(plan.AllowLockOut.ValueBool(), diags)
	}
}

// profileAttributes are to blame for what a login profile takes away.
var profileAttributes = map[access.Reason]string{access.Reset: "password_reset_required", access.Second: "mfa_bind_required"}

// accessChange returns what a request changes of the user's access.
func accessChange(name string, change ram.LoginProfileChange) access.UserChange {
	return access.UserChange{Name: name, Reset: ram.Is(change.PasswordResetRequired, true), MFARequired: ram.Is(change.MFABindRequired, true)}
}

// checkAccess refuses, before a request is sent, to lock the user out.
func (r *loginProfileResource) checkAccess(ctx context.Context, plan loginProfileModel, change ram.LoginProfileChange, diags *diag.Diagnostics) bool {
	userChange := accessChange(plan.UserName.ValueString(), change)
	if plan.Status.ValueString() == inactive || !userChange.Reset && !userChange.MFARequired {
		return true
	}
	for _, d := range userRisks(ctx, r.Instance, userChange, plan.AllowLockOut.ValueBool(), profileAttributes) {
		if !plan.AllowLockOut.ValueBool() {
			d.Report(false, diags)
		}
	}
	return !diags.HasError()
}

// checkPassword checks a password, before it is sent, against the policy of the account, where that can be read.
func (r *loginProfileResource) checkPassword(ctx context.Context, f diagnostics.Operation, plan loginProfileModel, change ram.LoginProfileChange, diags *diag.Diagnostics) bool {
	policy, err := r.Client.PasswordPolicy(ctx)
	if err != nil {
		return true // the service itself will look
	}
	if broken := brokenRules(policy, plan.UserName.ValueString(), *change.Password); len(broken) > 0 {
		reportBrokenRules(f, broken, diags)
		return false
	}
	return true
}
