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

// Timestamp formats a time as the service does (RFC 3339, UTC). It returns null for the
// zero time.
func Timestamp(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// Deref returns the string, or "" for nil.
func Deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// NonEmpty returns null for "", because the service returns or omits an empty string if
// there is no value.
func NonEmpty(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// Null returns the null value of a type in the protocol.
func Null(ctx context.Context, kind attr.Type) tftypes.Value {
	return tftypes.NewValue(kind.TerraformType(ctx), nil)
}

// IsAbsent reports whether a value is null or unknown.
func IsAbsent(v attr.Value) bool { return v == nil || v.IsNull() || v.IsUnknown() }

// StringSet returns a set of strings, or null for a nil slice.
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

// Strings returns the sorted elements of a set. It returns nil if the set is null or
// unknown, or if an element is unknown.
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

// String returns the value of a string, or "" if it is null or unknown.
func String(v attr.Value) string {
	s, ok := v.(types.String)
	if !ok {
		return ""
	}
	return s.ValueString()
}

// JSONValue converts a value to the types of encoding/json.
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

// longestShown is the maximum number of bytes of a string in a message. Longer strings,
// such as the metadata of an identity provider, are cut.
const longestShown = 200

// Display formats a value for a message.
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

// StringSetType is the element type of a map of sets.
var StringSetType = types.SetType{ElemType: types.StringType}

// ParseStringSetMap parses a map of sets from its JSON form. It returns null if the form is
// different.
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

// StringSetMap returns a map of sets of strings. A nil map becomes null, a nil slice an
// empty set.
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

// StringsByKey returns the sorted elements of each set in a map. It returns nil if the map
// is null or unknown, or if a value in it is unknown.
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

// Values are the attributes of a resource by name.
type Values map[string]attr.Value

// Timeouts returns the timeouts attribute.
func (v Values) Timeouts() timeouts.Value {
	t, _ := v["timeouts"].(timeouts.Value)
	return t
}

// Object returns the attributes as one object of the type of a schema.
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

// NullValues returns null for each attribute of a type. It omits an attribute whose type
// has no null value, and Object then returns an error.
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

// Optional returns an optional string in the form of the state. The service does not
// distinguish an empty string from none (documented). The result is "" if the configuration
// sets "", and null otherwise.
func Optional(prior types.String, live string) types.String {
	if live == "" && (prior.IsNull() || prior.IsUnknown() || prior.ValueString() != "") {
		return types.StringNull()
	}
	return types.StringValue(live)
}

// FirstTimestamp returns a date that never changes in the precision in which it was first
// read. The service's APIs return different precisions (observed).
func FirstTimestamp(prior types.String, live time.Time) types.String {
	if IsAbsent(prior) {
		return Timestamp(live)
	}
	return prior
}
