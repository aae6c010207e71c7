// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

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

// A rule is what a control requires. As text it is JSON: the one value that
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

// asJSON writes a value of this package's own, which always has a JSON text.
func asJSON(v any) string {
	text, _ := json.Marshal(v) // strings, numbers, lists and maps of them
	return string(text)
}
