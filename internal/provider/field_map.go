// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

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
