// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// wordSet is the type of the elements of a map of sets.
var wordSet = types.SetType{ElemType: types.StringType}

// wordsBy is a map of sets of texts. A nil map in S means that the service did not
// say, an empty one that there are none. Two texts are one if canonical makes them
// equal; keys are compared as they are.
func wordsBy[S any](name, docs string, at func(*S) *map[string][]string, canonical func(string) string, weaker func(before, after map[string][]string) bool, checks ...validator.Map) field[S] {
	return field[S]{
		name:     name,
		resource: schema.MapAttribute{ElementType: wordSet, Optional: true, Computed: true, MarkdownDescription: docs, Validators: checks},
		data:     datasourceschema.MapAttribute{ElementType: wordSet, Computed: true, MarkdownDescription: docs},
		null:     types.MapNull(wordSet),
		fresh:    mapOf(map[string][]string{}),
		get:      func(s *S) attr.Value { return mapOf(*at(s)) },
		put:      func(s *S, v attr.Value) { *at(s) = textsBy(v) },
		parse:    parseWordsBy,
		same: func(a, b attr.Value) bool {
			x, y := textsBy(a), textsBy(b)
			if x == nil || y == nil { // something inside is not known yet
				return a.Equal(b)
			}
			return maps.EqualFunc(x, y, func(x, y []string) bool {
				return slices.Equal(canonicals(x, canonical), canonicals(y, canonical))
			})
		},
		weaker: func(before, after attr.Value) bool { return weaker(textsBy(before), textsBy(after)) },
	}
}

func parseWordsBy(v any) attr.Value {
	object, ok := v.(map[string]any)
	if !ok {
		return types.MapNull(wordSet)
	}
	out := map[string][]string{}
	for key, items := range object {
		list, ok := items.([]any)
		if !ok {
			return types.MapNull(wordSet)
		}
		out[key] = []string{}
		for _, item := range list {
			out[key] = append(out[key], fmt.Sprint(item))
		}
	}
	return mapOf(out)
}

// mapOf makes a map of sets of texts; a nil map is null, a nil slice an empty set.
func mapOf(m map[string][]string) types.Map {
	if m == nil {
		return types.MapNull(wordSet)
	}
	elements := map[string]attr.Value{}
	for key, list := range m {
		elements[key] = setOf(append([]string{}, list...))
	}
	return types.MapValueMust(wordSet, elements)
}

// textsBy returns the sets of a map, each sorted; nil if the map is null, or if it
// or something inside is not known.
func textsBy(v attr.Value) map[string][]string {
	m, ok := v.(types.Map)
	if !ok || absent(v) {
		return nil
	}
	out := map[string][]string{}
	for key, set := range m.Elements() {
		list := texts(set)
		if list == nil {
			return nil
		}
		out[key] = list
	}
	return out
}
