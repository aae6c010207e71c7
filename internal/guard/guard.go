// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package guard is around each resource and action: account, claims and panics are checked here, and nothing can bypass it.
package guard

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/move"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// managed is the interface that each resource of this provider implements.
type managed interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	resource.ResourceWithModifyPlan
	ProviderInstance() *instance.Instance
}

// guard is around each resource. It binds the calls of an operation to the account of the object, and checks that account in
// each plan and before each delete. It turns a panic into an error: the process continues, and what the response already
// contains, such as the secret of a key, is saved to the state. Otherwise the panic would end the operations of all resources.
type guard struct {
	managed

	claims map[string]Claims            // by type name
	former map[string][]move.FormerType // by type name
}

var (
	_ resource.ResourceWithMoveState      = guard{}
	_ resource.ResourceWithValidateConfig = guard{}
)

// Resources puts each resource behind a guard. By type name, claims are those that the guard handles, and former are the
// types of other providers whose states can be moved.
func Resources(resources []func() resource.Resource, claims map[string]Claims, former map[string][]move.FormerType) (all []func() resource.Resource) {
	for _, create := range resources {
		all = append(all, func() resource.Resource { return guard{create().(managed), claims, former} }) //nolint:forcetypeassert // conformance: each can do all of it
	}
	return all
}

// run runs a step, reports a panic in it, and sorts its diagnostics.
func (g guard) run(diags *diag.Diagnostics, step string, do func()) {
	defer diagnostics.Sort(diags)
	reportPanic(diags, step, "The state contains the completed steps as far as they are known; the last request to the service may also have been successful.", do)
}

// reportPanic runs a step. A panic in it is an error that says what state it leaves.
func reportPanic(diags *diag.Diagnostics, step, state string, do func()) {
	err := ram.CatchPanic(func() error { do(); return nil })
	var bug *ram.PanicError
	if errors.As(err, &bug) {
		diags.AddError("Cannot "+step, state+" Run terraform plan before anything else. "+diagnostics.ExplainBug(bug))
	}
}

// Create implements [resource.Resource].
func (g guard) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	ctx = ofAccount(ctx, accountIn(ctx, req.Plan, &resp.Diagnostics))
	g.run(&resp.Diagnostics, "finish the create", func() { g.claimCreate(ctx, req, resp) })
}

// Read implements [resource.Resource].
func (g guard) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	g.run(&resp.Diagnostics, "finish the refresh", func() {
		g.ProviderInstance().Refreshes.Store(true)
		ctx, ok := g.ofState(ctx, "read", req.State, &resp.Diagnostics)
		if ok {
			g.managed.Read(ctx, req, resp)
		}
	})
}

// Update implements [resource.Resource].
func (g guard) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	g.run(&resp.Diagnostics, "finish the update", func() {
		ctx, ok := g.ofState(ctx, "update", req.State, &resp.Diagnostics)
		if ok && g.checkPlanned(ctx, req, resp) {
			g.managed.Update(ctx, req, resp)
		}
	})
}

// Delete implements [resource.Resource].
func (g guard) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	g.run(&resp.Diagnostics, "finish the destroy", func() {
		ctx, ok := g.ofState(ctx, "delete", req.State, &resp.Diagnostics)
		if ok && g.checkAccount(ctx, "delete", accountIn(ctx, req.State, &resp.Diagnostics), &resp.Diagnostics) {
			g.claimDelete(ctx, req, resp)
		}
	})
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (g guard) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	g.run(&resp.Diagnostics, "finish the plan", func() {
		if g.ProviderInstance() == nil { // the provider is not configured yet
			g.managed.ModifyPlan(ctx, req, resp)
			return
		}
		ctx, ok := g.ofState(ctx, "plan", req.State, &resp.Diagnostics)
		if !ok {
			return
		}
		g.managed.ModifyPlan(ctx, req, resp)
		if !resp.Diagnostics.HasError() {
			g.planAccount(ctx, req, resp)
			g.claimPlan(ctx, req, resp)
		}
	})
}

// ImportState implements [resource.ResourceWithImportState].
func (g guard) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	g.run(&resp.Diagnostics, "finish the import", func() {
		g.managed.ImportState(ctx, req, resp)
		claim.NewID(ctx, resp.Private, &resp.Diagnostics)
	})
}

// ValidateConfig implements [resource.ResourceWithValidateConfig], for those that do.
func (g guard) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if checks, is := g.managed.(resource.ResourceWithValidateConfig); is {
		g.run(&resp.Diagnostics, "finish the check of the configuration", func() { checks.ValidateConfig(ctx, req, resp) })
	}
}

// MoveState implements [resource.ResourceWithMoveState].
func (g guard) MoveState(ctx context.Context) []resource.StateMover {
	movers := move.Movers(ctx, g.managed, g.former)
	for n := range movers {
		convert := movers[n].StateMover
		movers[n].StateMover = func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			g.run(&resp.Diagnostics, "finish the move", func() { convert(ctx, req, resp) })
		}
	}
	return movers
}

// ofAccount binds the calls that ctx is used for to an account: the client sends nothing
// with credentials of another one. Without a known account, they are bound to the one of
// the credentials.
func ofAccount(ctx context.Context, account types.String) context.Context {
	if tf.IsAbsent(account) {
		return ram.WithCallerAccount(ctx)
	}
	return ram.WithAccount(ctx, account.ValueString())
}

// planOrState is a plan or a state.
type planOrState interface {
	GetAttribute(context.Context, path.Path, any) diag.Diagnostics
}

// accountIn returns the account in a plan or a state.
func accountIn(ctx context.Context, of planOrState, diags *diag.Diagnostics) (account types.String) {
	diags.Append(of.GetAttribute(ctx, path.Root("account_id"), &account)...)
	return account
}

// ofState binds ctx to the account in a state. While the state names none, such as after
// a move, the object is found by its ids, which exist in one account only. What can be found
// only by names, which every account may have, is neither read nor written, and what the
// account of the credentials does not have is not written, unless the configuration names the
// allowed accounts. Without an object, ctx is bound to the account of the credentials.
func (g guard) ofState(ctx context.Context, verb string, state tfsdk.State, diags *diag.Diagnostics) (context.Context, bool) {
	if state.Raw.IsNull() {
		return ram.WithCallerAccount(ctx), true
	}
	if account := accountIn(ctx, state, diags).ValueString(); account != "" {
		return ram.WithAccount(ctx, account), true
	}
	account, hasID, err := g.findAccount(ram.WithAccount(ctx, ""), state)
	ctx = ram.WithAccount(ctx, account)
	i := g.ProviderInstance()
	switch {
	case i.Client.AccountKnown(ctx):
		return ctx, true
	case !hasID:
		i.ReportUnknownAccount(ctx, g.operation(ctx, verb), diags)
	case verb == "read": // Read reports what it does not find
		return ctx, true
	case !diagnostics.Report(diags, g.operation(ctx, verb), err):
		i.CheckKnown(ctx, g.operation(ctx, verb), diags)
	}
	return ctx, false
}

// serialAccount matches the account in the serial number of an MFA device (documented).
var serialAccount = tf.NewLazyRegexp(`^acs:ram::([0-9]{16}):mfa/`)

// findAccount returns the account of an object by its ids, or "", and reports whether the
// state has such an id.
func (g guard) findAccount(ctx context.Context, state tfsdk.State) (account string, hasID bool, err error) {
	id := func(name string) string {
		var v types.String
		if _, exists := state.Schema.GetAttributes()[name]; !exists || state.GetAttribute(ctx, path.Root(name), &v).HasError() {
			return ""
		}
		return v.ValueString()
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if serial := serialAccount.FindStringSubmatch(id("serial_number")); serial != nil {
		return serial[1], true, nil
	}
	user, key := id("user_id"), id("access_key_id")
	account, err = owner.AccountOf(ctx, g.ProviderInstance(), user, key)
	return account, user+key != "", err
}

// typeName returns the name of the resource's type.
func (g guard) typeName(ctx context.Context) string {
	var own resource.MetadataResponse
	g.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "ram"}, &own)
	return own.TypeName
}

// operation describes an operation before it begins.
func (g guard) operation(ctx context.Context, verb string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the " + g.typeName(ctx), State: "Nothing was changed."}
}

// checkPlanned refuses to update an object whose state names no account with credentials of
// another account than the plan was made with.
func (g guard) checkPlanned(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) bool {
	return !accountIn(ctx, req.State, &resp.Diagnostics).IsNull() ||
		g.checkAccount(ctx, "update", accountIn(ctx, req.Plan, &resp.Diagnostics), &resp.Diagnostics)
}

// checkAccount refuses credentials of another account than the expected one, also where the
// operation itself makes no call: a destroy that only removes an object from the state.
func (g guard) checkAccount(ctx context.Context, verb string, expected types.String, diags *diag.Diagnostics) bool {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	_, ok := g.ProviderInstance().CheckAccount(ctx, g.operation(ctx, verb), expected.ValueString(), diags)
	return ok
}

// planAccount checks the account of every plan, and plans that of a new object: a saved
// plan cannot be applied to another account, and wrong credentials are an error of the plan.
func (g guard) planAccount(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	verb, expected := "plan", types.StringNull()
	if !req.State.Raw.IsNull() {
		expected = accountIn(ctx, req.State, &resp.Diagnostics)
	}
	if req.Plan.Raw.IsNull() {
		verb = "destroy"
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	id, ok := g.ProviderInstance().CheckAccount(ctx, g.operation(ctx, verb), expected.ValueString(), &resp.Diagnostics)
	if !ok || req.Plan.Raw.IsNull() {
		return
	}
	if planned := accountIn(ctx, resp.Plan, &resp.Diagnostics); planned.IsUnknown() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("account_id"), id)...)
	}
}

// guardedAction is an action whose panics are errors. The framework invokes it in another
// goroutine, in which the server catches nothing, see [server.CatchPanics].
type guardedAction struct{ invocable }

// invocable is what each of our actions can do.
type invocable interface {
	action.ActionWithConfigure
	action.ActionWithModifyPlan
}

// Actions puts each action behind a guard.
func Actions(actions []func() action.Action) (all []func() action.Action) {
	for _, create := range actions {
		all = append(all, func() action.Action { return guardedAction{create().(invocable)} }) //nolint:forcetypeassert // a test creates each of them
	}
	return all
}

// Invoke implements [action.Action].
func (g guardedAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	reportPanic(&resp.Diagnostics, "finish the action", "The last request to the service may have been successful.", func() { g.invocable.Invoke(ctx, req, resp) })
}
