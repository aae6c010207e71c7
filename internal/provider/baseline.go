// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// An argument is a field of a setting without the setting's own Go type.
type argument struct {
	name string
	null attr.Value
}

// assessed is a setting that baselines speak of.
type assessed struct {
	name      string
	arguments []argument
}

// assessedSettings are the settings that baselines speak of, with all their arguments.
func assessedSettings() []assessed {
	return []assessed{
		{inPreference, argumentsOf(securityPreferenceFields())},
		{inPolicy, argumentsOf(passwordPolicyFields())},
		{inKeyPolicy, argumentsOf(network.PolicyFields())},
	}
}

func argumentsOf[S any](fields []setting.Field[S]) []argument {
	arguments := make([]argument, 0, len(fields))
	for _, f := range fields {
		arguments = append(arguments, argument{f.Name, f.Null})
	}
	return arguments
}

// baselineNames are the names of all baselines.
func baselineNames() []string {
	names := make([]string, 0, len(baselines))
	for _, p := range baselines {
		names = append(names, p.name)
	}
	return names
}

// baselineNamed finds a baseline.
func baselineNamed(name string) (baseline, error) {
	i := slices.IndexFunc(baselines, func(p baseline) bool { return p.name == name })
	if i < 0 {
		return baseline{}, fmt.Errorf("there is no baseline %q; there are %s", name, strings.Join(baselineNames(), ", "))
	}
	return baselines[i], nil
}

// given is what a baseline gives an attribute; nil if it has no opinion.
func (p baseline) given(setting, attribute string) any {
	for _, c := range p.controls {
		if c.setting == setting && c.attribute == attribute {
			return c.give
		}
	}
	return nil
}

// valueOr is a value of a control as Terraform has it; null if there is none.
func valueOr(v any, null attr.Value) attr.Value {
	switch v := v.(type) {
	case bool:
		return types.BoolValue(v)
	case int:
		return types.Int64Value(int64(v))
	case string:
		return types.StringValue(v)
	default:
		return null
	}
}

// A rule is what a control asks for. As text it is JSON: the one value that
// passes, or the bounds in the words of JSON Schema.
type rule struct {
	text   string
	passes func(attr.Value) bool
}

// equals passes one value.
func equals(v any) rule {
	want := valueOr(v, types.StringNull())
	return rule{tf.Display(want), want.Equal}
}

// least passes numbers from a bound on.
func least(bound int64) rule {
	return rule{fmt.Sprintf(`{"minimum":%d}`, bound), func(v attr.Value) bool { return integer(v) >= bound }}
}

// most passes numbers up to a bound.
func most(bound int64) rule {
	return rule{fmt.Sprintf(`{"maximum":%d}`, bound), func(v attr.Value) bool { return integer(v) <= bound }}
}

// oneTo passes numbers from one up to a bound: zero switches such a rule off.
func oneTo(bound int64) rule {
	return rule{fmt.Sprintf(`{"minimum":1,"maximum":%d}`, bound), func(v attr.Value) bool { return integer(v) >= 1 && integer(v) <= bound }}
}

// zeroOrYear passes zero, and 365 or more.
func zeroOrYear() rule {
	return rule{`{"anyOf":[{"const":0},{"minimum":365}]}`, func(v attr.Value) bool { return integer(v) == 0 || integer(v) >= 365 }}
}

// none is what an audit wants that lists the users, keys or policies that fail.
func none() rule { return rule{text: "[]"} }

// integer is the number that a value holds; rules look at known numbers only.
func integer(v attr.Value) int64 {
	n, _ := v.(types.Int64)
	return n.ValueInt64()
}

// baselinesTable shows what each baseline asks for, as Markdown.
func baselinesTable() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| attribute | %s |\n|---|%s\n", strings.Join(quoted(baselineNames()), " | "), strings.Repeat("---|", len(baselines)))
	for _, s := range assessedSettings() {
		for _, a := range s.arguments {
			if row, asked := baselinesRow(s.name, a.name); asked {
				fmt.Fprintf(&b, "| `%s.%s` | %s |\n", s.name, a.name, row)
			}
		}
	}
	return b.String()
}

func baselinesRow(setting, attribute string) (row string, asked bool) {
	cells := make([]string, 0, len(baselines))
	for _, p := range baselines {
		cell := ""
		for _, c := range p.controls {
			if c.setting != setting || c.attribute != attribute {
				continue
			}
			asked = true
			cell = "`" + c.cell() + "` (" + c.id + ")"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, " | "), asked
}

// cell is what a control asks of its attribute. An audit asks for other things, and the
// attribute helps to pass it.
func (c control) cell() string {
	if c.audit != nil && c.give != nil {
		return asJSON(c.give)
	}
	return c.wanted.text
}

// controlsTable lists every control and what it is evaluated by, as Markdown.
func controlsTable() string {
	var b strings.Builder
	b.WriteString("| baseline | control | title | evaluated by |\n|---|---|---|---|\n")
	for _, p := range baselines {
		for _, c := range p.controls {
			by := "`" + c.setting + "." + c.attribute + "`"
			if c.audit != nil {
				by = c.audit.from
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.name, c.id, c.title, by)
		}
	}
	return b.String()
}

// baselinesConflicts lists, as Markdown, where sources disagree.
func baselinesConflicts() string {
	var b strings.Builder
	for _, p := range baselines {
		for _, c := range p.controls {
			if c.conflict != "" {
				fmt.Fprintf(&b, "* `%s` %s, %s: %s\n", p.name, c.id, c.title, c.conflict)
			}
		}
	}
	return b.String()
}

// baselinesSources lists, as Markdown, where each value comes from.
func baselinesSources() string {
	var b strings.Builder
	for _, p := range baselines {
		fmt.Fprintf(&b, "* `%s`: %s.\n", p.name, p.title)
		for _, c := range p.controls {
			fmt.Fprintf(&b, "  * %s, %s: %s.\n", c.id, c.title, c.source)
		}
	}
	return b.String()
}

func quoted(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, "`"+s+"`")
	}
	return out
}
