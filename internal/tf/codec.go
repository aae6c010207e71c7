// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"context"
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// codec converts between a model and an object of the protocol. The framework would derive
// the conversion from the struct tags and the schema in each call, which took a quarter of
// the provider's CPU time and allocations in a plan (measured). A codec derives it once.
//
// It handles only conversions without diagnostics. For all others the framework converts, or
// explains the error.
type codec struct {
	object tftypes.Object
	fields []field
}

// field is an attribute and its position in the model.
type field struct {
	name  string
	index []int        // index in the model
	model reflect.Type // type in the model
	kind  attr.Type
	wire  tftypes.Type
	plain bool // whether the type in the model determines the type in the protocol
	check checked
}

// checked is a type that rejects some values, such as a set, whose elements must differ.
type checked interface {
	Validate(context.Context, tftypes.Value, path.Path) diag.Diagnostics
}

func (f field) accepts(ctx context.Context, v tftypes.Value) bool {
	return f.check == nil || len(f.check.Validate(ctx, v, path.Root(f.name))) == 0
}

// typed is a schema of the framework.
type typed interface{ Type() attr.Type }

// codecKey identifies a codec. A model may be used with several schemas. The framework reads
// each schema once, so the address of its attributes identifies the schema.
type codecKey struct {
	model  reflect.Type
	schema uintptr
}

// mostCodecs limits the memory of a process that serves many providers, as tests do. A
// provider needs fewer than a hundred.
const mostCodecs = 500

// codecs are the cached codecs. Nil means that a pair has no codec. An entry holds a
// reference to its schema, so that no other schema can get the same address.
var codecs = struct {
	sync.RWMutex
	known map[codecKey]knownCodec
}{known: map[codecKey]knownCodec{}}

type knownCodec struct {
	*codec
	schema typed
}

// codecFor returns the codec of a model and a schema, or nil if there is none.
func codecFor(ctx context.Context, model reflect.Type, schema typed) *codec {
	key, ok := keyOf(model, schema)
	if !ok {
		return nil
	}
	codecs.RLock()
	known, ok := codecs.known[key]
	codecs.RUnlock()
	if ok {
		return known.codec
	}
	known = knownCodec{newCodec(ctx, model, schema), schema}
	codecs.Lock()
	defer codecs.Unlock()
	if len(codecs.known) >= mostCodecs {
		clear(codecs.known)
	}
	codecs.known[key] = known
	return known.codec
}

// keyOf reports whether a codec is possible: the model is a struct, and the schema, which is
// a struct too, has attributes.
func keyOf(model reflect.Type, schema typed) (codecKey, bool) {
	if model == nil || model.Kind() != reflect.Struct || schema == nil {
		return codecKey{}, false
	}
	s := reflect.ValueOf(schema)
	if s.Kind() != reflect.Struct {
		return codecKey{}, false
	}
	attributes := s.FieldByName("Attributes")
	if !attributes.IsValid() || attributes.Kind() != reflect.Map || attributes.Len() == 0 {
		return codecKey{}, false
	}
	return codecKey{model, attributes.Pointer()}, true
}

// newCodec returns nil if model and schema do not match exactly, or if a field does not have
// one of the framework's types.
func newCodec(ctx context.Context, model reflect.Type, schema typed) *codec {
	object, ok := schema.Type().(types.ObjectType)
	if !ok {
		return nil
	}
	c := &codec{object: tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}}
	for _, f := range reflect.VisibleFields(model) {
		name, tagged := f.Tag.Lookup("tfsdk")
		kind := object.AttrTypes[name]
		switch {
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
			continue // its fields are visible, too
		case !f.IsExported() || kind == nil || c.object.AttributeTypes[name] != nil:
			return nil
		}
		value, wire := kind.ValueType(ctx), kind.TerraformType(ctx)
		_, validated := value.(xattr.ValidateableAttribute)
		if validated || reflect.TypeOf(value) != f.Type || wire.Is(tftypes.DynamicPseudoType) {
			return nil
		}
		c.object.AttributeTypes[name] = wire
		check, _ := kind.(checked)
		c.fields = append(c.fields, field{name, f.Index, f.Type, kind, wire, isPlain(value), check})
	}
	if len(c.fields) != len(object.AttrTypes) {
		return nil
	}
	return c
}

func isPlain(v attr.Value) bool {
	switch v.(type) {
	case types.String, types.Bool, types.Int64, types.Float64:
		return true
	}
	return false
}

// decode decodes the model. It returns false if the framework must do it.
func (c *codec) decode(ctx context.Context, raw tftypes.Value, model reflect.Value) bool {
	if c == nil || raw.IsNull() || !raw.IsKnown() {
		return false
	}
	var attributes map[string]tftypes.Value
	if raw.As(&attributes) != nil || len(attributes) != len(c.fields) {
		return false
	}
	for _, f := range c.fields {
		wire, ok := attributes[f.name]
		if !ok || !f.accepts(ctx, wire) {
			return false
		}
		value, err := f.kind.ValueFromTerraform(ctx, wire)
		if err != nil || reflect.TypeOf(value) != f.model {
			return false
		}
		model.FieldByIndex(f.index).Set(reflect.ValueOf(value))
	}
	return true
}

// encode returns the model as an object. It returns false if the framework must do it.
func (c *codec) encode(ctx context.Context, model reflect.Value) (tftypes.Value, bool) {
	if c == nil {
		return tftypes.Value{}, false
	}
	attributes := make(map[string]tftypes.Value, len(c.fields))
	for _, f := range c.fields {
		value, ok := model.FieldByIndex(f.index).Interface().(attr.Value)
		if !ok || !f.plain && !f.wire.Equal(value.Type(ctx).TerraformType(ctx)) {
			return tftypes.Value{}, false
		}
		wire, err := value.ToTerraformValue(ctx)
		if err != nil || !f.accepts(ctx, wire) {
			return tftypes.Value{}, false
		}
		attributes[f.name] = wire
	}
	return tftypes.NewValue(c.object, attributes), true
}

// source returns the value from which a model is read, and its schema.
func source(from any) (tftypes.Value, typed) {
	switch from := from.(type) {
	case tfsdk.Config:
		return from.Raw, from.Schema
	case tfsdk.Plan:
		return from.Raw, from.Schema
	case tfsdk.State:
		return from.Raw, from.Schema
	case *tfsdk.ResourceIdentity:
		if from != nil {
			return from.Raw, from.Schema
		}
	}
	return tftypes.Value{}, nil
}

// target returns the value to which a model is written, and its schema.
func target(to any) (*tftypes.Value, typed) {
	switch to := to.(type) {
	case *tfsdk.Plan:
		return &to.Raw, to.Schema
	case *tfsdk.State:
		return &to.Raw, to.Schema
	case *tfsdk.Resource:
		return &to.Raw, to.Schema
	case *tfsdk.ResourceIdentity:
		if to != nil {
			return &to.Raw, to.Schema
		}
	}
	return nil, nil
}
