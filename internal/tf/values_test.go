// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// private is private state in memory.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

// Private state that cannot be read or written is an error, never a value that looks like none: such a value decides about
// what a destroy restores.
func TestPrivateState(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	p := private{"broken": []byte("{")}
	WritePrivate(t.Context(), p, "whole", []string{"a"}, &diags)
	if v := ReadPrivate[[]string](t.Context(), p, "whole", "setting", &diags); v == nil || len(*v) != 1 || len(diags) > 0 {
		t.Errorf("%v, %v", v, diags)
	}
	if v := ReadPrivate[[]string](t.Context(), p, "missing", "setting", &diags); v != nil || len(diags) > 0 {
		t.Errorf("%v, %v", v, diags)
	}
	ReadPrivate[[]string](t.Context(), p, "broken", "setting", &diags)
	if len(diags) != 1 || diags[0].Detail() != "The private state of the setting is not valid: unexpected end of JSON input" {
		t.Error(diags)
	}
	WritePrivate(t.Context(), p, "function", func() {}, &diags)
	if _, written := p["function"]; written || len(diags) != 2 || diags[1].Summary() != "Cannot write the private state" {
		t.Error(p, diags)
	}
}

// Attributes that are not those of the schema are an error.
func TestValues_Object(t *testing.T) {
	t.Parallel()
	object := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType}}
	for _, c := range []struct {
		of      attr.Type
		values  Values
		summary string
	}{
		{object, Values{"name": types.StringValue("a")}, ""},
		{object, Values{}, "Missing Object Attribute Value"},
		{types.StringType, Values{}, "Cannot describe the setting"},
	} {
		var diags diag.Diagnostics
		got, summary := c.values.Object(c.of, &diags), ""
		if diags.HasError() {
			summary = diags[0].Summary()
		}
		if summary != c.summary || summary == "" && got.Attributes()["name"] != c.values["name"] {
			t.Errorf("%s: %s, %v", c.of, got, diags)
		}
	}
}
