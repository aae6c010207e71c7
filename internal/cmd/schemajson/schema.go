// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// object is an object of the JSON document.
type object map[string]any

// each describes the values of a map. The keys of a map are written in sorted order, so the
// document is always the same.
func each[T any](in map[string]T, describe func(T) object) object {
	out := object{}
	for name, one := range in {
		out[name] = describe(one)
	}
	return out
}

func schema(s *tfprotov6.Schema) object {
	return object{"version": s.Version, "block": block(s.Block)}
}

func action(a *tfprotov6.ActionSchema) object { return schema(a.Schema) }

func block(b *tfprotov6.SchemaBlock) object {
	blocks := object{}
	for _, nested := range b.BlockTypes {
		blocks[nested.TypeName] = object{
			"nesting_mode": strings.ToLower(nested.Nesting.String()),
			"block":        block(nested.Block),
			"min_items":    nested.MinItems,
			"max_items":    nested.MaxItems,
		}
	}
	return object{
		"attributes":       attributes(b.Attributes),
		"block_types":      blocks,
		"description":      b.Description,
		"description_kind": kind(b.DescriptionKind),
		"deprecated":       b.Deprecated,
	}
}

func attributes(list []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range list {
		out[a.Name] = attribute(a)
	}
	return out
}

func attribute(a *tfprotov6.SchemaAttribute) object {
	out := object{
		"description":      a.Description,
		"description_kind": kind(a.DescriptionKind),
		"required":         a.Required,
		"optional":         a.Optional,
		"computed":         a.Computed,
		"sensitive":        a.Sensitive,
		"deprecated":       a.Deprecated,
		"write_only":       a.WriteOnly,
	}
	if a.NestedType == nil {
		out["type"] = a.Type
		return out
	}
	out["nested_type"] = object{
		"attributes":   attributes(a.NestedType.Attributes),
		"nesting_mode": strings.ToLower(a.NestedType.Nesting.String()),
	}
	return out
}

func kind(k tfprotov6.StringKind) string { return strings.ToLower(k.String()) }

func identity(s *tfprotov6.ResourceIdentitySchema) object {
	out := object{}
	for _, a := range s.IdentityAttributes {
		out[a.Name] = object{
			"type":                a.Type,
			"description":         a.Description,
			"required_for_import": a.RequiredForImport,
			"optional_for_import": a.OptionalForImport,
		}
	}
	return object{"version": s.Version, "attributes": out}
}

func function(f *tfprotov6.Function) object {
	parameters := []object{}
	for _, p := range f.Parameters {
		parameters = append(parameters, parameter(p))
	}
	out := object{
		"description":         f.Description,
		"summary":             f.Summary,
		"return_type":         f.Return.Type,
		"parameters":          parameters,
		"deprecation_message": f.DeprecationMessage,
	}
	if f.VariadicParameter != nil {
		out["variadic_parameter"] = parameter(f.VariadicParameter)
	}
	return out
}

func parameter(p *tfprotov6.FunctionParameter) object {
	return object{"name": p.Name, "type": p.Type, "description": p.Description, "is_nullable": p.AllowNullValue}
}
