// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

// nameObjects is a server whose warnings name their object.
type nameObjects struct {
	Complete

	types *stateTypes
}

// identifying are the attributes that identify an object, from the smallest to the account.
var identifying = []struct{ attribute, noun string }{
	{"access_key_id", "AccessKey pair"},
	{"serial_number", "MFA device"},
	{"virtual_mfa_device_name", "MFA device"},
	{"policy_name", "policy"},
	{"group_name", "group"},
	{"user_name", "user"},
	{"name", ""}, // of the type itself, such as ram_user
	{"account_id", "account"},
}

// ReadResource implements [tfprotov6.ResourceServer].
func (a nameObjects) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := a.Complete.ReadResource(ctx, req)
	if err == nil {
		resp.Diagnostics = a.arrange(ctx, resp.Diagnostics, req.TypeName, req.CurrentState)
	}
	return resp, err
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (a nameObjects) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := a.Complete.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = a.arrange(ctx, resp.Diagnostics, req.TypeName, req.PriorState, resp.PlannedState)
	}
	return resp, err
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (a nameObjects) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := a.Complete.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = a.arrange(ctx, resp.Diagnostics, req.TypeName, req.PriorState, req.PlannedState, resp.NewState)
	}
	return resp, err
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (a nameObjects) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := a.Complete.ImportResourceState(ctx, req)
	if err == nil && len(resp.ImportedResources) == 1 {
		resp.Diagnostics = a.arrange(ctx, resp.Diagnostics, req.TypeName, resp.ImportedResources[0].State)
	}
	return resp, err
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (a nameObjects) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	resp, err := a.Complete.MoveResourceState(ctx, req)
	if err == nil {
		resp.Diagnostics = a.arrange(ctx, resp.Diagnostics, req.TargetTypeName, resp.TargetState)
	}
	return resp, err
}

// arrange names the object of the warnings by the states that are known of it; the first that
// has a name counts.
func (a nameObjects) arrange(ctx context.Context, diags []*tfprotov6.Diagnostic, kind string, states ...*tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
	if len(diags) == 0 {
		return diags
	}
	names := map[string]string{}
	for _, state := range states {
		for name, value := range a.textsIn(ctx, kind, state) {
			if names[name] == "" {
				names[name] = value
			}
		}
	}
	object := []diagnostics.Part{}
	for _, part := range identifying {
		noun := part.noun
		if noun == "" {
			noun = strings.ReplaceAll(strings.TrimPrefix(kind, "ram_"), "_", " ")
		}
		object = append(object, diagnostics.Part{Noun: noun, Name: names[part.attribute]})
	}
	if names["serial_number"] != "" && names["virtual_mfa_device_name"] != "" {
		object = append(object[:2:2], object[3:]...) // the serial number contains the name
	}
	return diagnostics.Arrange(diags, object)
}

// textsIn returns the identifying attributes of a state that are known.
func (a nameObjects) textsIn(ctx context.Context, kind string, state *tfprotov6.DynamicValue) map[string]string {
	texts := map[string]string{}
	if state == nil {
		return texts
	}
	value, err := state.Unmarshal(a.types.of(ctx, kind))
	fields := map[string]tftypes.Value{}
	if err != nil || value.IsNull() || !value.IsKnown() || value.As(&fields) != nil {
		return texts // a warning without a name is better than none
	}
	for _, part := range identifying {
		var text string
		if v := fields[part.attribute]; v.Type() != nil && v.IsKnown() && !v.IsNull() && v.As(&text) == nil {
			texts[part.attribute] = text
		}
	}
	return texts
}

// stateTypes has the types of the states by the names of the resource types. Computing one
// builds the schema with all its descriptions, so each is computed once for each process.
type stateTypes struct {
	create func(context.Context) []func() resource.Resource
}

// knownStateTypes has the computed types, of all servers of the process.
var knownStateTypes sync.Map

// of returns the type of the states of a resource type.
func (s *stateTypes) of(ctx context.Context, name string) tftypes.Type {
	if known, ok := knownStateTypes.Load(name); ok {
		return known.(tftypes.Type) //nolint:forcetypeassert // only this function stores
	}
	for _, create := range s.create(ctx) {
		var own resource.MetadataResponse
		one := create()
		if one.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "ram"}, &own); own.TypeName != name {
			continue
		}
		var described resource.SchemaResponse
		one.Schema(ctx, resource.SchemaRequest{}, &described)
		found := described.Schema.Type().TerraformType(ctx)
		knownStateTypes.Store(name, found)
		return found
	}
	return tftypes.DynamicPseudoType
}

// once is the server of a process that serves one phase of one run: it reports nothing twice.
type once struct {
	Complete

	reported *diagnostics.Reported
}

// ReportOnce returns a server that reports nothing twice. It is for a process that serves one
// phase of one run.
func ReportOnce(s Complete) Complete { return once{s, &diagnostics.Reported{}} }

// ReadResource implements [tfprotov6.ResourceServer].
func (o once) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := o.Complete.ReadResource(ctx, req)
	if err == nil {
		resp.Diagnostics = o.reported.Once(resp.Diagnostics)
	}
	return resp, err
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (o once) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.Complete.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = o.reported.Once(resp.Diagnostics)
	}
	return resp, err
}

// ApplyResourceChange implements [tfprotov6.ResourceServer]. Terraform plans a resource again, in
// the process that applies it.
func (o once) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := o.Complete.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = o.reported.Once(resp.Diagnostics)
	}
	return resp, err
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (o once) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	resp, err := o.Complete.MoveResourceState(ctx, req)
	if err == nil {
		resp.Diagnostics = o.reported.Once(resp.Diagnostics)
	}
	return resp, err
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (o once) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := o.Complete.ReadDataSource(ctx, req)
	if err == nil {
		resp.Diagnostics = o.reported.Once(resp.Diagnostics)
	}
	return resp, err
}
