// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A plan is what the CLI showed, and what it would change: "before -> after" by
// address and attribute.
type plan struct {
	text    string
	changes changes
}

type changes map[string]string

// plan makes a plan, expects an exit code of it, and reads it back.
func (c *cli) plan(ctx context.Context, code int) (plan, error) {
	text, err := c.run(ctx, code, "plan", "-input=false", "-no-color", "-detailed-exitcode", "-out=plan")
	if err != nil {
		return plan{}, err
	}
	document, err := c.run(ctx, 0, "show", "-json", "plan")
	if err != nil {
		return plan{}, err
	}
	planned, err := readChanges([]byte(document))
	return plan{text: text, changes: planned}, err
}

// readChanges compares before and after of every resource in a plan's JSON. A value
// that is not known yet is absent from after.
func readChanges(document []byte) (changes, error) {
	var saved struct {
		ResourceChanges []struct {
			Address string
			Change  struct{ Before, After map[string]any }
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(document, &saved); err != nil {
		return nil, fmt.Errorf("the plan is not readable: %w", err)
	}
	out := changes{}
	for _, resource := range saved.ResourceChanges {
		names := maps.Clone(resource.Change.Before)
		if names == nil {
			names = map[string]any{}
		}
		maps.Copy(names, resource.Change.After)
		for name := range names {
			before, after := shown(resource.Change.Before, name), shown(resource.Change.After, name)
			if before != after {
				out[resource.Address+"."+name] = before + " -> " + after
			}
		}
	}
	return out, nil
}

// shown is a value as text.
func shown(values map[string]any, name string) string {
	value, there := values[name]
	if !there {
		return "(nothing)"
	}
	return fmt.Sprint(value)
}

// difference is the part of a plan's text that shows what changes.
func (p plan) difference() []string {
	_, actions, _ := strings.Cut(p.text, "will perform the following actions:")
	actions, _, _ = strings.Cut(actions, "\nPlan:")
	return slices.DeleteFunc(strings.Split(actions, "\n"), func(line string) bool {
		return strings.TrimSpace(line) == ""
	})
}

// String lists the changes in order.
func (c changes) String() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		list = append(list, name+": "+c[name])
	}
	return strings.Join(list, ", ")
}
