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

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Address is where the provider is found. It is written down here and nowhere else.
const Address = "registry.terraform.io/ram-security/ram"

var (
	_ provider.ProviderWithListResources      = (*ramProvider)(nil)
	_ provider.ProviderWithFunctions          = (*ramProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*ramProvider)(nil)
	_ provider.ProviderWithActions            = (*ramProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*ramProvider)(nil)
)

// New returns what makes the provider. getenv is where it looks for what the
// provider block does not say.
func New(version string, getenv func(string) string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &ramProvider{version: version, environment: ram.HostEnvironment(getenv)}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// Option changes what the provider is made of.
type Option func(*ramProvider)

// WithClock replaces real time: what now is, and how to wait.
func WithClock(now func() time.Time, pause func(context.Context, time.Duration) error) Option {
	return func(p *ramProvider) { p.now, p.pause = now, pause }
}

type ramProvider struct {
	version     string
	environment ram.Environment
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
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
	return guarded(resources)
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
	return guardedActions(actions)
}
