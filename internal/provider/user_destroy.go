// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[userModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "delete the user", State: "Nothing was changed."}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	live, err := r.find(ctx, state)
	if ram.NotFound(err, "User") {
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) || !r.notOwn(ctx, live.ID, f, &resp.Diagnostics) {
		return
	}
	r.remove(ctx, live, state.ForceDestroy.ValueBool(), &resp.Diagnostics)
}

// notOwn refuses to destroy the user that Terraform runs as (LOCK-05): its key would
// go with it, in the middle of the run.
func (r *userResource) notOwn(ctx context.Context, id string, f diagnostics.Operation, diags *diag.Diagnostics) bool {
	own, err := owner.IsOwnUser(ctx, r.Instance, id)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if own {
		diags.AddError("Cannot "+f.Name, "Terraform itself runs with a key of this user, and would lose it in the middle of the run. Nothing was changed.\n\n"+
			"Run with the credentials of another user, or take the user out of the state without deleting it: terraform state rm <address>")
	}
	return !own
}

// remove deletes a user, with all that hangs on it if that is asked for. What was
// just removed may still seem to hang on it for a while (CONS-01).
func (r *userResource) remove(ctx context.Context, u ram.User, force bool, diags *diag.Diagnostics) {
	f := diagnostics.Operation{Name: "delete the user", State: "The user is there, unless the answer alone was lost."}
	if force {
		f.State = "The user is there. Some of what hung on it may be removed already; run again to go on, every step can be repeated."
	}
	var conflict error
	var hanging []string
	deleted, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		if force {
			if err := r.strip(ctx, u.Name); err != nil {
				return false, err
			}
		}
		err := r.Client.DeleteUser(ctx, u.ID)
		switch {
		case err == nil || ram.NotFound(err, "User"):
			return true, nil
		case !ram.Conflict(err):
			return false, err
		}
		conflict = err
		if !force {
			hanging = r.dependants(ctx, u.Name)
		}
		return len(hanging) > 0, nil
	})
	switch {
	case diagnostics.Report(diags, f, err):
		return
	case len(hanging) > 0 || !deleted:
		reportDependants(u, hanging, conflict, diags)
		return
	}
	left, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		_, err := r.Client.RefreshUserByID(ctx, u.ID)
		if ram.NotFound(err, "User") {
			return true, nil
		}
		return false, err
	})
	warnNotGone("user", left, err, diags)
}

// strip removes what would keep a user from being deleted, what opens doors first.
// Each step finds out what is there, so all of it can be repeated.
func (r *userResource) strip(ctx context.Context, name string) error {
	for _, step := range []struct {
		what string
		do   func(context.Context, string) error
	}{
		{"the login profile", r.stripProfile},
		{"the AccessKey pairs", r.stripKeys},
		{"the MFA device", r.stripMFA},
		{"the policies", r.stripPolicies},
		{"the groups", r.stripGroups},
	} {
		// A user who is not there any more has nothing left.
		if err := step.do(ctx, name); err != nil && !ram.NotFound(err, "User") {
			return diagnostics.WithState(fmt.Sprintf("The user is there; %s could not be removed from it. What comes before that is removed. Run again to go on, every step can be repeated.", step.what), err)
		}
	}
	return nil
}

func (r *userResource) stripProfile(ctx context.Context, name string) error {
	err := r.Client.DeleteLoginProfile(ctx, name)
	if ram.NotFound(err, "User.LoginProfile") {
		return nil
	}
	return err
}

// stripKeys disables each key before it is deleted: a deleted key can be restored, and
// is then what it was (assumed).
func (r *userResource) stripKeys(ctx context.Context, name string) error {
	keys, err := r.Client.RefreshAccessKeys(ctx, name)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if key.Status == "Active" {
			if err := r.Client.UpdateAccessKey(ctx, name, key.ID, "Inactive"); err != nil && !ram.NotFound(err, "User.AccessKey") {
				return err
			}
		}
		if err := r.Client.DeleteAccessKey(ctx, name, key.ID); err != nil && !ram.NotFound(err, "User.AccessKey") {
			return err
		}
	}
	return nil
}

// stripMFA leaves the device there: it belongs to who made it.
func (r *userResource) stripMFA(ctx context.Context, name string) error {
	device, err := r.Client.UserMFA(ctx, name)
	if err != nil || !device.Enabled {
		return err
	}
	err = r.Client.UnbindMFADevice(ctx, name)
	if ram.NotFound(err, "User.MFADevice") {
		return nil
	}
	return err
}

func (r *userResource) stripPolicies(ctx context.Context, name string) error {
	policies, err := r.Client.UserPolicies(ctx, name)
	if err != nil {
		return err
	}
	for _, policy := range policies {
		if err := r.Client.DetachPolicy(ctx, name, policy); err != nil && !ram.NotFound(err, "User.Policy") {
			return err
		}
	}
	return nil
}

func (r *userResource) stripGroups(ctx context.Context, name string) error {
	groups, err := r.Client.UserGroups(ctx, name)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := r.Client.RemoveUserFromGroup(ctx, name, group); err != nil && !ram.NotFound(err, "User.Group", "Group") {
			return err
		}
	}
	return nil
}

// reportDependants names all that hangs on the user, where the service names one kind.
func reportDependants(u ram.User, lines []string, conflict error, diags *diag.Diagnostics) {
	list := ""
	if len(lines) > 0 {
		list = "On it hang:\n\n  - " + strings.Join(lines, "\n  - ") + "\n\n"
	}
	diags.AddError("Cannot delete the user", fmt.Sprintf("The user %q is not deleted while something hangs on it. The user is there. %s"+
		"Remove it from the user first. Or let Terraform remove all of it, also what Terraform does not manage: set force_destroy = true, apply, and destroy again.\n\n%s", u.Name, list, diagnostics.Explain(conflict)))
}

// dependants are what hangs on a user, as far as it can be read.
func (r *userResource) dependants(ctx context.Context, name string) (lines []string) {
	if _, err := r.Client.LoginProfile(ctx, name); err == nil {
		lines = append(lines, "a login profile")
	}
	if keys, err := r.Client.RefreshAccessKeys(ctx, name); err == nil {
		for _, key := range keys {
			lines = append(lines, fmt.Sprintf("the AccessKey pair %s (%s)", key.ID, key.Status))
		}
	}
	if device, err := r.Client.UserMFA(ctx, name); err == nil && device.Enabled {
		lines = append(lines, strings.TrimSpace("an MFA device "+device.SerialNumber))
	}
	if groups, err := r.Client.UserGroups(ctx, name); err == nil {
		for _, group := range groups {
			lines = append(lines, fmt.Sprintf("the group %q", group))
		}
	}
	if policies, err := r.Client.UserPolicies(ctx, name); err == nil {
		for _, policy := range policies {
			lines = append(lines, fmt.Sprintf("the policy %q (%s)", policy.Name, policy.Type))
		}
	}
	return lines
}
