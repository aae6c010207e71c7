// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// open validates and opens an ephemeral resource. Without errors there is a result.
func (c *core) open(kind string, config attributes) (tftypes.Value, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	schema := c.schemas.EphemeralResourceSchemas[kind]
	written := c.dynamic(c.build(schema, config))
	valid, err := c.server.ValidateEphemeralResourceConfig(c.t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: kind, Config: written})
	c.clean(err, nil)
	if len(errorsIn(valid.Diagnostics)) > 0 {
		return tftypes.Value{}, valid.Diagnostics
	}
	resp, err := c.server.OpenEphemeralResource(c.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: kind, Config: written})
	c.clean(err, nil)
	if len(errorsIn(resp.Diagnostics)) > 0 {
		return tftypes.Value{}, resp.Diagnostics
	}
	v, err := resp.Result.Unmarshal(schema.ValueType())
	c.clean(err, nil)
	return v, resp.Diagnostics
}

// invoke validates, plans and invokes an action. It returns its progress messages,
// and stops at the first error.
func (c *core) invoke(kind string, config attributes) (progress []string, diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	if diags = c.planAction(kind, config); len(errorsIn(diags)) > 0 {
		return nil, diags
	}
	return c.invokeWith(c.t.Context(), kind, config, func(string) {})
}

// planAction validates and plans an action.
func (c *core) planAction(kind string, config attributes) []*tfprotov6.Diagnostic {
	c.t.Helper()
	server, written := c.actions(kind, config)
	valid, err := server.ValidateActionConfig(c.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: written})
	c.clean(err, nil)
	if len(errorsIn(valid.Diagnostics)) > 0 {
		return valid.Diagnostics
	}
	plan, err := server.PlanAction(c.t.Context(), &tfprotov6.PlanActionRequest{ActionType: kind, Config: written})
	c.clean(err, nil)
	return append(valid.Diagnostics, plan.Diagnostics...)
}

// invokeWith invokes an action, and lets each message be seen as it comes.
func (c *core) invokeWith(ctx context.Context, kind string, config attributes, see func(message string)) (progress []string, diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	server, written := c.actions(kind, config)
	stream, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: kind, Config: written})
	c.clean(err, nil)
	completed := 0
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
			see(event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = event.Diagnostics
			completed++
		}
	}
	expect(c.t, "completions", completed, 1)
	return progress, diags
}

func (c *core) actions(kind string, config attributes) (tfprotov6.ActionServer, *tfprotov6.DynamicValue) {
	c.t.Helper()
	server, ok := c.server.(tfprotov6.ActionServer)
	if !ok || c.schemas.ActionSchemas[kind] == nil {
		c.t.Fatalf("there is no action %s", kind)
	}
	return server, c.dynamic(c.build(c.schemas.ActionSchemas[kind].Schema, config))
}
