// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package tf reads and writes state, identity, private state and values of the framework.
package tf

import (
	"context"
	"reflect"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// Get reads a plan, state, identity or configuration into a model. It adds errors to diags,
// which the caller checks after its last read.
func Get[M any](ctx context.Context, from interface {
	Get(context.Context, any) diag.Diagnostics
}, diags *diag.Diagnostics,
) M {
	var m M
	raw, schema := source(from)
	if codecFor(ctx, reflect.TypeFor[M](), schema).decode(ctx, raw, reflect.ValueOf(&m).Elem()) {
		return m
	}
	var other M
	diags.Append(from.Get(ctx, &other)...)
	return other
}

// Set writes a model to a plan, an identity or a list result. Use Save to write a state.
func Set[T interface {
	*tfsdk.Plan | *tfsdk.ResourceIdentity | *tfsdk.Resource
	setter
}](ctx context.Context, what any, to T, diags *diag.Diagnostics,
) {
	set(ctx, what, to, diags)
}

type setter interface {
	Set(context.Context, any) diag.Diagnostics
}

func set(ctx context.Context, what any, to setter, diags *diag.Diagnostics) {
	raw, schema := target(to)
	if v, done := codecFor(ctx, reflect.TypeOf(what), schema).encode(ctx, reflect.ValueOf(what)); done {
		*raw = v
		return
	}
	diags.Append(to.Set(ctx, what)...)
}

// Save writes the state together with its identity. A CLI without support for identities
// passes none, and the framework refuses an identity that stays empty.
func Save(ctx context.Context, who, what any, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	set(ctx, who, identity, diags)
	set(ctx, what, state, diags)
}

// DefaultTimeout limits an operation without a configured timeout. It is much longer than
// the service needs.
const DefaultTimeout = 5 * time.Minute

// WithTimeout limits ctx to the configured timeout of one operation.
func WithTimeout(ctx context.Context, timeout func(context.Context, time.Duration) (time.Duration, diag.Diagnostics), diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	d, more := timeout(ctx, DefaultTimeout)
	diags.Append(more...)
	return context.WithTimeout(ctx, d)
}

// TimeoutsAttribute returns the timeouts attribute of a resource.
func TimeoutsAttribute(ctx context.Context) schema.Attribute {
	bounds := func(operation string) string {
		return "How long " + operation + " may take, such as `30s` or `10m`. The default is `5m`."
	}
	attribute, ok := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, CreateDescription: bounds("a create"),
		Read: true, ReadDescription: bounds("a refresh"),
		Update: true, UpdateDescription: bounds("an update"),
		Delete: true, DeleteDescription: bounds("a destroy") + " The value of the last apply is used.",
	}).(schema.SingleNestedAttribute)
	if !ok {
		panic("the timeouts attribute is not a nested attribute")
	}
	attribute.MarkdownDescription = "How long each operation may take. It is never sent to the service."
	return attribute
}

// StableID returns plan modifiers for an id that does not change once it is known. After a
// move the id is unknown until the first read or write.
func StableID() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()}
}
