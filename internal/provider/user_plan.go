// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, tf.Get[userModel](ctx, req.State, &resp.Diagnostics), &resp.Diagnostics)
		return
	}
	plan := tf.Get[userModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[userModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		plan.planCreate(config)
	} else {
		managed := managedBefore(ctx, req.Private, &resp.Diagnostics)
		plan.planUpdate(config, tf.Get[userModel](ctx, req.State, &resp.Diagnostics), managed)
	}
	if !resp.Diagnostics.HasError() {
		tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
	}
}

// planCreate: a new user has nothing of what the configuration does not mention, but a
// display name, which the service demands.
func (m *userModel) planCreate(config userModel) {
	configured := config.optionals()
	for name, planned := range m.optionals() {
		if configured[name].IsNull() && name != "display_name" {
			*planned = types.StringNull()
		}
	}
	if config.Tags.IsNull() {
		m.Tags = types.MapNull(types.StringType)
	}
}

// planUpdate clears what the configuration mentioned when it was last applied and does
// not mention now. What it never mentioned stays, and so does a display name, which
// cannot be cleared.
func (m *userModel) planUpdate(config, state userModel, managed []string) {
	configured, before := config.optionals(), state.optionals()
	for name, planned := range m.optionals() {
		switch {
		case !configured[name].IsNull():
		case name != "display_name" && slices.Contains(managed, name):
			*planned = types.StringNull()
		default:
			*planned = *before[name]
		}
	}
	switch {
	case !config.Tags.IsNull():
	case slices.Contains(managed, "tags"):
		m.Tags = types.MapNull(types.StringType)
	default:
		m.Tags = state.Tags
	}
}

// planDestroy refuses to delete the user that Terraform runs as, and says what a
// destroy takes along.
func (r *userResource) planDestroy(ctx context.Context, state userModel, diags *diag.Diagnostics) {
	if r.Instance == nil || diags.HasError() {
		return // the provider could not be configured yet; looked at again before the delete
	}
	f := diagnostics.Operation{Name: "delete the user", State: "Nothing was changed."}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), diags); !ok || !r.notOwn(ctx, state.UserID.ValueString(), f, diags) {
		return
	}
	if state.ForceDestroy.ValueBool() {
		r.warnForce(ctx, state, diags)
	}
}

// managedKey names, in private state, what the configuration mentioned when it was last applied.
const managedKey = "managed"

// managedIn are the optional attributes that a configuration mentions.
func managedIn(config userModel) []string {
	managed := []string{}
	for name, value := range config.optionals() {
		if !value.IsNull() {
			managed = append(managed, name)
		}
	}
	if !config.Tags.IsNull() {
		managed = append(managed, "tags")
	}
	slices.Sort(managed)
	return managed
}

func keepManaged(ctx context.Context, managed []string, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, managedKey, managed, diags)
}

// managedBefore returns what keepManaged kept; nothing after an import.
func managedBefore(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) []string {
	if managed := tf.ReadPrivate[[]string](ctx, private, managedKey, "user", diags); managed != nil {
		return *managed
	}
	return nil
}
