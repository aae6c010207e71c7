// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// readArgument reads a value of the type of null.
func readArgument(path string, value tftypes.Value, null attr.Value) (attr.Value, error) {
	switch null.(type) {
	case types.Bool:
		var b bool
		err := readAs(path, "true or false", value, tftypes.Bool, &b)
		return types.BoolValue(b), err
	case types.Int64:
		var f big.Float
		if err := readAs(path, "a whole number", value, tftypes.Number, &f); err != nil {
			return nil, err
		}
		n, accuracy := f.Int64()
		if accuracy != big.Exact {
			return nil, fmt.Errorf("%s is not a whole number", path)
		}
		return types.Int64Value(n), nil
	case types.String:
		var s string
		err := readAs(path, "a string", value, tftypes.String, &s)
		return types.StringValue(s), err
	case types.Set:
		list, err := readTexts(path, value)
		return tf.StringSet(list), err
	default:
		return readTextsBy(path, value)
	}
}

func readAs(path, what string, value tftypes.Value, kind tftypes.Type, target any) error {
	if value.IsNull() || !value.Type().Is(kind) {
		return fmt.Errorf("%s is %s, not %s", path, kindOf(value), what)
	}
	return value.As(target)
}

// readTexts reads strings out of a set, a list or a tuple.
func readTexts(path string, value tftypes.Value) ([]string, error) {
	var elements []tftypes.Value
	if value.IsNull() || value.As(&elements) != nil {
		return nil, fmt.Errorf("%s is %s, not a set of strings", path, kindOf(value))
	}
	list := make([]string, len(elements))
	for i, element := range elements {
		if err := readAs(fmt.Sprintf("%s[%d]", path, i), "a string", element, tftypes.String, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readTextsBy reads sets of strings out of a map or an object.
func readTextsBy(path string, value tftypes.Value) (attr.Value, error) {
	var elements map[string]tftypes.Value
	if value.As(&elements) != nil {
		return nil, fmt.Errorf("%s is %s, not a map of sets of strings", path, kindOf(value))
	}
	lists := map[string][]string{}
	for key, element := range elements {
		list, err := readTexts(fmt.Sprintf("%s[%q]", path, key), element)
		if err != nil {
			return nil, err
		}
		lists[key] = list
	}
	return tf.StringSetMap(lists), nil
}

// membersOf reads the attributes of an object, or the elements of a map; those of
// null are none.
func membersOf(path string, value tftypes.Value) (members map[string]tftypes.Value, err error) {
	if value.IsNull() {
		return nil, nil
	}
	if value.As(&members) != nil {
		return nil, fmt.Errorf("%s is %s, not an object", path, kindOf(value))
	}
	return members, nil
}

// kindOf names a value's type as Terraform does, and never shows the value.
func kindOf(v tftypes.Value) string {
	kind := v.Type()
	switch {
	case kind == nil || v.IsNull():
		return "null"
	case kind.Is(tftypes.String):
		return "a string"
	case kind.Is(tftypes.Number):
		return "a number"
	case kind.Is(tftypes.Bool):
		return "a bool"
	case kind.Is(tftypes.Object{}):
		return "an object"
	case kind.Is(tftypes.Map{}):
		return "a map"
	default:
		return "a list or set"
	}
}
