// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// core drives the provider as the core of Terraform does, over the protocol and
// without a CLI. It sees what no CLI shows a test: warnings, private state, and
// whether a state is the same to the byte.
type core struct {
	t          *testing.T
	server     tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
}

// object is what Terraform keeps of one resource.
type object struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// attributes are the configuration of a resource; what is not named is null.
type attributes map[string]any

// unknown stands for a value that is not known when the plan is made.
type unknown struct{}

// value is one that is at hand in the words of the protocol.
type value struct{ tftypes.Value }

func newCore(t *testing.T, getenv func(string) string, options ...Option) *core {
	t.Helper()
	return newCoreWith(t, attributes{}, getenv, options...)
}

func newCoreWith(t *testing.T, config attributes, getenv func(string) string, options ...Option) *core {
	t.Helper()
	server := Server(New("test", getenv, options...)())
	c := &core{t: t, server: server}
	var err error
	c.schemas, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.clean(err, c.schemas.Diagnostics)
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	c.clean(err, identities.Diagnostics)
	c.identities = identities.IdentitySchemas
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: c.dynamic(c.build(c.schemas.Provider, config)),
	})
	c.clean(err, errorsIn(resp.Diagnostics))
	return c
}

// clean fails the test if anything went wrong.
func (c *core) clean(err error, diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range diags {
		c.t.Fatalf("%s: %s\n%s", d.Severity, d.Summary, d.Detail)
	}
}

func errorsIn(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d *tfprotov6.Diagnostic) bool { return d.Severity != tfprotov6.DiagnosticSeverityError })
}

// said joins what diagnostics say, for a test to look into.
func said(diags []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s: %s [%s]\n%s\n", d.Severity, d.Summary, d.Attribute, d.Detail)
	}
	return b.String()
}

// create plans and applies a resource that is not in the state.
func (c *core) create(kind string, config attributes) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	return c.apply(kind, config, c.nothing(kind))
}

// apply validates, plans and applies, and stops at the first error.
func (c *core) apply(kind string, config attributes, prior object) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	plan, diags := c.plan(kind, config, prior)
	if len(errorsIn(diags)) > 0 {
		return prior, diags
	}
	after, more := c.carryOut(kind, config, prior, plan)
	return after, append(diags, more...)
}

// plan validates and plans.
func (c *core) plan(kind string, config attributes, prior object) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	written := c.build(c.schemas.ResourceSchemas[kind], config)
	valid, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: kind, Config: c.dynamic(written),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}, // as every CLI that is supported
	})
	c.clean(err, nil)
	if len(errorsIn(valid.Diagnostics)) > 0 {
		return nil, valid.Diagnostics
	}
	plan, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, Config: c.dynamic(written), PriorState: c.dynamic(prior.state), PriorPrivate: prior.private, PriorIdentity: prior.identity,
		ProposedNewState: c.dynamic(c.propose(kind, written, prior.state)),
	})
	c.clean(err, nil)
	return plan, append(valid.Diagnostics, plan.Diagnostics...)
}

// carryOut applies a plan, with the configuration as it then stands.
func (c *core) carryOut(kind string, config attributes, prior object, plan *tfprotov6.PlanResourceChangeResponse) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ApplyResourceChange(c.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: c.dynamic(c.build(c.schemas.ResourceSchemas[kind], config)), PriorState: c.dynamic(prior.state),
		PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.clean(err, nil)
	return object{state: c.value(kind, resp.NewState), private: resp.Private, identity: resp.NewIdentity}, resp.Diagnostics
}

// destroyPlan plans the removal of an object.
func (c *core) destroyPlan(kind string, prior object) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	null := c.dynamic(c.nothing(kind).state)
	plan, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, Config: null, PriorState: c.dynamic(prior.state), PriorPrivate: prior.private, PriorIdentity: prior.identity, ProposedNewState: null,
	})
	c.clean(err, nil)
	return plan, plan.Diagnostics
}

// destroy plans and carries out the removal of an object.
func (c *core) destroy(kind string, prior object) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	plan, diags := c.destroyPlan(kind, prior)
	if len(errorsIn(diags)) > 0 {
		return prior, diags
	}
	resp, err := c.server.ApplyResourceChange(c.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: kind, Config: c.dynamic(c.nothing(kind).state), PriorState: c.dynamic(prior.state),
		PlannedState: c.dynamic(c.nothing(kind).state), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: prior.identity,
	})
	c.clean(err, nil)
	return object{state: c.value(kind, resp.NewState), private: resp.Private, identity: resp.NewIdentity}, append(diags, resp.Diagnostics...)
}

// refresh reads an object.
func (c *core) refresh(kind string, prior object) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: kind, CurrentState: c.dynamic(prior.state), Private: prior.private, CurrentIdentity: prior.identity,
	})
	c.clean(err, nil)
	if resp.NewState == nil {
		return prior, resp.Diagnostics
	}
	return object{state: c.value(kind, resp.NewState), private: resp.Private, identity: resp.NewIdentity}, resp.Diagnostics
}

// adopt imports by id, and reads.
func (c *core) adopt(kind, id string) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	return c.adoptBy(&tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
}

// adoptIdentity imports by identity, and reads.
func (c *core) adoptIdentity(kind string, identity attributes) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	schema, ok := c.identities[kind].ValueType().(tftypes.Object)
	if !ok {
		c.t.Fatalf("%s has no identity", kind)
	}
	data := c.dynamic(tftypes.NewValue(schema, c.members(schema, identity)))
	return c.adoptBy(&tfprotov6.ImportResourceStateRequest{TypeName: kind, Identity: &tfprotov6.ResourceIdentityData{IdentityData: data}})
}

func (c *core) adoptBy(req *tfprotov6.ImportResourceStateRequest) (object, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	c.clean(err, nil)
	if len(errorsIn(resp.Diagnostics)) > 0 {
		return c.nothing(req.TypeName), resp.Diagnostics
	}
	got := resp.ImportedResources[0]
	return c.refresh(req.TypeName, object{state: c.value(req.TypeName, got.State), private: got.Private, identity: got.Identity})
}

// data reads a data source.
func (c *core) data(kind string, config attributes) (tftypes.Value, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	schema := c.schemas.DataSourceSchemas[kind]
	resp, err := c.server.ReadDataSource(c.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: c.dynamic(c.build(schema, config))})
	c.clean(err, nil)
	if resp.State == nil {
		return tftypes.Value{}, resp.Diagnostics
	}
	v, err := resp.State.Unmarshal(schema.ValueType())
	c.clean(err, nil)
	return v, resp.Diagnostics
}

// found is one result of a list.
type found struct {
	name            string
	identity, state tftypes.Value // state is null unless it was asked for
	diags           []*tfprotov6.Diagnostic
}

// list queries a list resource, and returns what comes.
func (c *core) list(kind string, config attributes, whole bool, limit int64) (results []found) {
	c.t.Helper()
	for f := range c.query(c.t.Context(), kind, config, whole, limit) {
		results = append(results, f)
	}
	return results
}

// query validates the configuration of a list, and yields what comes as it comes.
func (c *core) query(ctx context.Context, kind string, config attributes, whole bool, limit int64) iter.Seq[found] {
	c.t.Helper()
	server, ok := c.server.(tfprotov6.ListResourceServer)
	if !ok {
		c.t.Fatal("the provider lists nothing")
	}
	written := c.dynamic(c.build(c.schemas.ListResourceSchemas[kind], config))
	valid, err := server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: kind, Config: written})
	c.clean(err, nil)
	if len(errorsIn(valid.Diagnostics)) > 0 {
		return slices.Values([]found{{state: c.nothing(kind).state, diags: valid.Diagnostics}})
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: kind, Config: written, IncludeResource: whole, Limit: limit})
	c.clean(err, nil)
	return func(yield func(found) bool) {
		for r := range stream.Results {
			if !yield(c.result(kind, r)) {
				return
			}
		}
	}
}

// result reads one result of a list.
func (c *core) result(kind string, r tfprotov6.ListResourceResult) found {
	c.t.Helper()
	f := found{name: r.DisplayName, diags: r.Diagnostics, state: c.nothing(kind).state}
	if r.Identity != nil && r.Identity.IdentityData != nil {
		f.identity = c.identified(kind, r.Identity)
	}
	if r.Resource != nil {
		f.state = c.value(kind, r.Resource)
	}
	return f
}

// identified reads an identity.
func (c *core) identified(kind string, identity *tfprotov6.ResourceIdentityData) tftypes.Value {
	c.t.Helper()
	v, err := identity.IdentityData.Unmarshal(c.identities[kind].ValueType())
	c.clean(err, nil)
	return v
}

// nothing is an object that is not there.
func (c *core) nothing(kind string) object {
	return object{state: tftypes.NewValue(c.schemas.ResourceSchemas[kind].ValueType(), nil)}
}

// propose is the rule of Terraform's core for attributes: what is configured, else
// what was there if the provider computes it.
func (c *core) propose(kind string, config, prior tftypes.Value) tftypes.Value {
	c.t.Helper()
	next := fieldsOf(c.t, config)
	before := map[string]tftypes.Value{}
	if !prior.IsNull() {
		before = fieldsOf(c.t, prior)
	}
	for _, a := range c.schemas.ResourceSchemas[kind].Block.Attributes {
		switch was, existed := before[a.Name]; {
		case !a.Computed || !next[a.Name].IsNull():
		case existed:
			next[a.Name] = was
		case prior.IsNull():
			next[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(config.Type(), next)
}

// build makes the value of a block.
func (c *core) build(schema *tfprotov6.Schema, config attributes) tftypes.Value {
	c.t.Helper()
	kind, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		c.t.Fatalf("%T is no object", schema.ValueType())
	}
	return tftypes.NewValue(kind, c.members(kind, config))
}

func (c *core) members(kind tftypes.Object, config attributes) map[string]tftypes.Value {
	c.t.Helper()
	for name := range config {
		if _, exists := kind.AttributeTypes[name]; !exists {
			c.t.Fatalf("there is no attribute %q", name)
		}
	}
	out := map[string]tftypes.Value{}
	for name, t := range kind.AttributeTypes {
		out[name] = c.convert(t, config[name])
	}
	return out
}

func (c *core) convert(kind tftypes.Type, v any) tftypes.Value {
	c.t.Helper()
	elements := func(of tftypes.Type, list []string) []tftypes.Value {
		out := []tftypes.Value{}
		for _, s := range list {
			out = append(out, tftypes.NewValue(of, s))
		}
		return out
	}
	switch v := v.(type) {
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case value:
		return v.Value
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v)))
	case []string:
		return tftypes.NewValue(kind, elements(tftypes.String, v))
	case map[string]string:
		out := map[string]tftypes.Value{}
		for key, s := range v {
			out[key] = tftypes.NewValue(tftypes.String, s)
		}
		return tftypes.NewValue(kind, out)
	case attributes:
		object, ok := kind.(tftypes.Object)
		if !ok {
			c.t.Fatalf("%s is no object", kind)
		}
		return tftypes.NewValue(kind, c.members(object, v))
	default:
		return tftypes.NewValue(kind, v)
	}
}

func (c *core) dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	c.clean(err, nil)
	return &d
}

func (c *core) value(kind string, d *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	v, err := d.Unmarshal(c.schemas.ResourceSchemas[kind].ValueType())
	c.clean(err, nil)
	return v
}

// planned is the state that a plan promises.
func (c *core) planned(kind string, plan *tfprotov6.PlanResourceChangeResponse) tftypes.Value {
	c.t.Helper()
	return c.value(kind, plan.PlannedState)
}

func fieldsOf(t *testing.T, v tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	out := map[string]tftypes.Value{}
	if err := v.As(&out); err != nil {
		t.Fatal(err)
	}
	return maps.Clone(out)
}

// in returns an attribute in Go's own types: nil, bool, int64, string, []string
// (sorted), or unknown.
func in(t *testing.T, v tftypes.Value, name string) any {
	t.Helper()
	return native(t, fieldsOf(t, v)[name])
}

func native(t *testing.T, v tftypes.Value) any {
	t.Helper()
	switch {
	case !v.IsKnown():
		return unknown{}
	case v.IsNull():
		return nil
	case v.Type().Is(tftypes.Bool):
		var b bool
		must(t, v.As(&b))
		return b
	case v.Type().Is(tftypes.Number):
		var f big.Float
		must(t, v.As(&f))
		n, _ := f.Int64()
		return n
	case v.Type().Is(tftypes.String):
		var s string
		must(t, v.As(&s))
		return s
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		var elements []tftypes.Value
		must(t, v.As(&elements))
		list := []string{}
		for _, e := range elements {
			list = append(list, fmt.Sprint(native(t, e)))
		}
		slices.Sort(list)
		return list
	default:
		return v.String()
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
