// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// managed is what each of our resources can do.
type managed interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	resource.ResourceWithModifyPlan
	resource.ResourceWithMoveState
}

// guard makes an error of a panic: the process goes on, and what the response holds
// already, such as the secret of a key, reaches the state. The framework would let
// it end the process, and with it what other resources are at.
type guard struct{ managed }

var _ resource.ResourceWithValidateConfig = guard{}

// guarded puts each resource behind a guard.
func guarded(resources []func() resource.Resource) (all []func() resource.Resource) {
	for _, create := range resources {
		all = append(all, func() resource.Resource { return guard{create().(managed)} }) //nolint:forcetypeassert // conformance: each can do all of it
	}
	return all
}

// keep reports a panic in what is done.
func (g guard) keep(diags *diag.Diagnostics, step string, do func()) {
	err := ram.CatchPanic(func() error { do(); return nil })
	var bug *ram.PanicError
	if errors.As(err, &bug) {
		diags.AddError("Cannot "+step, "The state contains what was done before, as far as it is known; the last request to the service may have been successful as well. "+
			"Run terraform plan before anything else. "+diagnostics.ExplainBug(bug))
	}
}

// Create implements [resource.Resource].
func (g guard) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	g.keep(&resp.Diagnostics, "finish the create", func() { g.managed.Create(ctx, req, resp) })
}

// Read implements [resource.Resource].
func (g guard) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	g.keep(&resp.Diagnostics, "finish the refresh", func() { g.managed.Read(ctx, req, resp) })
}

// Update implements [resource.Resource].
func (g guard) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	g.keep(&resp.Diagnostics, "finish the update", func() { g.managed.Update(ctx, req, resp) })
}

// Delete implements [resource.Resource].
func (g guard) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	g.keep(&resp.Diagnostics, "finish the destroy", func() { g.managed.Delete(ctx, req, resp) })
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (g guard) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	g.keep(&resp.Diagnostics, "finish the plan", func() { g.managed.ModifyPlan(ctx, req, resp) })
}

// ImportState implements [resource.ResourceWithImportState].
func (g guard) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	g.keep(&resp.Diagnostics, "finish the import", func() { g.managed.ImportState(ctx, req, resp) })
}

// MoveState implements [resource.ResourceWithMoveState].
func (g guard) MoveState(ctx context.Context) []resource.StateMover {
	movers := g.managed.MoveState(ctx)
	for n := range movers {
		move := movers[n].StateMover
		movers[n].StateMover = func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			g.keep(&resp.Diagnostics, "finish the move", func() { move(ctx, req, resp) })
		}
	}
	return movers
}

// ValidateConfig implements [resource.ResourceWithValidateConfig], for those that do.
func (g guard) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if checks, is := g.managed.(resource.ResourceWithValidateConfig); is {
		g.keep(&resp.Diagnostics, "finish the check of the configuration", func() { checks.ValidateConfig(ctx, req, resp) })
	}
}
