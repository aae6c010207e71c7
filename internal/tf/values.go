// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// dated is a time as the service writes it; null if it did not say.
func Timestamp(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

func Deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// filled is a text that the service leaves empty, or out, when there is none:
// both are null here.
func NonEmpty(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// nullOf is the null of a type, as the protocol has it.
func Null(ctx context.Context, kind attr.Type) tftypes.Value {
	return tftypes.NewValue(kind.TerraformType(ctx), nil)
}

// absent tells that a value is null or not known.
func IsAbsent(v attr.Value) bool { return v == nil || v.IsNull() || v.IsUnknown() }

// setOf makes a set of texts; a nil slice is null.
func StringSet(list []string) types.Set {
	if list == nil {
		return types.SetNull(types.StringType)
	}
	list = slices.Clone(list)
	slices.Sort(list)
	elements := make([]attr.Value, 0, len(list))
	for _, item := range slices.Compact(list) {
		elements = append(elements, types.StringValue(item))
	}
	return types.SetValueMust(types.StringType, elements)
}

// texts returns the elements of a set, sorted; nil if the set is null, or if it or
// one of its elements is not known.
func Strings(v attr.Value) []string {
	set, ok := v.(types.Set)
	if !ok || IsAbsent(v) {
		return nil
	}
	list := make([]string, 0, len(set.Elements()))
	for _, element := range set.Elements() {
		if IsAbsent(element) {
			return nil
		}
		list = append(list, String(element))
	}
	slices.Sort(list)
	return list
}

// text returns a string's value; "" if it has none.
func String(v attr.Value) string {
	s, ok := v.(types.String)
	if !ok {
		return ""
	}
	return s.ValueString()
}

// plain returns a value as JSON has it.
func JSONValue(v attr.Value) any {
	if IsAbsent(v) {
		return nil
	}
	switch v := v.(type) {
	case types.Bool:
		return v.ValueBool()
	case types.Int64:
		return v.ValueInt64()
	case types.Set:
		return Strings(v)
	case types.Map:
		return StringsByKey(v)
	default:
		return String(v)
	}
}

// longestShown is how much of a text a message holds. Beyond it, as with the
// metadata of an identity provider, a person sees the beginning.
const longestShown = 200

// display returns a value as a person reads it in a message.
func Display(v attr.Value) string {
	switch {
	case v == nil || v.IsNull():
		return "(not set)"
	case v.IsUnknown():
		return "(known after apply)"
	}
	if s := String(v); len(s) > longestShown {
		return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(s[:longestShown/2], ""), len(s))
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(JSONValue(v)); err != nil {
		return v.String()
	}
	return strings.TrimSpace(b.String())
}

// wordSet is the type of the elements of a map of sets.
var StringSetType = types.SetType{ElemType: types.StringType}

func ParseStringSetMap(v any) attr.Value {
	object, ok := v.(map[string]any)
	if !ok {
		return types.MapNull(StringSetType)
	}
	out := map[string][]string{}
	for key, items := range object {
		list, ok := items.([]any)
		if !ok {
			return types.MapNull(StringSetType)
		}
		out[key] = []string{}
		for _, item := range list {
			out[key] = append(out[key], fmt.Sprint(item))
		}
	}
	return StringSetMap(out)
}

// mapOf makes a map of sets of texts; a nil map is null, a nil slice an empty set.
func StringSetMap(m map[string][]string) types.Map {
	if m == nil {
		return types.MapNull(StringSetType)
	}
	elements := map[string]attr.Value{}
	for key, list := range m {
		elements[key] = StringSet(append([]string{}, list...))
	}
	return types.MapValueMust(StringSetType, elements)
}

// textsBy returns the sets of a map, each sorted; nil if the map is null, or if it
// or something inside is not known.
func StringsByKey(v attr.Value) map[string][]string {
	m, ok := v.(types.Map)
	if !ok || IsAbsent(v) {
		return nil
	}
	out := map[string][]string{}
	for key, set := range m.Elements() {
		list := Strings(set)
		if list == nil {
			return nil
		}
		out[key] = list
	}
	return out
}

// values are the attributes of a setting as Terraform has them.
type Values map[string]attr.Value

// timeouts returns the timeouts that the attributes hold.
func (v Values) Timeouts() timeouts.Value {
	t, _ := v["timeouts"].(timeouts.Value)
	return t
}

// object makes the attributes one value of the type that a schema has.
func (v Values) Object(of attr.Type, diags *diag.Diagnostics) types.Object {
	kind, ok := of.(attr.TypeWithAttributeTypes)
	if !ok {
		diags.AddError("Cannot describe the setting", fmt.Sprintf("Its schema is a %T. This is a bug in the provider; please report it.", of))
		return types.ObjectNull(nil)
	}
	o, more := types.ObjectValue(kind.AttributeTypes(), v)
	diags.Append(more...)
	return o
}

// nulls are the attributes of an object of which nothing is known. What has no null is
// missing, and then refused by object.
func NullValues(ctx context.Context, of attr.Type) Values {
	v := Values{}
	kind, _ := of.(attr.TypeWithAttributeTypes)
	for name, kind := range kind.AttributeTypes() {
		if null, err := kind.ValueFromTerraform(ctx, Null(ctx, kind)); err == nil {
			v[name] = null
		}
	}
	return v
}
