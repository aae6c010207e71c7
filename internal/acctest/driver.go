// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Reporter receives the errors that the driver finds. A [testing.T] is one.
type Reporter interface {
	Helper()
	// Errorf receives an error that Terraform would report as a bug of the provider.
	Errorf(format string, args ...any)
	// Fatalf receives an error of the caller, such as an unknown attribute. It does not return.
	Fatalf(format string, args ...any)
}

// Panics is a [Reporter] for code outside of tests. It panics.
type Panics struct{}

// Helper does nothing.
func (Panics) Helper() {}

// Errorf panics.
func (Panics) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Fatalf panics.
func (Panics) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Driver drives one run of the provider over the protocol, as Terraform's core does, without a CLI. Unlike a CLI it
// gives access to all warnings, to private state, and to the exact bytes of a state. It makes the same checks as
// Terraform, for example that an apply returns the planned values.
type Driver struct {
	Server     tfprotov6.ProviderServer
	Schemas    *tfprotov6.GetProviderSchemaResponse
	Identities map[string]*tfprotov6.ResourceIdentitySchema
	Applied    atomic.Int64                // number of applied plans
	Observe    func(kind string, o Object) // called with each object that the provider returns, including planned ones; may be nil

	ctx    context.Context
	report Reporter
}

// Object is what Terraform saves for one resource.
type Object struct {
	State    tftypes.Value
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
}

// NewDriver returns a driver of a provider that is not configured yet.
func NewDriver(ctx context.Context, report Reporter, server tfprotov6.ProviderServer) *Driver {
	report.Helper()
	d := &Driver{Server: server, ctx: ctx, report: report}
	schemas := call(d, "GetProviderSchema", func() (*tfprotov6.GetProviderSchemaResponse, error) {
		return server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	})
	identities := call(d, "GetResourceIdentitySchemas", func() (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
		return server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	})
	if schemas == nil || identities == nil {
		report.Fatalf("The provider has no schema.")
	}
	if wrong := append(schemas.Diagnostics, identities.Diagnostics...); len(wrong) > 0 {
		report.Fatalf("The provider has no schema: %s", Messages(wrong))
	}
	d.Schemas, d.Identities = schemas, identities.IdentitySchemas
	return d
}

// WithSchemas returns a driver of another instance of the same provider. It reuses the schemas.
func (d *Driver) WithSchemas(ctx context.Context, report Reporter, server tfprotov6.ProviderServer) *Driver {
	return &Driver{Server: server, Schemas: d.Schemas, Identities: d.Identities, ctx: ctx, report: report}
}

// Configure configures the provider.
func (d *Driver) Configure(config Attributes) []*tfprotov6.Diagnostic {
	d.report.Helper()
	resp := call(d, "ConfigureProvider", func() (*tfprotov6.ConfigureProviderResponse, error) {
		return d.Server.ConfigureProvider(d.ctx, &tfprotov6.ConfigureProviderRequest{
			TerraformVersion: "1.14.0", Config: d.Dynamic(d.Build(d.Schemas.Provider, config)),
		})
	})
	if resp == nil {
		return noResponse("ConfigureProvider")
	}
	return resp.Diagnostics
}

// Validate validates a configuration of the provider.
func (d *Driver) Validate(config Attributes) []*tfprotov6.Diagnostic {
	d.report.Helper()
	resp := call(d, "ValidateProviderConfig", func() (*tfprotov6.ValidateProviderConfigResponse, error) {
		return d.Server.ValidateProviderConfig(d.ctx, &tfprotov6.ValidateProviderConfigRequest{
			Config: d.Dynamic(d.Build(d.Schemas.Provider, config)),
		})
	})
	if resp == nil {
		return noResponse("ValidateProviderConfig")
	}
	return resp.Diagnostics
}

// Stop does what a CLI does at the first Ctrl-C.
func (d *Driver) Stop() {
	_, _ = d.Server.StopProvider(d.ctx, &tfprotov6.StopProviderRequest{}) // returns no error
}

// call calls the provider. It reports a panic and a protocol error, and then returns nil.
func call[R any](d *Driver, method string, do func() (*R, error)) (resp *R) {
	d.report.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			d.report.Errorf("%s panicked: %v\n%s", method, cause, debug.Stack())
			resp = nil
		}
	}()
	resp, err := do()
	if err != nil {
		d.report.Errorf("%s: %s", method, err)
		return nil
	}
	return resp
}

// noResponse returns the diagnostic of a call that panicked or failed in the protocol.
func noResponse(method string) []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Plugin did not respond", Detail: method}}
}

// Errors returns the diagnostics that are errors.
func Errors(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d *tfprotov6.Diagnostic) bool { return d.Severity != tfprotov6.DiagnosticSeverityError })
}

// Messages joins the texts of diagnostics.
func Messages(diags []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s: %s [%s]\n%s\n", d.Severity, d.Summary, d.Attribute, d.Detail)
	}
	return b.String()
}

// Create plans and applies a resource that is not in the state.
func (d *Driver) Create(kind string, config Attributes) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	return d.Apply(kind, config, d.Null(kind))
}

// Apply validates, plans and applies, and stops at the first error. A plan that requires a replacement is applied
// as a destroy and a create. A plan without changes is not applied.
func (d *Driver) Apply(kind string, config Attributes, prior Object) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	plan, diags := d.Plan(kind, config, prior)
	if plan == nil || len(Errors(diags)) > 0 {
		return prior, diags
	}
	if d.Replaces(prior, plan) {
		gone, more := d.Destroy(kind, prior)
		if diags = append(diags, more...); len(Errors(more)) > 0 {
			return gone, diags
		}
		created, more := d.Apply(kind, config, d.Null(kind))
		return created, append(diags, more...)
	}
	if d.Planned(kind, plan).Equal(prior.State) && bytes.Equal(plan.PlannedPrivate, prior.Private) {
		return prior, diags
	}
	after, more := d.ApplyPlan(kind, config, prior, plan)
	return after, append(diags, more...)
}

// Replaces reports whether a plan replaces an existing object.
func (d *Driver) Replaces(prior Object, plan *tfprotov6.PlanResourceChangeResponse) bool {
	return len(plan.RequiresReplace) > 0 && !prior.State.IsNull()
}

// Plan validates and plans. A nil configuration plans a destroy. The plan is nil if the configuration is invalid.
func (d *Driver) Plan(kind string, config Attributes, prior Object) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	if config == nil {
		null := d.Null(kind).State
		return d.plan(kind, null, null, prior)
	}
	schema := d.Schemas.ResourceSchemas[kind]
	written := d.Build(schema, config)
	valid := call(d, "ValidateResourceConfig", func() (*tfprotov6.ValidateResourceConfigResponse, error) {
		return d.Server.ValidateResourceConfig(d.ctx, &tfprotov6.ValidateResourceConfigRequest{
			TypeName: kind, Config: d.Dynamic(written),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}, // as every supported CLI allows
		})
	})
	if valid == nil {
		return nil, noResponse("ValidateResourceConfig")
	}
	if len(Errors(valid.Diagnostics)) > 0 {
		return nil, valid.Diagnostics
	}
	plan, diags := d.plan(kind, written, d.Propose(kind, written, prior.State), prior)
	return plan, append(valid.Diagnostics, diags...)
}

func (d *Driver) plan(kind string, config, proposed tftypes.Value, prior Object) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	resp := call(d, "PlanResourceChange", func() (*tfprotov6.PlanResourceChangeResponse, error) {
		return d.Server.PlanResourceChange(d.ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, Config: d.Dynamic(config), PriorState: d.Dynamic(prior.State), PriorPrivate: prior.Private, PriorIdentity: prior.Identity,
			ProposedNewState: d.Dynamic(proposed),
		})
	})
	if resp == nil {
		return nil, noResponse("PlanResourceChange")
	}
	if len(Errors(resp.Diagnostics)) == 0 {
		planned := d.returned(kind, Object{State: d.Planned(kind, resp), Private: resp.PlannedPrivate})
		d.checkPlan(kind, config, prior.State, planned.State)
	}
	return resp, resp.Diagnostics
}

// checkPlan reports, as Terraform does, a planned attribute that has neither the configured nor the prior value.
// The prior value is correct if it has the same meaning in another notation.
func (d *Driver) checkPlan(kind string, config, prior, planned tftypes.Value) {
	d.report.Helper()
	want, before, got := Fields(config), Fields(prior), Fields(planned)
	for _, a := range d.Schemas.ResourceSchemas[kind].Block.Attributes {
		v := want[a.Name]
		if a.WriteOnly || v.Type() == nil || v.IsNull() || !v.IsFullyKnown() || got[a.Name].Equal(v) {
			continue
		}
		if was, existed := before[a.Name]; !existed || !got[a.Name].Equal(was) {
			d.report.Errorf("%s.%s: the plan has %s, the configuration %s", kind, a.Name, Format(got[a.Name]), Format(v))
		}
	}
}

// ApplyPlan applies a plan with the current configuration. Terraform saves the returned state even if the apply
// fails.
func (d *Driver) ApplyPlan(kind string, config Attributes, prior Object, plan *tfprotov6.PlanResourceChangeResponse) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	written := d.Null(kind).State
	if config != nil {
		written = d.Build(d.Schemas.ResourceSchemas[kind], config)
	}
	return d.applyPlan(kind, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: d.Dynamic(written), PriorState: d.Dynamic(prior.State),
		PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	}, prior)
}

func (d *Driver) applyPlan(kind string, req *tfprotov6.ApplyResourceChangeRequest, prior Object) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	d.Applied.Add(1)
	resp := call(d, "ApplyResourceChange", func() (*tfprotov6.ApplyResourceChangeResponse, error) {
		return d.Server.ApplyResourceChange(d.ctx, req)
	})
	if resp == nil {
		return prior, noResponse("ApplyResourceChange")
	}
	after := d.returned(kind, Object{State: d.Value(kind, resp.NewState), Private: resp.Private, Identity: resp.NewIdentity})
	if len(Errors(resp.Diagnostics)) == 0 {
		d.checkApply(kind, d.Value(kind, req.PlannedState), after.State)
	}
	return after, resp.Diagnostics
}

// checkApply reports, as Terraform does, a new state that differs from the plan or contains unknown values.
func (d *Driver) checkApply(kind string, planned, state tftypes.Value) {
	d.report.Helper()
	if planned.IsNull() != state.IsNull() {
		d.report.Errorf("%s: the plan has %s, the state is %s", kind, Format(planned), Format(state))
		return
	}
	want, got := Fields(planned), Fields(state)
	for name, v := range want {
		if v.IsFullyKnown() && !got[name].Equal(v) {
			d.report.Errorf("%s.%s: the plan has %s, the state %s", kind, name, Format(v), Format(got[name]))
		}
		if !got[name].IsFullyKnown() {
			d.report.Errorf("%s.%s is unknown after the apply", kind, name)
		}
	}
}

// PlanDestroy plans the removal of an object.
func (d *Driver) PlanDestroy(kind string, prior Object) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	return d.Plan(kind, nil, prior)
}

// Destroy plans and applies the removal of an object.
func (d *Driver) Destroy(kind string, prior Object) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	plan, diags := d.PlanDestroy(kind, prior)
	if plan == nil || len(Errors(diags)) > 0 {
		return prior, diags
	}
	null := d.Dynamic(d.Null(kind).State)
	after, more := d.applyPlan(kind, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: null, PriorState: d.Dynamic(prior.State),
		PlannedState: null, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: prior.Identity,
	}, prior)
	return after, append(diags, more...)
}

// Read refreshes an object.
func (d *Driver) Read(kind string, prior Object) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	resp := call(d, "ReadResource", func() (*tfprotov6.ReadResourceResponse, error) {
		return d.Server.ReadResource(d.ctx, &tfprotov6.ReadResourceRequest{
			TypeName: kind, CurrentState: d.Dynamic(prior.State), Private: prior.Private, CurrentIdentity: prior.Identity,
		})
	})
	switch {
	case resp == nil:
		return prior, noResponse("ReadResource")
	case resp.NewState == nil:
		return prior, resp.Diagnostics
	}
	return d.returned(kind, Object{State: d.Value(kind, resp.NewState), Private: resp.Private, Identity: resp.NewIdentity}), resp.Diagnostics
}

// Import imports by id and then reads.
func (d *Driver) Import(kind, id string) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	return d.imported(&tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
}

// ImportIdentity imports by identity and then reads.
func (d *Driver) ImportIdentity(kind string, identity Attributes) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	schema, ok := d.Identities[kind]
	if !ok {
		d.report.Fatalf("%s has no identity", kind)
	}
	data := d.Dynamic(d.Convert(schema.ValueType(), identity))
	return d.imported(&tfprotov6.ImportResourceStateRequest{TypeName: kind, Identity: &tfprotov6.ResourceIdentityData{IdentityData: data}})
}

func (d *Driver) imported(req *tfprotov6.ImportResourceStateRequest) (Object, []*tfprotov6.Diagnostic) {
	d.report.Helper()
	resp := call(d, "ImportResourceState", func() (*tfprotov6.ImportResourceStateResponse, error) {
		return d.Server.ImportResourceState(d.ctx, req)
	})
	if resp == nil {
		return d.Null(req.TypeName), noResponse("ImportResourceState")
	}
	if len(Errors(resp.Diagnostics)) > 0 {
		return d.Null(req.TypeName), resp.Diagnostics
	}
	if len(resp.ImportedResources) != 1 {
		d.report.Errorf("%s: got %d imported resources, want 1", req.TypeName, len(resp.ImportedResources))
		return d.Null(req.TypeName), noResponse("ImportResourceState")
	}
	got := resp.ImportedResources[0]
	after, diags := d.Read(req.TypeName, Object{State: d.Value(req.TypeName, got.State), Private: got.Private, Identity: got.Identity})
	return after, append(resp.Diagnostics, diags...)
}

// returned checks and observes an object that the provider returned.
func (d *Driver) returned(kind string, o Object) Object {
	d.report.Helper()
	fields := Fields(o.State)
	for _, a := range d.Schemas.ResourceSchemas[kind].Block.Attributes {
		if v, has := fields[a.Name]; a.WriteOnly && has && !v.IsNull() {
			d.report.Errorf("%s.%s is write-only but was saved", kind, a.Name)
		}
	}
	if d.Observe != nil {
		d.Observe(kind, o)
	}
	return o
}

// Null returns the null value for an object that does not exist.
func (d *Driver) Null(kind string) Object {
	return Object{State: tftypes.NewValue(d.Schemas.ResourceSchemas[kind].ValueType(), nil)}
}

// Planned returns the planned state.
func (d *Driver) Planned(kind string, plan *tfprotov6.PlanResourceChangeResponse) tftypes.Value {
	d.report.Helper()
	return d.Value(kind, plan.PlannedState)
}

// Propose applies the rule of Terraform's core for attributes: the configured value, or else the prior value if the
// provider computes the attribute. Write-only values are omitted.
func (d *Driver) Propose(kind string, config, prior tftypes.Value) tftypes.Value {
	next, before := Fields(config), Fields(prior)
	for _, a := range d.Schemas.ResourceSchemas[kind].Block.Attributes {
		switch was, existed := before[a.Name]; {
		case a.WriteOnly:
			next[a.Name] = tftypes.NewValue(a.ValueType(), nil)
		case !a.Computed || !next[a.Name].IsNull():
		case existed:
			next[a.Name] = was
		default:
			next[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(config.Type(), next)
}
