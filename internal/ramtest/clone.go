// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"reflect"
	"time"
)

// Clone returns a deep copy of the account.
func (a *Account) Clone() *Account {
	copied := *a
	reflect.ValueOf(&copied).Elem().Set(copier{}.copy(reflect.ValueOf(a).Elem()))
	return &copied
}

// copier caches which types an assignment copies completely. Most types are of that kind, and accounts are large.
type copier map[reflect.Type]bool

func (c copier) copy(v reflect.Value) reflect.Value {
	if c.plain(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(c.copy(v.Elem()))
		return copied
	case reflect.Map:
		return c.copyMap(v)
	case reflect.Slice:
		return c.copySlice(v)
	case reflect.Struct:
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v)
		for i := range v.NumField() {
			if field := copied.Field(i); !c.plain(field.Type()) {
				field.Set(c.copy(v.Field(i)))
			}
		}
		return copied
	default:
		return v
	}
}

func (c copier) copyMap(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	copied := reflect.MakeMapWithSize(v.Type(), v.Len())
	for each := v.MapRange(); each.Next(); {
		copied.SetMapIndex(each.Key(), c.copy(each.Value()))
	}
	return copied
}

func (c copier) copySlice(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		copied.Index(i).Set(c.copy(v.Index(i)))
	}
	return copied
}

// plain reports whether an assignment copies a value completely. That includes times, because their location never changes.
func (c copier) plain(t reflect.Type) bool {
	if known, ok := c[t]; ok {
		return known
	}
	plain := true
	switch {
	case t == reflect.TypeFor[time.Time]():
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			plain = plain && c.plain(t.Field(i).Type)
		}
	default:
		plain = t.Kind() != reflect.Pointer && t.Kind() != reflect.Map && t.Kind() != reflect.Slice
	}
	c[t] = plain
	return plain
}
