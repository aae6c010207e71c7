// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "reflect"

// Clone is a copy that shares nothing with the account.
func (a *Account) Clone() *Account {
	copied := *a
	reflect.ValueOf(&copied).Elem().Set(deepCopy(reflect.ValueOf(a).Elem()))
	return &copied
}

func deepCopy(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(deepCopy(v.Elem()))
		return copied
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		copied := reflect.MakeMapWithSize(v.Type(), v.Len())
		for each := v.MapRange(); each.Next(); {
			copied.SetMapIndex(each.Key(), deepCopy(each.Value()))
		}
		return copied
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			copied.Index(i).Set(deepCopy(v.Index(i)))
		}
		return copied
	case reflect.Struct:
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v) // a time.Time has hidden fields, which are values
		for i := range v.NumField() {
			if field := copied.Field(i); field.CanSet() {
				field.Set(deepCopy(v.Field(i)))
			}
		}
		return copied
	default:
		return v
	}
}
