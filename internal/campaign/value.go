// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Attributes are the configuration of a resource; what is not named is null.
type Attributes map[string]any

// but are the attributes with others in their place; nil takes one away.
func (a Attributes) but(others Attributes) Attributes {
	all := maps.Clone(a)
	maps.Copy(all, others)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// unknown stands for a value that is not known when the plan is made.
type unknown struct{}

// build makes the value of a block. What the schema does not have is an error.
func build(schema *tfprotov6.Schema, config Attributes) (tftypes.Value, error) {
	v, err := convert(schema.ValueType(), config)
	if err != nil {
		return v, fmt.Errorf("cannot write the configuration: %w", err)
	}
	return v, nil
}

func convert(kind tftypes.Type, v any) (tftypes.Value, error) {
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(kind, nil), nil
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue), nil
	case tftypes.Value:
		return v, nil
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v))), nil
	case string, bool:
		return tftypes.NewValue(kind, v), nil
	case []string:
		return elements(kind, v)
	case map[string]string:
		out := Attributes{}
		for name, text := range v {
			out[name] = text
		}
		return members(kind, out)
	case map[string][]string:
		out := Attributes{}
		for name, list := range v {
			out[name] = list
		}
		return members(kind, out)
	case Attributes:
		return members(kind, v)
	}
	return tftypes.Value{}, fmt.Errorf("nothing is made of a %T", v)
}

func elements(kind tftypes.Type, list []string) (tftypes.Value, error) {
	out := []tftypes.Value{}
	for _, text := range list {
		out = append(out, tftypes.NewValue(tftypes.String, text))
	}
	if err := tftypes.ValidateValue(kind, out); err != nil {
		return tftypes.Value{}, err
	}
	return tftypes.NewValue(kind, out), nil
}

func members(kind tftypes.Type, named Attributes) (tftypes.Value, error) {
	out := map[string]tftypes.Value{}
	switch kind := kind.(type) {
	case tftypes.Map:
		for name, v := range named {
			made, err := convert(kind.ElementType, v)
			if err != nil {
				return made, err
			}
			out[name] = made
		}
	case tftypes.Object:
		for name := range named {
			if _, exists := kind.AttributeTypes[name]; !exists {
				return tftypes.Value{}, fmt.Errorf("there is no attribute %q", name)
			}
		}
		for name, of := range kind.AttributeTypes {
			made, err := convert(of, named[name])
			if err != nil {
				return made, err
			}
			out[name] = made
		}
	default:
		return tftypes.Value{}, fmt.Errorf("%s has no members", kind)
	}
	return tftypes.NewValue(kind, out), nil
}

// propose is the rule of Terraform's core for attributes: what is configured, else
// what was there if the provider computes it.
func propose(schema *tfprotov6.Schema, config, prior tftypes.Value) tftypes.Value {
	next, before := fields(config), fields(prior)
	for _, a := range schema.Block.Attributes {
		switch was, existed := before[a.Name]; {
		case !a.Computed || !next[a.Name].IsNull():
		case existed:
			next[a.Name] = was
		default:
			next[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(config.Type(), next)
}

// fields are the attributes of an object; none if it is null or unknown.
func fields(v tftypes.Value) map[string]tftypes.Value {
	out := map[string]tftypes.Value{}
	if v.IsNull() || !v.IsKnown() || v.As(&out) != nil {
		return map[string]tftypes.Value{}
	}
	return maps.Clone(out)
}

// text is a value as a person would write it; sets are sorted.
func text(v tftypes.Value) string {
	switch {
	case v.Type() == nil:
		return "nothing"
	case !v.IsKnown():
		return "unknown"
	case v.IsNull():
		return "null"
	case v.Type().Is(tftypes.String):
		var s string
		_ = v.As(&s) // it is a string
		return s
	case v.Type().Is(tftypes.Number):
		var f big.Float
		_ = v.As(&f) // it is a number
		return f.Text('f', -1)
	case v.Type().Is(tftypes.Bool):
		var b bool
		_ = v.As(&b) // it is a bool
		return fmt.Sprint(b)
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		var list []tftypes.Value
		_ = v.As(&list) // it is a list
		texts := []string{}
		for _, element := range list {
			texts = append(texts, text(element))
		}
		slices.Sort(texts)
		return "[" + strings.Join(texts, " ") + "]"
	}
	parts := []string{}
	of := fields(v)
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, name+"="+text(of[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// attribute is an attribute of a state as text; "null" if there is none.
func attribute(state tftypes.Value, name string) string {
	v, exists := fields(state)[name]
	if !exists {
		return "null"
	}
	return text(v)
}
