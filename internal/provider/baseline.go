// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

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

// value returns the value of an attribute in a baseline; nil if the baseline has none.
func (p baseline) value(setting, attribute string) any {
	for _, c := range p.controls {
		if c.setting == setting && c.attribute == attribute {
			return c.value
		}
	}
	return nil
}

// baselinesTable shows what each baseline requires, as Markdown.
func baselinesTable() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| attribute | %s |\n|---|%s\n", strings.Join(quoted(baselineNames()), " | "), strings.Repeat("---|", len(baselines)))
	for _, s := range assessedSettings() {
		for _, a := range s.arguments {
			if row, required := baselinesRow(s.name, a.name); required {
				fmt.Fprintf(&b, "| `%s.%s` | %s |\n", s.name, a.name, row)
			}
		}
	}
	return b.String()
}

func baselinesRow(setting, attribute string) (row string, required bool) {
	cells := make([]string, 0, len(baselines))
	for _, p := range baselines {
		cell := ""
		for _, c := range p.controls {
			if c.setting != setting || c.attribute != attribute {
				continue
			}
			required = true
			cell = "`" + c.cell() + "` (" + c.id + ")"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, " | "), required
}

// cell is what a control requires of its attribute. An audit requires other things, and the
// attribute helps to pass it.
func (c control) cell() string {
	if c.audit != nil && c.value != nil {
		return asJSON(c.value)
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

func baselineParameter() function.Parameter {
	docs := "The name of the baseline, one of"
	for i, name := range quoted(baselineNames()) {
		if i > 0 {
			docs += ","
		}
		docs += " " + name
	}
	return function.StringParameter{Name: "name", MarkdownDescription: docs + "."}
}
