// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// line is the schema of one name: its type, and whether it is required, optional or
// read-only.
type line struct {
	kind, name, shape string
	flags             []string
}

func (l line) key() string { return l.kind + " " + l.name }

func (l line) String() string {
	return strings.Join(append([]string{l.kind, l.name, l.shape}, l.flags...), " ")
}

func (l line) has(flag string) bool { return slices.Contains(l.flags, flag) }

const (
	managed  = "resource"
	identify = "identity"
	callable = "function"
)

// lines returns the schema as sorted lines, one for each name, so that a review shows every
// change.
func lines(schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) (all []line) {
	all = append(all, blockLines("provider", "ram", schemas.Provider.Block)...)
	for kind, byName := range map[string]map[string]*tfprotov6.Schema{
		managed: schemas.ResourceSchemas, "data": schemas.DataSourceSchemas, "ephemeral": schemas.EphemeralResourceSchemas, "list": schemas.ListResourceSchemas,
	} {
		for name, s := range byName {
			all = append(all, line{kind: kind, name: name, shape: fmt.Sprintf("version=%d", s.Version)})
			all = append(all, blockLines(kind, name, s.Block)...)
		}
	}
	for name, a := range schemas.ActionSchemas {
		all = append(all, line{kind: "action", name: name, shape: "version=0"})
		all = append(all, blockLines("action", name, a.Schema.Block)...)
	}
	for name, s := range identities.IdentitySchemas {
		all = append(all, line{kind: identify, name: name, shape: fmt.Sprintf("version=%d", s.Version)})
		for _, a := range s.IdentityAttributes {
			all = append(all, line{kind: identify, name: name + "." + a.Name, shape: shape(a.Type), flags: set(map[string]bool{"required": a.RequiredForImport, "optional": a.OptionalForImport})})
		}
	}
	for name, f := range schemas.Functions {
		all = append(all, functionLines(name, f)...)
	}
	slices.SortFunc(all, func(a, b line) int { return strings.Compare(a.key(), b.key()) })
	return all
}

func blockLines(kind, name string, block *tfprotov6.SchemaBlock) (all []line) {
	for _, a := range block.Attributes {
		all = append(all, attributeLines(kind, name+"."+a.Name, a)...)
	}
	for _, b := range block.BlockTypes {
		all = append(all, line{kind: kind, name: name + "." + b.TypeName, shape: "block:" + strings.ToLower(b.Nesting.String())})
		all = append(all, blockLines(kind, name+"."+b.TypeName, b.Block)...)
	}
	return all
}

func attributeLines(kind, name string, a *tfprotov6.SchemaAttribute) []line {
	l := line{kind: kind, name: name, flags: set(map[string]bool{
		"required": a.Required, "optional": a.Optional, "computed": a.Computed, "sensitive": a.Sensitive, "write_only": a.WriteOnly, "deprecated": a.Deprecated,
	})}
	if a.NestedType == nil {
		l.shape = shape(a.Type)
		return []line{l}
	}
	l.shape = "nested:" + strings.ToLower(a.NestedType.Nesting.String())
	all := []line{l}
	for _, inner := range a.NestedType.Attributes {
		all = append(all, attributeLines(kind, name+"."+inner.Name, inner)...)
	}
	return all
}

func functionLines(name string, f *tfprotov6.Function) []line {
	all := []line{{kind: callable, name: name, shape: "version=0"}}
	parameters := f.Parameters
	if f.VariadicParameter != nil {
		parameters = append(slices.Clone(parameters), f.VariadicParameter)
	}
	for i, p := range parameters {
		all = append(all, line{kind: callable, name: fmt.Sprintf("%s.%d_%s", name, i+1, p.Name), shape: shape(p.Type), flags: set(map[string]bool{"required": true, "nullable": p.AllowNullValue, "variadic": p == f.VariadicParameter})})
	}
	return append(all, returnLines(name+".return", f.Return.Type)...)
}

// returnLines splits the object that a function returns, because it may get more
// attributes.
func returnLines(name string, kind tftypes.Type) []line {
	object, ok := kind.(tftypes.Object)
	if !ok {
		return []line{{kind: callable, name: name, shape: shape(kind), flags: []string{"computed"}}}
	}
	all := []line{{kind: callable, name: name, shape: "object", flags: []string{"computed"}}}
	for _, inner := range slices.Sorted(maps.Keys(object.AttributeTypes)) {
		all = append(all, returnLines(name+"."+inner, object.AttributeTypes[inner])...)
	}
	return all
}

func shape(kind tftypes.Type) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(kind.String()), "tftypes.", ""), " ", "")
}

// set returns the sorted names whose value is true.
func set(flags map[string]bool) []string {
	maps.DeleteFunc(flags, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(flags))
}

// parse parses lines.
func parse(text string) (all []line) {
	for one := range strings.Lines(text) {
		if words := strings.Fields(one); len(words) >= 3 {
			all = append(all, line{kind: words[0], name: words[1], shape: words[2], flags: words[3:]})
		}
	}
	return all
}
