// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
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
		r.planReset(ctx, plan, &resp.Diagnostics)
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
	if sendsPassword(state, plan) && !plan.PasswordWOVersion.IsUnknown() {
		r.planReset(ctx, plan, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if state.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.IsNull() {
		resp.Diagnostics.AddAttributeWarning(path.Root("password_wo_version"), "The password is not sent",
			"The login profile has a password that Terraform did not set, and keeps it: the first password_wo_version is only recorded. To set the password, apply once more with another password_wo_version.")
	}
	if state.Status.ValueString() == inactive && config.Status.ValueString() == active {
		resp.Diagnostics.AddAttributeWarning(path.Root("status"), "The console logon is switched on again",
			"The login profile is Inactive: an administrator disabled the logon, or the service did because it was not used. The configuration says Active, so the user will be able to log on again. "+
				"If it was switched off for a reason, take status out of the configuration.")
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

// planReset refuses a forced reset of the password of a user who may not change it
// (LOCK-02). What the plan does not know yet is looked at before the write.
func (r *loginProfileResource) planReset(ctx context.Context, plan loginProfileModel, diags *diag.Diagnostics) {
	if plan.AllowLockOut.IsUnknown() || !plan.PasswordResetRequired.ValueBool() {
		return
	}
	if _, ok := r.CheckAccount(ctx, diagnostics.Operation{Name: "plan the login profile", State: "Nothing was changed."}, plan.AccountID.ValueString(), diags); !ok {
		return
	}
	if d, locks := r.resetRisk(ctx); locks {
		d.Report(plan.AllowLockOut.ValueBool(), diags)
	}
}

// resetRisk reports whether users may not change their passwords, so that one who has to
// cannot log on any more. If the preference cannot be read, it is not known.
func (r *loginProfileResource) resetRisk(ctx context.Context) (d setting.Risk, locks bool) {
	preference, err := r.Client.RefreshSecurityPreference(ctx)
	if err != nil || !is(preference.AllowUserToChangePassword, false) {
		return d, false
	}
	return setting.Risk{
		Attribute: "password_reset_required", Refuse: true, Summary: "The user may not change the password that has to be reset",
		Detail: "password_reset_required is true, and the account's allow_user_to_change_password is false: the user cannot log on until an administrator sets another password without this.",
	}, true
}

// permitted looks, before a password is sent, at what the account says of it: the
// policy it has to meet, where that can be read, and whether a reset locks the user out.
func (r *loginProfileResource) checkPassword(ctx context.Context, f diagnostics.Operation, plan loginProfileModel, change ram.LoginProfileChange, diags *diag.Diagnostics) bool {
	if is(change.PasswordResetRequired, true) && !plan.AllowLockOut.ValueBool() {
		if d, locks := r.resetRisk(ctx); locks {
			d.Report(false, diags)
			return false
		}
	}
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
