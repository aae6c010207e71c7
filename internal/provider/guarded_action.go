// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
)

// guardedAction is an action whose panics are errors. The framework invokes it in another
// goroutine, in which the server catches nothing, see [server.CatchPanics].
type guardedAction struct{ invocable }

// invocable is what each of our actions can do.
type invocable interface {
	action.ActionWithConfigure
	action.ActionWithModifyPlan
}

// guardedActions puts each action behind a guard.
func guardedActions(actions []func() action.Action) (all []func() action.Action) {
	for _, create := range actions {
		all = append(all, func() action.Action { return guardedAction{create().(invocable)} }) //nolint:forcetypeassert // a test creates each of them
	}
	return all
}

// Invoke implements [action.Action].
func (g guardedAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	reportPanic(&resp.Diagnostics, "finish the action", "The last request to the service may have been successful.", func() { g.invocable.Invoke(ctx, req, resp) })
}
