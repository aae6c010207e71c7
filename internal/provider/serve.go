// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

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

// Serve is the plugin that a CLI starts, until the CLI ends it. Under a debugger it
// prints what TF_REATTACH_PROVIDERS is to hold.
func Serve(create func() provider.Provider, debug bool) error {
	if debug { // the process serves many runs
		return tf6server.Serve(Address, func() tfprotov6.ProviderServer { return Server(create()) }, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(Address, func() tfprotov6.ProviderServer { return newOnce(newServer(create())) })
}

// Server answers what a CLI asks of a provider.
func Server(p provider.Provider) tfprotov6.ProviderServer { return newServer(p) }

func newServer(p provider.Provider) panicGuard {
	return panicGuard{server{arranged{providerserver.NewProtocol6(p)().(complete)}, &sync.WaitGroup{}}} //nolint:forcetypeassert // of the framework, which has them since 1.16
}

// complete is all that our provider serves.
type complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server lends the framework the context of each request. The framework keeps it
// for as long as the process lives, for the day on which everything is to be
// stopped (terraform-plugin-framework 1.19, registerContext), and all that hangs
// on it: the stream, the headers, a set of loggers. That is 33 KiB for an instance
// of a plan, 800 MiB for 5,000 users.
type server struct {
	complete

	actions *sync.WaitGroup // those that are in progress
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return lending(ctx, req, s.complete.ValidateResourceConfig)
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lending(ctx, req, s.complete.UpgradeResourceState)
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return lending(ctx, req, s.complete.UpgradeResourceIdentity)
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lending(ctx, req, s.complete.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return lending(ctx, req, s.complete.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return lending(ctx, req, s.complete.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return lending(ram.WithCallerAccount(ctx), req, s.complete.ImportResourceState)
}

// The requests below name no object of a state: they are about the account of the
// credentials. Those of a resource are bound to the account in its state, see guard.

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return s.complete.ConfigureProvider(ram.WithCallerAccount(ctx), req)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return s.complete.ReadDataSource(ram.WithCallerAccount(ctx), req)
}

// OpenEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s server) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return s.complete.OpenEphemeralResource(ram.WithCallerAccount(ctx), req)
}

// ListResource implements [tfprotov6.ListResourceServer].
func (s server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return s.complete.ListResource(ram.WithCallerAccount(ctx), req)
}

// lending answers a request with a context that is taken back when it is answered.
func lending[Request, Response any](ctx context.Context, req Request, answer func(context.Context, Request) (Response, error)) (Response, error) {
	borrowed := &lent{}
	borrowed.of.Store(&ctx)
	defer borrowed.takeBack()
	return answer(borrowed, req)
}

// lent is a context until it is taken back. After that it has ended, and holds nothing.
type lent struct {
	of atomic.Pointer[context.Context]
}

// ended is what every context is that was taken back.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // it never begins
	cancel()
	return ctx
}()

func (l *lent) takeBack() { l.of.Store(&ended) }

func (l *lent) now() context.Context { return *l.of.Load() }

// Deadline implements [context.Context].
func (l *lent) Deadline() (time.Time, bool) { return l.now().Deadline() }

// Done implements [context.Context].
func (l *lent) Done() <-chan struct{} { return l.now().Done() }

// Err implements [context.Context].
func (l *lent) Err() error { return l.now().Err() }

// Value implements [context.Context].
func (l *lent) Value(key any) any { return l.now().Value(key) }
