// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the Terraform face of the RAM security settings.
package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/guard"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/server"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Address is the address of the provider in the registry.
const Address = "registry.terraform.io/ram-security/ram"

var (
	_ provider.ProviderWithListResources      = (*ramProvider)(nil)
	_ provider.ProviderWithFunctions          = (*ramProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*ramProvider)(nil)
	_ provider.ProviderWithActions            = (*ramProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*ramProvider)(nil)
)

// New returns a function that creates the provider. getenv reads the environment, which has
// the values that the provider block does not set.
func New(version string, getenv func(string) string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &ramProvider{version: version, environment: ram.HostEnvironment(getenv)}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// notGenerated are the attributes that a generated configuration leaves out: ram_mfa_binding
// lists the same binding.
var notGenerated = map[string][]string{"ram_virtual_mfa_device": {"bind_to_user"}}

// Serve runs the plugin until the CLI stops it. Under a debugger, it prints the value of
// TF_REATTACH_PROVIDERS.
func Serve(create func() provider.Provider, debug bool) error {
	return server.Serve(Address, func() server.Provider { return server.Provider{Framework: create(), NotGenerated: notGenerated} }, debug)
}

// Server returns the protocol server of a provider.
func Server(p provider.Provider) tfprotov6.ProviderServer {
	return server.New(server.Provider{Framework: p, NotGenerated: notGenerated})
}

// Option replaces a part of the provider.
type Option func(*ramProvider)

// WithClock replaces the clock: now returns the time, and pause waits.
func WithClock(now func() time.Time, pause func(context.Context, time.Duration) error) Option {
	return func(p *ramProvider) { p.now, p.pause = now, pause }
}

func (p *ramProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "ram", p.version
}

func (p *ramProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = configurationSchema()
}

// ValidateConfig finds what is wrong with the block by itself. Once something
// is unknown it waits for Configure: a value that comes later may complete it.
func (p *ramProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	if len(unknowns(req.Config.Raw)) > 0 {
		return
	}
	config := tf.Get[configuration](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	refuse(&resp.Diagnostics, config.settings().Check())
}

// Configure creates one client for the block. Only if the block restricts the accounts it
// calls the service: then a wrong account, and credentials that do not work, are one error
// of the block. Otherwise a plan that needs nothing of the account needs no credentials
// that work.
func (p *ramProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	refuseUnknowns(&resp.Diagnostics, req.Config.Raw)
	if resp.Diagnostics.HasError() {
		return
	}
	block := tf.Get[configuration](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	config := p.config(block, req.TerraformVersion, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	client := p.client(block, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	i := instance.New(client)
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = i, i, i
	resp.EphemeralResourceData, resp.ActionData = i, i
	if len(config.AllowedAccounts)+len(config.ForbiddenAccounts) > 0 {
		ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
		defer cancel()
		var refused *ram.AccountNotAllowedError
		// Credentials that open no account are an error of each object: a CLI that excludes the
		// objects of one account still configures the provider for it (OpenTofu, observed).
		if _, err := client.Caller(ctx); errors.As(err, &refused) {
			i.CheckAccount(ctx, diagnostics.Operation{Name: "configure the provider"}, "", &resp.Diagnostics)
		}
	}
}

func (p *ramProvider) Resources(context.Context) []func() resource.Resource {
	return guard.Resources(resources, claimed, formerTypes)
}

func (p *ramProvider) DataSources(context.Context) []func() datasource.DataSource {
	return dataSources
}

func (p *ramProvider) ListResources(context.Context) []func() list.ListResource {
	return listResources
}

func (p *ramProvider) Functions(context.Context) []func() function.Function { return functions }

func (p *ramProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return ephemeralResources
}

func (p *ramProvider) Actions(context.Context) []func() action.Action {
	return guard.Actions(actions)
}
