// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Field is one attribute of a setting: how it looks in Terraform, where it
// is in the service's response S, what a new account has, and which of two
// values is the weaker. Everything that a setting does follows from its fields.
type Field[S any] struct {
	Name           string
	Resource       schema.Attribute
	Data           datasourceschema.Attribute
	Null           attr.Value
	AccountDefault attr.Value // what a new account has; null where it is not documented
	Newer          []Default  // what accounts have that first used RAM later
	NeverReturned  bool       // the service may never report it, so it is not computed
	Elsewhere      string     // which accounts have the field, if it is one that Setting.Complete reads

	Get    func(*S) attr.Value  // null when the service did not say
	Put    func(*S, attr.Value) // a null or unknown value takes the field out of S
	Parse  func(any) attr.Value // from JSON
	Same   func(a, b attr.Value) bool
	weaker func(before, after attr.Value) bool
}

// Default is what a new account has of a field since a day, and who says so.
type Default struct {
	Value         attr.Value
	Since, Source string
}

// Since returns the field with another value of accounts that first used RAM on a day or later.
func (f Field[S]) Since(since, source string, value attr.Value) Field[S] {
	f.Newer = append(f.Newer, Default{Value: value, Since: since, Source: source})
	return f
}

// Weakens reports whether a change from one value to another weakens the account.
func (f Field[S]) Weakens(before, after attr.Value) bool { return f.weaker(before, after) }

// WeakerIf returns the field with another order of its values.
func (f Field[S]) WeakerIf(weaker func(before, after attr.Value) bool) Field[S] {
	f.weaker = weaker
	return f
}

// show returns the value for the state after a read: the previous value, in its
// notation, if both mean the same, or if the service did not return the field;
// otherwise the live value.
func (f Field[S]) show(prior, live attr.Value) attr.Value {
	if tf.IsAbsent(live) {
		if tf.IsAbsent(prior) {
			return f.Null
		}
		return prior
	}
	if f.NeverReturned && prior.IsNull() {
		return prior
	}
	if !tf.IsAbsent(prior) && f.Same(prior, live) {
		return prior
	}
	return live
}

// Ascending orders numbers: the larger is the weaker.
func Ascending(before, after int64) bool { return after > before }

// Descending orders numbers: the smaller is the weaker.
func Descending(before, after int64) bool { return after < before }

// Unlimited orders limits of which zero means none: zero is the weakest, then the largest.
func Unlimited(before, after int64) bool {
	return before != after && before != 0 && (after == 0 || after > before)
}

// Neutral values are neither weaker nor stronger.
func Neutral[T any](T, T) bool { return false }

// WeakWhen reports whether one of the two values of a switch is the weaker.
func WeakWhen(weak bool) func(before, after bool) bool {
	return func(before, after bool) bool { return before != after && after == weak }
}

// Flag is a switch.
func Flag[S any](name, docs string, at func(*S) **bool, fresh bool, weaker func(before, after bool) bool) Field[S] {
	return Field[S]{
		Name:           name,
		Resource:       schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: docs},
		Data:           datasourceschema.BoolAttribute{Computed: true, MarkdownDescription: docs},
		Null:           types.BoolNull(),
		AccountDefault: types.BoolValue(fresh),
		Get:            func(s *S) attr.Value { return types.BoolPointerValue(*at(s)) },
		Put: func(s *S, v attr.Value) {
			*at(s) = nil
			if b, ok := v.(types.Bool); ok && !tf.IsAbsent(v) {
				*at(s) = b.ValueBoolPointer()
			}
		},
		Parse: func(v any) attr.Value {
			if b, ok := v.(bool); ok {
				return types.BoolValue(b)
			}
			return types.BoolNull()
		},
		Same: attr.Value.Equal,
		weaker: func(before, after attr.Value) bool {
			b, ok := before.(types.Bool)
			a, too := after.(types.Bool)
			return ok && too && weaker(b.ValueBool(), a.ValueBool())
		},
	}
}

// Number is a whole number in the unit and range that docs and checks give.
func Number[S any](name, docs string, at func(*S) **int64, fresh int64, weaker func(before, after int64) bool, checks ...validator.Int64) Field[S] {
	return Field[S]{
		Name:           name,
		Resource:       schema.Int64Attribute{Optional: true, Computed: true, MarkdownDescription: docs, Validators: checks},
		Data:           datasourceschema.Int64Attribute{Computed: true, MarkdownDescription: docs},
		Null:           types.Int64Null(),
		AccountDefault: types.Int64Value(fresh),
		Get:            func(s *S) attr.Value { return types.Int64PointerValue(*at(s)) },
		Put: func(s *S, v attr.Value) {
			*at(s) = nil
			if n, ok := v.(types.Int64); ok && !tf.IsAbsent(v) {
				*at(s) = n.ValueInt64Pointer()
			}
		},
		Parse: func(v any) attr.Value {
			if n, ok := v.(float64); ok {
				return types.Int64Value(int64(n))
			}
			return types.Int64Null()
		},
		Same: attr.Value.Equal,
		weaker: func(before, after attr.Value) bool {
			b, ok := before.(types.Int64)
			a, too := after.(types.Int64)
			return ok && too && weaker(b.ValueInt64(), a.ValueInt64())
		},
	}
}

// Between checks a number's range, both ends included.
func Between(low, high int64) validator.Int64 { return int64validator.Between(low, high) }

// Choice is one of several words, the weakest first.
func Choice[S any](name, docs string, at func(*S) **string, fresh string, words ...string) Field[S] {
	f := Word(name, docs, at, fresh, stringvalidator.OneOf(words...))
	f.weaker = func(before, after attr.Value) bool {
		b, a := slices.Index(words, tf.String(before)), slices.Index(words, tf.String(after))
		return a >= 0 && a < b
	}
	return f
}

// Word is a text; checks validate its values.
func Word[S any](name, docs string, at func(*S) **string, fresh string, checks ...validator.String) Field[S] {
	return Field[S]{
		Name:           name,
		Resource:       schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: docs, Validators: checks},
		Data:           datasourceschema.StringAttribute{Computed: true, MarkdownDescription: docs},
		Null:           types.StringNull(),
		AccountDefault: types.StringValue(fresh),
		Get:            func(s *S) attr.Value { return types.StringPointerValue(*at(s)) },
		Put: func(s *S, v attr.Value) {
			*at(s) = nil
			if t, ok := v.(types.String); ok && !tf.IsAbsent(v) {
				*at(s) = t.ValueStringPointer()
			}
		},
		Parse: func(v any) attr.Value {
			if t, ok := v.(string); ok {
				return types.StringValue(t)
			}
			return types.StringNull()
		},
		Same:   attr.Value.Equal,
		weaker: Neutral[attr.Value],
	}
}

// Words is a set of texts. A nil slice in S means that the service did not say,
// an empty one that there are none. Two texts are one if canonical makes them equal.
func Words[S any](name, docs string, at func(*S) *[]string, canonical func(string) string, weaker func(before, after []string) bool, checks ...validator.Set) Field[S] {
	return Field[S]{
		Name:           name,
		Resource:       schema.SetAttribute{ElementType: types.StringType, Optional: true, Computed: true, MarkdownDescription: docs, Validators: checks},
		Data:           datasourceschema.SetAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: docs},
		Null:           types.SetNull(types.StringType),
		AccountDefault: tf.StringSet([]string{}),
		Get:            func(s *S) attr.Value { return tf.StringSet(*at(s)) },
		Put:            func(s *S, v attr.Value) { *at(s) = tf.Strings(v) },
		Parse: func(v any) attr.Value {
			items, ok := v.([]any)
			if !ok {
				return types.SetNull(types.StringType)
			}
			list := make([]string, 0, len(items))
			for _, item := range items {
				list = append(list, fmt.Sprint(item))
			}
			return tf.StringSet(list)
		},
		Same: func(a, b attr.Value) bool {
			x, y := tf.Strings(a), tf.Strings(b)
			if x == nil || y == nil { // an element is not known yet
				return a.Equal(b)
			}
			return slices.Equal(canonicals(x, canonical), canonicals(y, canonical))
		},
		weaker: func(before, after attr.Value) bool {
			return weaker(tf.Strings(before), tf.Strings(after))
		},
	}
}

// canonicals returns the canonical forms, sorted, each once.
func canonicals(list []string, canonical func(string) string) []string {
	out := make([]string, 0, len(list))
	for _, item := range list {
		out = append(out, canonical(item))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
