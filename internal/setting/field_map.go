// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// WordsBy is a map of sets of texts. A nil map in S means that the service did not
// say, an empty one that there are none. Two texts are one if canonical makes them
// equal; keys are compared as they are.
func WordsBy[S any](name, docs string, at func(*S) *map[string][]string, canonical func(string) string, weaker func(before, after map[string][]string) bool, checks ...validator.Map) Field[S] {
	return Field[S]{
		Name:           name,
		Resource:       schema.MapAttribute{ElementType: tf.StringSetType, Optional: true, Computed: true, MarkdownDescription: docs, Validators: checks},
		Data:           datasourceschema.MapAttribute{ElementType: tf.StringSetType, Computed: true, MarkdownDescription: docs},
		Null:           types.MapNull(tf.StringSetType),
		AccountDefault: tf.StringSetMap(map[string][]string{}),
		Get:            func(s *S) attr.Value { return tf.StringSetMap(*at(s)) },
		Put:            func(s *S, v attr.Value) { *at(s) = tf.StringsByKey(v) },
		Parse:          tf.ParseStringSetMap,
		Same: func(a, b attr.Value) bool {
			x, y := tf.StringsByKey(a), tf.StringsByKey(b)
			if x == nil || y == nil { // something inside is not known yet
				return a.Equal(b)
			}
			return maps.EqualFunc(x, y, func(x, y []string) bool {
				return slices.Equal(canonicals(x, canonical), canonicals(y, canonical))
			})
		},
		weaker: func(before, after attr.Value) bool { return weaker(tf.StringsByKey(before), tf.StringsByKey(after)) },
	}
}
