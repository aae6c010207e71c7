// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Attributes are the configuration of a block. An attribute that is missing is null.
type Attributes map[string]any

// Unknown is a value that is unknown during the plan.
type Unknown struct{}

// With returns the attributes with one attribute added or replaced.
func (a Attributes) With(name string, value any) Attributes {
	return a.Merge(Attributes{name: value})
}

// Without returns the attributes except one.
func (a Attributes) Without(name string) Attributes {
	return a.Merge(Attributes{name: nil})
}

// Merge returns the attributes with others added or replaced. A nil removes an attribute.
func (a Attributes) Merge(others Attributes) Attributes {
	all := maps.Clone(a)
	if all == nil {
		all = Attributes{}
	}
	maps.Copy(all, others)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// Build returns the value of a block.
func (d *Driver) Build(schema *tfprotov6.Schema, config Attributes) tftypes.Value {
	d.report.Helper()
	if config == nil {
		config = Attributes{}
	}
	return d.Convert(schema.ValueType(), config)
}

// Convert converts a Go value to a value of the type.
func (d *Driver) Convert(of tftypes.Type, v any) tftypes.Value {
	d.report.Helper()
	switch v := v.(type) {
	case Unknown:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	case tftypes.Value:
		return v
	case int:
		return tftypes.NewValue(of, big.NewFloat(float64(v)))
	case []string:
		elements := []tftypes.Value{}
		for _, text := range v {
			elements = append(elements, tftypes.NewValue(tftypes.String, text))
		}
		return d.newValue(of, elements)
	case map[string]string:
		members := Attributes{}
		for name, text := range v {
			members[name] = text
		}
		return d.members(of, members)
	case map[string][]string:
		members := Attributes{}
		for name, list := range v {
			members[name] = list
		}
		return d.members(of, members)
	case Attributes:
		return d.members(of, v)
	default:
		return d.newValue(of, v)
	}
}

// members returns a value of a type with members: a map or an object.
func (d *Driver) members(of tftypes.Type, named Attributes) tftypes.Value {
	d.report.Helper()
	out := map[string]tftypes.Value{}
	switch of := of.(type) {
	case tftypes.Map:
		for name, v := range named {
			out[name] = d.Convert(of.ElementType, v)
		}
	case tftypes.Object:
		for name := range named {
			if _, exists := of.AttributeTypes[name]; !exists {
				d.report.Fatalf("unknown attribute %q", name)
			}
		}
		for name, member := range of.AttributeTypes {
			out[name] = d.Convert(member, named[name])
		}
	default:
		d.report.Fatalf("%s has no members", of)
	}
	return d.newValue(of, out)
}

func (d *Driver) newValue(of tftypes.Type, v any) tftypes.Value {
	d.report.Helper()
	if err := tftypes.ValidateValue(of, v); err != nil {
		d.report.Fatalf("%v is not a %s: %s", v, of, err)
	}
	return tftypes.NewValue(of, v)
}

// Dynamic encodes a value for the protocol.
func (d *Driver) Dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	d.report.Helper()
	return d.dynamic(v.Type(), v)
}

func (d *Driver) dynamic(of tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	d.report.Helper()
	encoded, err := tfprotov6.NewDynamicValue(of, v)
	if err != nil {
		d.report.Fatalf("cannot encode %s: %s", v, err)
	}
	return &encoded
}

// Value decodes a resource from the protocol. It reports a value that does not match the schema, and
// returns null.
func (d *Driver) Value(kind string, encoded *tfprotov6.DynamicValue) tftypes.Value {
	d.report.Helper()
	return d.unmarshal(kind, d.Schemas.ResourceSchemas[kind].ValueType(), encoded)
}

func (d *Driver) unmarshal(kind string, of tftypes.Type, encoded *tfprotov6.DynamicValue) tftypes.Value {
	d.report.Helper()
	if encoded == nil {
		d.report.Errorf("%s: the response has no value", kind)
		return tftypes.NewValue(of, nil)
	}
	v, err := encoded.Unmarshal(of)
	if err != nil {
		d.report.Errorf("%s: %s", kind, err)
		return tftypes.NewValue(of, nil)
	}
	return v
}

// Fields returns the attributes of an object, or none if the object is null or unknown.
func Fields(v tftypes.Value) map[string]tftypes.Value {
	out := map[string]tftypes.Value{}
	if v.Type() == nil || v.IsNull() || !v.IsKnown() || v.As(&out) != nil {
		return map[string]tftypes.Value{}
	}
	return maps.Clone(out)
}

// Native converts a value to Go types: nil, bool, int64, string, a sorted []string, or [Unknown].
func Native(v tftypes.Value) any {
	switch {
	case !v.IsKnown():
		return Unknown{}
	case v.Type() == nil || v.IsNull():
		return nil
	case v.Type().Is(tftypes.Bool):
		var b bool
		_ = v.As(&b) // a bool by type
		return b
	case v.Type().Is(tftypes.Number):
		n, _ := number(v).Int64()
		return n
	case v.Type().Is(tftypes.String):
		var s string
		_ = v.As(&s) // a string by type
		return s
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		list := []string{}
		for _, e := range Elements(v) {
			list = append(list, fmt.Sprint(Native(e)))
		}
		slices.Sort(list)
		return list
	default:
		return v.String()
	}
}

// Elements returns the elements of a set or a list.
func Elements(v tftypes.Value) (elements []tftypes.Value) {
	_ = v.As(&elements) // a set or a list by type
	return elements
}

func number(v tftypes.Value) *big.Float {
	var f big.Float
	_ = v.As(&f) // a number by type
	return &f
}

// Format returns a value as readable text. Sets and members are sorted.
func Format(v tftypes.Value) string {
	switch {
	case v.Type() == nil:
		return "nothing"
	case !v.IsKnown():
		return "unknown"
	case v.IsNull():
		return "null"
	case v.Type().Is(tftypes.Number):
		return number(v).Text('f', -1)
	case v.Type().Is(tftypes.String), v.Type().Is(tftypes.Bool):
		return fmt.Sprint(Native(v))
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		texts := []string{}
		for _, e := range Elements(v) {
			texts = append(texts, Format(e))
		}
		slices.Sort(texts)
		return "[" + strings.Join(texts, " ") + "]"
	}
	parts, fields := []string{}, Fields(v)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, name+"="+Format(fields[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// Attribute returns an attribute of a state as text, or "null" if there is none.
func Attribute(state tftypes.Value, name string) string {
	v, exists := Fields(state)[name]
	if !exists {
		return "null"
	}
	return Format(v)
}
