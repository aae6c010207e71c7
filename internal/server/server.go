// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package server is the protocol server around the provider: it catches panics, releases the
// context of each request, binds requests to the account of the credentials, names the object
// of each warning, and validates actions again when their values are known.
package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// Provider is a provider of the framework, and what its server needs to know of it.
type Provider struct {
	Framework provider.Provider

	// NotGenerated are the attributes that a generated configuration leaves out, by the type.
	NotGenerated map[string][]string
}

// Serve runs the plugin until the CLI stops it. Under a debugger, it prints the value of
// TF_REATTACH_PROVIDERS.
func Serve(address string, create func() Provider, debug bool) error {
	if debug { // the process serves many runs
		return tf6server.Serve(address, func() tfprotov6.ProviderServer { return New(create()) }, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(address, func() tfprotov6.ProviderServer { return ReportOnce(New(create())) })
}

// New returns the protocol server of a provider.
func New(p Provider) Complete {
	types := &stateTypes{create: p.Framework.Resources}
	return CatchPanics(server{
		Complete:     nameObjects{providerserver.NewProtocol6(p.Framework)().(Complete), types}, //nolint:forcetypeassert // the framework implements them since 1.16
		types:        types,
		notGenerated: p.NotGenerated,
		actions:      &sync.WaitGroup{},
	})
}

// Complete has all services of this provider.
type Complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server passes a context to the framework that it releases after each request. The
// framework holds every context until the process ends, to cancel all of them on a stop
// (terraform-plugin-framework 1.19, registerContext), and with it the stream, the headers
// and several loggers: 33 KiB for each instance of a plan, 800 MiB for 5,000 users.
type server struct {
	Complete

	types        *stateTypes
	notGenerated map[string][]string
	actions      *sync.WaitGroup // those that are in progress
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return withReleased(ctx, req, s.Complete.ValidateResourceConfig)
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return withReleased(ctx, req, s.Complete.UpgradeResourceState)
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return withReleased(ctx, req, s.Complete.UpgradeResourceIdentity)
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return withReleased(ctx, req, s.Complete.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return withReleased(ctx, req, s.Complete.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return withReleased(ctx, req, s.Complete.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return withReleased(ram.WithCallerAccount(ctx), req, s.Complete.ImportResourceState)
}

// The requests below name no object of a state: they are about the account of the
// credentials. Those of a resource are bound to the account in its state, see guard.

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return s.Complete.ConfigureProvider(ram.WithCallerAccount(ctx), req)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return s.Complete.ReadDataSource(ram.WithCallerAccount(ctx), req)
}

// OpenEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s server) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return s.Complete.OpenEphemeralResource(ram.WithCallerAccount(ctx), req)
}

// ListResource implements [tfprotov6.ListResourceServer].
func (s server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return s.Complete.ListResource(ram.WithCallerAccount(ctx), req)
}

// withReleased handles a request with a context that it releases afterwards.
func withReleased[Request, Response any](ctx context.Context, req Request, handle func(context.Context, Request) (Response, error)) (Response, error) {
	releasable := &releasableContext{}
	releasable.context.Store(&ctx)
	defer releasable.release()
	return handle(releasable, req)
}

// releasableContext is a context that can be released. It is then canceled and refers to
// nothing.
type releasableContext struct {
	context atomic.Pointer[context.Context]
}

// endedContext replaces a released context.
var endedContext = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // it is canceled at once
	cancel()
	return ctx
}()

func (l *releasableContext) release() { l.context.Store(&endedContext) }

func (l *releasableContext) current() context.Context { return *l.context.Load() }

// Deadline implements [context.Context].
func (l *releasableContext) Deadline() (time.Time, bool) { return l.current().Deadline() }

// Done implements [context.Context].
func (l *releasableContext) Done() <-chan struct{} { return l.current().Done() }

// Err implements [context.Context].
func (l *releasableContext) Err() error { return l.current().Err() }

// Value implements [context.Context].
func (l *releasableContext) Value(key any) any { return l.current().Value(key) }
