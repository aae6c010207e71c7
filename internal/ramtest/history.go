// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Event is a change of one field.
type Event struct {
	Seq       int
	Time      time.Time // by the data clock
	AccountID string
	Actor     string // the action, "test", "control" or "other-admin"
	Object    string // security_preference, password_policy, account_alias, user/alice, access_key/LTAI...
	Field     string
	Before    any // nil: the object did not exist
	After     any // nil: the object was deleted
}

// History returns all changes in order.
func (s *Server) History() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event{}, s.history...)
}

// ForgetHistory clears the history. Later changes continue its numbers.
func (s *Server) ForgetHistory() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = nil
}

// record adds the changes to the history, and stores the previous account for stale reads.
func (s *Server) record(by string, before, after *Account) {
	old, changedTo := fields(difference(before, after)), fields(difference(after, before))
	changed := 0
	for _, at := range slices.Sorted(maps.Keys(union(old, changedTo))) {
		if reflect.DeepEqual(old[at], changedTo[at]) {
			continue
		}
		object, field, _ := strings.Cut(at, "\x00")
		s.changes++
		s.history = append(s.history, Event{
			Seq: s.changes, Time: s.now(), AccountID: after.ID, Actor: by,
			Object: object, Field: field, Before: old[at], After: changedTo[at],
		})
		changed++
	}
	if changed > 0 {
		s.pastOf(after.ID).add(before, s.behaviour.StaleReads)
	}
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// difference returns the account without the objects that are equal in the other account, of which there may be thousands.
func difference(account, other *Account) *Account {
	rest := *account
	v, w := reflect.ValueOf(&rest).Elem(), reflect.ValueOf(other).Elem()
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case field.Kind() == reflect.Map:
			field.Set(differentIn(field, w.Field(i)))
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Pointer:
			field.Set(differentOf(field, w.Field(i)))
		}
	}
	return &rest
}

// differentIn returns the entries of a map that are not equal in the other map.
func differentIn(all, others reflect.Value) reflect.Value {
	different := reflect.MakeMap(all.Type())
	for each := all.MapRange(); each.Next(); {
		if same := others.MapIndex(each.Key()); !same.IsValid() || !reflect.DeepEqual(each.Value().Interface(), same.Interface()) {
			different.SetMapIndex(each.Key(), each.Value())
		}
	}
	return different
}

// differentOf returns the elements of a list that the other list does not contain.
func differentOf(all, others reflect.Value) reflect.Value {
	byIdentity := make(map[string]any, others.Len())
	for i := range others.Len() {
		byIdentity[identity(others.Index(i).Elem(), i)] = others.Index(i).Interface()
	}
	different := reflect.MakeSlice(all.Type(), 0, 0)
	for i := range all.Len() {
		if !reflect.DeepEqual(all.Index(i).Interface(), byIdentity[identity(all.Index(i).Elem(), i)]) {
			different = reflect.Append(different, all.Index(i))
		}
	}
	return different
}

// fields returns the fields of an account by object and name.
func fields(account *Account) map[string]any {
	all := flat{}
	v := reflect.ValueOf(account).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		object, ok := settingNames[name]
		if !ok {
			object = "account"
		}
		all.walk(object, "", name, v.Field(i))
	}
	return all
}

// settingNames are the names of the settings, by field of Account.
var settingNames = map[string]string{
	"Preference":      "security_preference",
	"Policy":          "password_policy",
	"Alias":           "account_alias",
	"AccessKeyPolicy": "account_access_key_policy",
	"UserSso":         "user_sso_settings",
}

// objectNames are the object names that are not the singular of their field.
var objectNames = map[string]string{
	"Keys":          "access_key",
	"RecycledKeys":  "recycled_access_key",
	"MFADevices":    "mfa_device",
	"OIDCProviders": "oidc_provider",
	"Policies":      "policy",
	"Credentials":   "service_credential",
}

func objectName(field string) string {
	if name, ok := objectNames[field]; ok {
		return name
	}
	var snake strings.Builder
	for i, letter := range strings.TrimSuffix(field, "s") {
		if unicode.IsUpper(letter) && i > 0 {
			snake.WriteByte('_')
		}
		snake.WriteRune(unicode.ToLower(letter))
	}
	return snake.String()
}

type flat map[string]any

// walk adds the fields of a value. A struct behind a pointer is an object of its own, also in a map or a list.
func (a flat) walk(object, prefix, field string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
	case v.Kind() == reflect.Pointer:
		_, owner, _ := strings.Cut(object, "/")
		a.object(objectName(field)+"/"+owner, v.Elem())
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		if _, setting := settingNames[field]; setting && prefix == "" {
			field = ""
		}
		a.parts(object, prefix+dotted(field), v)
	case v.Kind() == reflect.Map && v.Type().Elem().Kind() == reflect.Pointer:
		for each := v.MapRange(); each.Next(); {
			a.object(objectName(field)+"/"+lastPart(each.Key().String()), each.Value().Elem())
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Pointer:
		for i := range v.Len() {
			a.object(objectName(field)+"/"+identity(v.Index(i).Elem(), i), v.Index(i).Elem())
		}
	case field == "VerificationTypes":
		a[object+"\x00"+prefix+field] = inOrder(v.Interface().([]string)) //nolint:forcetypeassert // the field has this type
	default:
		a[object+"\x00"+prefix+field] = v.Interface()
	}
}

// inOrder sorts a set. Reads return it in random order, and writing it back in another order is no change.
func inOrder(set []string) []string {
	sorted := slices.Clone(set)
	slices.Sort(sorted)
	return sorted
}

func (a flat) object(name string, v reflect.Value) { a.parts(name, "", v) }

func (a flat) parts(object, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() {
			a.walk(object, prefix, field.Name, v.Field(i))
		}
	}
}

func dotted(field string) string {
	if field == "" {
		return ""
	}
	return field + "."
}

// lastPart returns the name of a device, which is the end of its serial number.
func lastPart(key string) string {
	return key[strings.LastIndex(key, "/")+1:]
}

// identity returns the name of a list element.
func identity(v reflect.Value, index int) string {
	for _, name := range []string{"ID", "Name"} {
		if field := v.FieldByName(name); field.IsValid() && field.Kind() == reflect.String {
			return field.String()
		}
	}
	for _, name := range []string{"Key", "User"} {
		if field := v.FieldByName(name); field.IsValid() && field.Kind() == reflect.Struct {
			return identity(field, index)
		}
	}
	return fmt.Sprint(index)
}
