// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"slices"
	"testing"
)

func TestReadChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ document, want string }{
		"nothing changes": {
			`{"resource_changes": [{"address": "a.b", "change": {"before": {"x": 1, "y": ["z"]}, "after": {"x": 1, "y": ["z"]}}}]}`,
			"",
		},
		"two values change": {
			`{"resource_changes": [{"address": "a.b", "change": {"before": {"x": 8, "y": true, "z": 0}, "after": {"x": 14, "y": false, "z": 0}}}]}`,
			"a.b.x: 8 -> 14, a.b.y: true -> false",
		},
		"a value is not known yet": {
			`{"resource_changes": [{"address": "a.b", "change": {"before": {"x": 8}, "after": {}}}]}`,
			"a.b.x: 8 -> (nothing)",
		},
		"an object is new": {
			`{"resource_changes": [{"address": "a.b", "change": {"before": null, "after": {"x": 8}}}]}`,
			"a.b.x: (nothing) -> 8",
		},
		"nothing is planned": {`{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readChanges([]byte(c.document))
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReadChanges_notJSON(t *testing.T) {
	t.Parallel()
	if got, err := readChanges([]byte("Error")); err == nil {
		t.Errorf("got %q and no error", got)
	}
}

func TestPlan_difference(t *testing.T) {
	t.Parallel()
	p := plan{text: `ram_password_policy.this: Refreshing state...

Terraform will perform the following actions:

  # ram_password_policy.this will be updated in-place
  ~ resource "ram_password_policy" "this" {
      ~ minimum_password_length = 8 -> 14
    }

Plan: 0 to add, 1 to change, 0 to destroy.

Warning: Provider development overrides are in effect
`}
	want := []string{
		`  # ram_password_policy.this will be updated in-place`,
		`  ~ resource "ram_password_policy" "this" {`,
		`      ~ minimum_password_length = 8 -> 14`,
		`    }`,
	}
	if got := p.difference(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := (plan{text: "No changes."}).difference(); len(got) != 0 {
		t.Errorf("a plan without changes shows %q", got)
	}
}
