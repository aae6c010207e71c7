// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReadData reads a data source.
func (d *Driver) ReadData(kind string, config Attributes) (tftypes.Value, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	schema := d.Schemas.DataSourceSchemas[kind]
	resp := call(d, "ReadDataSource", func() (*tfprotov6.ReadDataSourceResponse, error) {
		return d.Server.ReadDataSource(d.ctx, &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: d.Dynamic(d.Build(schema, config))})
	})
	if resp == nil {
		return tftypes.Value{}, noResponse("ReadDataSource")
	}
	if resp.State == nil {
		return tftypes.Value{}, resp.Diagnostics
	}
	return d.unmarshal(kind, schema.ValueType(), resp.State), resp.Diagnostics
}

// ListResult is one result of a list.
type ListResult struct {
	Name        string
	Identity    tftypes.Value
	State       tftypes.Value // null unless it was requested
	Diagnostics []*tfprotov6.Diagnostic
}

// List queries a list resource and returns all results.
func (d *Driver) List(kind string, config Attributes, whole bool, limit int64) []ListResult {
	d.report.Helper()
	return slices.Collect(d.Query(d.ctx, kind, config, whole, limit))
}

// Query validates the configuration of a list and yields each result as it arrives.
func (d *Driver) Query(ctx context.Context, kind string, config Attributes, whole bool, limit int64) iter.Seq[ListResult] {
	d.report.Helper()
	server, ok := d.Server.(tfprotov6.ListResourceServer)
	if !ok || d.Schemas.ListResourceSchemas[kind] == nil {
		d.report.Fatalf("unknown list resource %s", kind)
	}
	written := d.Dynamic(d.Build(d.Schemas.ListResourceSchemas[kind], config))
	valid := call(d, "ValidateListResourceConfig", func() (*tfprotov6.ValidateListResourceConfigResponse, error) {
		return server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: kind, Config: written})
	})
	failed := func(diags []*tfprotov6.Diagnostic) iter.Seq[ListResult] {
		return slices.Values([]ListResult{{State: d.Null(kind).State, Diagnostics: diags}})
	}
	switch {
	case valid == nil:
		return failed(noResponse("ValidateListResourceConfig"))
	case len(Errors(valid.Diagnostics)) > 0:
		return failed(valid.Diagnostics)
	}
	stream := call(d, "ListResource", func() (*tfprotov6.ListResourceServerStream, error) {
		return server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: kind, Config: written, IncludeResource: whole, Limit: limit})
	})
	if stream == nil {
		return failed(noResponse("ListResource"))
	}
	return func(yield func(ListResult) bool) {
		for r := range stream.Results {
			if !yield(d.listResult(kind, r)) {
				return
			}
		}
	}
}

func (d *Driver) listResult(kind string, r tfprotov6.ListResourceResult) ListResult {
	d.report.Helper()
	one := ListResult{Name: r.DisplayName, Diagnostics: r.Diagnostics, State: d.Null(kind).State}
	if r.Identity != nil && r.Identity.IdentityData != nil {
		one.Identity = d.IdentityValue(kind, r.Identity)
	}
	if r.Resource != nil {
		one.State = d.Value(kind, r.Resource)
	}
	return one
}

// IdentityValue decodes an identity.
func (d *Driver) IdentityValue(kind string, identity *tfprotov6.ResourceIdentityData) tftypes.Value {
	d.report.Helper()
	return d.unmarshal(kind, d.Identities[kind].ValueType(), identity.IdentityData)
}

// FormatIdentity returns the identity of an object as text.
func (d *Driver) FormatIdentity(kind string, o Object) string {
	d.report.Helper()
	if o.Identity == nil || o.Identity.IdentityData == nil {
		return "none"
	}
	return FormatIdentity(d.IdentityValue(kind, o.Identity))
}

// FormatIdentity returns an identity without the null attributes, which are optional in an import.
func FormatIdentity(identity tftypes.Value) string {
	parts, fields := []string{}, Fields(identity)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !fields[name].IsNull() {
			parts = append(parts, name+"="+Format(fields[name]))
		}
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// IdentityNames returns the attributes of an identity that an import must name, and those that it may omit.
func (d *Driver) IdentityNames(kind string) (required, optional []string) {
	for _, a := range d.Identities[kind].IdentityAttributes {
		if a.RequiredForImport {
			required = append(required, a.Name)
		} else {
			optional = append(optional, a.Name)
		}
	}
	return required, optional
}

// Open validates and opens an ephemeral resource. Without errors it returns the result.
func (d *Driver) Open(kind string, config Attributes) (tftypes.Value, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	schema := d.Schemas.EphemeralResourceSchemas[kind]
	written := d.Dynamic(d.Build(schema, config))
	valid := call(d, "ValidateEphemeralResourceConfig", func() (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
		return d.Server.ValidateEphemeralResourceConfig(d.ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: kind, Config: written})
	})
	switch {
	case valid == nil:
		return tftypes.Value{}, noResponse("ValidateEphemeralResourceConfig")
	case len(Errors(valid.Diagnostics)) > 0:
		return tftypes.Value{}, valid.Diagnostics
	}
	resp := call(d, "OpenEphemeralResource", func() (*tfprotov6.OpenEphemeralResourceResponse, error) {
		return d.Server.OpenEphemeralResource(d.ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: kind, Config: written})
	})
	switch {
	case resp == nil:
		return tftypes.Value{}, noResponse("OpenEphemeralResource")
	case len(Errors(resp.Diagnostics)) > 0:
		return tftypes.Value{}, resp.Diagnostics
	}
	return d.unmarshal(kind, schema.ValueType(), resp.Result), resp.Diagnostics
}

// Invoke validates, plans and invokes an action, and stops at the first error. It returns the progress messages.
func (d *Driver) Invoke(kind string, config Attributes) (progress []string, diags []*tfprotov6.Diagnostic) {
	d.report.Helper()
	if diags = d.PlanAction(kind, config); len(Errors(diags)) > 0 {
		return nil, diags
	}
	return d.InvokeAction(d.ctx, kind, config, func(string) {})
}

// PlanAction validates and plans an action.
func (d *Driver) PlanAction(kind string, config Attributes) []*tfprotov6.Diagnostic {
	d.report.Helper()
	server, written := d.action(kind, config)
	valid := call(d, "ValidateActionConfig", func() (*tfprotov6.ValidateActionConfigResponse, error) {
		return server.ValidateActionConfig(d.ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: written})
	})
	switch {
	case valid == nil:
		return noResponse("ValidateActionConfig")
	case len(Errors(valid.Diagnostics)) > 0:
		return valid.Diagnostics
	}
	plan := call(d, "PlanAction", func() (*tfprotov6.PlanActionResponse, error) {
		return server.PlanAction(d.ctx, &tfprotov6.PlanActionRequest{ActionType: kind, Config: written})
	})
	if plan == nil {
		return noResponse("PlanAction")
	}
	return append(valid.Diagnostics, plan.Diagnostics...)
}

// InvokeAction invokes an action and calls see with each message as it arrives.
func (d *Driver) InvokeAction(ctx context.Context, kind string, config Attributes, see func(message string)) (progress []string, diags []*tfprotov6.Diagnostic) {
	d.report.Helper()
	server, written := d.action(kind, config)
	stream := call(d, "InvokeAction", func() (*tfprotov6.InvokeActionServerStream, error) {
		return server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: kind, Config: written})
	})
	if stream == nil {
		return nil, noResponse("InvokeAction")
	}
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
	if completed != 1 {
		d.report.Errorf("%s completed %d times, want 1", kind, completed)
	}
	return progress, diags
}

func (d *Driver) action(kind string, config Attributes) (tfprotov6.ActionServer, *tfprotov6.DynamicValue) {
	d.report.Helper()
	server, ok := d.Server.(tfprotov6.ActionServer)
	if !ok || d.Schemas.ActionSchemas[kind] == nil {
		d.report.Fatalf("unknown action %s", kind)
	}
	return server, d.Dynamic(d.Build(d.Schemas.ActionSchemas[kind].Schema, config))
}

// Call calls a function, which needs no configured provider.
func (d *Driver) Call(name string, arguments ...tftypes.Value) (tftypes.Value, *tfprotov6.FunctionError) {
	d.report.Helper()
	f, exists := d.Schemas.Functions[name]
	if !exists || len(arguments) != len(f.Parameters) {
		d.report.Fatalf("unknown function %s with %d arguments", name, len(arguments))
	}
	req := &tfprotov6.CallFunctionRequest{Name: name}
	for i, a := range arguments {
		req.Arguments = append(req.Arguments, d.dynamic(f.Parameters[i].Type, a))
	}
	resp := call(d, "CallFunction", func() (*tfprotov6.CallFunctionResponse, error) {
		return d.Server.CallFunction(d.ctx, req)
	})
	switch {
	case resp == nil:
		return tftypes.Value{}, &tfprotov6.FunctionError{Text: "Plugin did not respond"}
	case resp.Error != nil:
		return tftypes.Value{}, resp.Error
	}
	return d.unmarshal(name, f.Return.Type, resp.Result), nil
}

// GenerateConfig returns the configuration that the provider generates for a state.
func (d *Driver) GenerateConfig(kind string, state tftypes.Value) (tftypes.Value, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	resp := call(d, "GenerateResourceConfig", func() (*tfprotov6.GenerateResourceConfigResponse, error) {
		return d.Server.GenerateResourceConfig(d.ctx, &tfprotov6.GenerateResourceConfigRequest{TypeName: kind, State: d.Dynamic(state)})
	})
	if resp == nil {
		return tftypes.Value{}, noResponse("GenerateResourceConfig")
	}
	return d.Value(kind, resp.Config), resp.Diagnostics
}
