// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"
	"errors"
	"iter"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// panicGuard turns a panic in any request into an error of this request. Otherwise the
// process would end, and an AccessKey that another request creates at that moment would be
// lost with its secret. A resource has a guard of its own, see guard: its response holds the
// state that was saved before the panic.
type panicGuard struct{ Complete }

// CatchPanics returns a server that turns a panic in any request into an error.
func CatchPanics(s Complete) Complete { return panicGuard{s} }

// catch handles a request. After a panic it returns the result of failed.
func catch[Request, Response any](ctx context.Context, req Request, step string, handle func(context.Context, Request) (Response, error), failed func([]*tfprotov6.Diagnostic) Response) (resp Response, err error) {
	bug := catchBug(step, func() { resp, err = handle(ctx, req) })
	if bug == nil {
		return resp, err
	}
	return failed([]*tfprotov6.Diagnostic{bug}), nil
}

// catchBug runs a step, and describes the panic that ended it, or returns nil.
func catchBug(step string, do func()) *tfprotov6.Diagnostic {
	var bug *ram.PanicError
	if err := ram.CatchPanic(func() error { do(); return nil }); !errors.As(err, &bug) {
		return nil
	}
	return &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Cannot " + step, Detail: diagnostics.ExplainBug(bug)}
}

// GetMetadata implements [tfprotov6.ProviderServer].
func (g panicGuard) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return catch(ctx, req, "read the metadata of the provider", g.Complete.GetMetadata, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetMetadataResponse {
		return &tfprotov6.GetMetadataResponse{Diagnostics: d}
	})
}

// GetProviderSchema implements [tfprotov6.ProviderServer].
func (g panicGuard) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return catch(ctx, req, "read the schema of the provider", g.Complete.GetProviderSchema, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetProviderSchemaResponse {
		return &tfprotov6.GetProviderSchemaResponse{Diagnostics: d}
	})
}

// GetResourceIdentitySchemas implements [tfprotov6.ProviderServer].
func (g panicGuard) GetResourceIdentitySchemas(ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return catch(ctx, req, "read the identity schemas", g.Complete.GetResourceIdentitySchemas, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetResourceIdentitySchemasResponse {
		return &tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: d}
	})
}

// ValidateProviderConfig implements [tfprotov6.ProviderServer].
func (g panicGuard) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the provider", g.Complete.ValidateProviderConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateProviderConfigResponse {
		return &tfprotov6.ValidateProviderConfigResponse{Diagnostics: d}
	})
}

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (g panicGuard) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return catch(ctx, req, "configure the provider", g.Complete.ConfigureProvider, func(d []*tfprotov6.Diagnostic) *tfprotov6.ConfigureProviderResponse {
		return &tfprotov6.ConfigureProviderResponse{Diagnostics: d}
	})
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (g panicGuard) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the resource", g.Complete.ValidateResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateResourceConfigResponse {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: d}
	})
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (g panicGuard) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return catch(ctx, req, "upgrade the state of the resource", g.Complete.UpgradeResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.UpgradeResourceStateResponse {
		return &tfprotov6.UpgradeResourceStateResponse{Diagnostics: d}
	})
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (g panicGuard) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return catch(ctx, req, "upgrade the identity of the resource", g.Complete.UpgradeResourceIdentity, func(d []*tfprotov6.Diagnostic) *tfprotov6.UpgradeResourceIdentityResponse {
		return &tfprotov6.UpgradeResourceIdentityResponse{Diagnostics: d}
	})
}

// ReadResource implements [tfprotov6.ResourceServer].
func (g panicGuard) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return catch(ctx, req, "refresh the resource", g.Complete.ReadResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadResourceResponse {
		return &tfprotov6.ReadResourceResponse{Diagnostics: d}
	})
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (g panicGuard) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return catch(ctx, req, "plan the resource", g.Complete.PlanResourceChange, func(d []*tfprotov6.Diagnostic) *tfprotov6.PlanResourceChangeResponse {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: d}
	})
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (g panicGuard) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return catch(ctx, req, "import the resource", g.Complete.ImportResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.ImportResourceStateResponse {
		return &tfprotov6.ImportResourceStateResponse{Diagnostics: d}
	})
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (g panicGuard) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return catch(ctx, req, "move the resource", g.Complete.MoveResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.MoveResourceStateResponse {
		return &tfprotov6.MoveResourceStateResponse{Diagnostics: d}
	})
}

// GenerateResourceConfig implements [tfprotov6.ResourceServer].
func (g panicGuard) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return catch(ctx, req, "generate the configuration of the resource", g.Complete.GenerateResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.GenerateResourceConfigResponse {
		return &tfprotov6.GenerateResourceConfigResponse{Diagnostics: d}
	})
}

// ValidateDataResourceConfig implements [tfprotov6.DataSourceServer].
func (g panicGuard) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the data source", g.Complete.ValidateDataResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateDataResourceConfigResponse {
		return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: d}
	})
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (g panicGuard) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return catch(ctx, req, "read the data source", g.Complete.ReadDataSource, func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadDataSourceResponse {
		return &tfprotov6.ReadDataSourceResponse{Diagnostics: d}
	})
}

// ValidateEphemeralResourceConfig implements [tfprotov6.EphemeralResourceServer].
func (g panicGuard) ValidateEphemeralResourceConfig(ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the ephemeral resource", g.Complete.ValidateEphemeralResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateEphemeralResourceConfigResponse {
		return &tfprotov6.ValidateEphemeralResourceConfigResponse{Diagnostics: d}
	})
}

// OpenEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (g panicGuard) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return catch(ctx, req, "open the ephemeral resource", g.Complete.OpenEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.OpenEphemeralResourceResponse {
		return &tfprotov6.OpenEphemeralResourceResponse{Diagnostics: d}
	})
}

// RenewEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (g panicGuard) RenewEphemeralResource(ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return catch(ctx, req, "renew the ephemeral resource", g.Complete.RenewEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.RenewEphemeralResourceResponse {
		return &tfprotov6.RenewEphemeralResourceResponse{Diagnostics: d}
	})
}

// CloseEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (g panicGuard) CloseEphemeralResource(ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return catch(ctx, req, "close the ephemeral resource", g.Complete.CloseEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.CloseEphemeralResourceResponse {
		return &tfprotov6.CloseEphemeralResourceResponse{Diagnostics: d}
	})
}

// ValidateListResourceConfig implements [tfprotov6.ListResourceServer].
func (g panicGuard) ValidateListResourceConfig(ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the list", g.Complete.ValidateListResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateListResourceConfigResponse {
		return &tfprotov6.ValidateListResourceConfigResponse{Diagnostics: d}
	})
}

// ValidateActionConfig implements [tfprotov6.ActionServer].
func (g panicGuard) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return catch(ctx, req, "check the configuration of the action", g.Complete.ValidateActionConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateActionConfigResponse {
		return &tfprotov6.ValidateActionConfigResponse{Diagnostics: d}
	})
}

// PlanAction implements [tfprotov6.ActionServer].
func (g panicGuard) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return catch(ctx, req, "plan the action", g.Complete.PlanAction, func(d []*tfprotov6.Diagnostic) *tfprotov6.PlanActionResponse {
		return &tfprotov6.PlanActionResponse{Diagnostics: d}
	})
}

// GetFunctions implements [tfprotov6.FunctionServer].
func (g panicGuard) GetFunctions(ctx context.Context, req *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return catch(ctx, req, "read the functions of the provider", g.Complete.GetFunctions, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetFunctionsResponse {
		return &tfprotov6.GetFunctionsResponse{Diagnostics: d}
	})
}

// StopProvider implements [tfprotov6.ProviderServer].
func (g panicGuard) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return catch(ctx, req, "stop the provider", g.Complete.StopProvider, func(d []*tfprotov6.Diagnostic) *tfprotov6.StopProviderResponse {
		return &tfprotov6.StopProviderResponse{Error: d[0].Summary + ": " + d[0].Detail}
	})
}

// ApplyResourceChange implements [tfprotov6.ResourceServer]. The state stays as it was.
func (g panicGuard) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return catch(ctx, req, "apply the change of the resource", g.Complete.ApplyResourceChange, func(d []*tfprotov6.Diagnostic) *tfprotov6.ApplyResourceChangeResponse {
		return &tfprotov6.ApplyResourceChangeResponse{NewState: req.PriorState, Private: req.PlannedPrivate, NewIdentity: req.PlannedIdentity, Diagnostics: d}
	})
}

// CallFunction implements [tfprotov6.FunctionServer].
func (g panicGuard) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return catch(ctx, req, "call the function", g.Complete.CallFunction, func(d []*tfprotov6.Diagnostic) *tfprotov6.CallFunctionResponse {
		return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: d[0].Summary + ". " + d[0].Detail}}
	})
}

// ListResource implements [tfprotov6.ListResourceServer]. The results before a panic are kept.
func (g panicGuard) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	failed := func(d []*tfprotov6.Diagnostic) tfprotov6.ListResourceResult {
		return tfprotov6.ListResourceResult{Diagnostics: d}
	}
	stream, err := catch(ctx, req, "list the resources", g.Complete.ListResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.ListResourceServerStream {
		return &tfprotov6.ListResourceServerStream{Results: func(push func(tfprotov6.ListResourceResult) bool) { push(failed(d)) }}
	})
	if err != nil {
		return stream, err
	}
	return &tfprotov6.ListResourceServerStream{Results: catchStream("list the resources", stream.Results, failed)}, nil
}

// InvokeAction implements [tfprotov6.ActionServer].
func (g panicGuard) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	failed := func(d []*tfprotov6.Diagnostic) tfprotov6.InvokeActionEvent {
		return tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: d}}
	}
	stream, err := catch(ctx, req, "run the action", g.Complete.InvokeAction, func(d []*tfprotov6.Diagnostic) *tfprotov6.InvokeActionServerStream {
		return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) { push(failed(d)) }}
	})
	if err != nil {
		return stream, err
	}
	return &tfprotov6.InvokeActionServerStream{Events: catchStream("run the action", stream.Events, failed)}, nil
}

// catchStream ends a stream with a failure if a panic ends it.
func catchStream[Item any](step string, items iter.Seq[Item], failed func([]*tfprotov6.Diagnostic) Item) iter.Seq[Item] {
	return func(push func(Item) bool) {
		if bug := catchBug(step, func() { items(push) }); bug != nil {
			push(failed([]*tfprotov6.Diagnostic{bug}))
		}
	}
}
