// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The service's types sometimes differ from the documentation: numbers and booleans may be
// strings, and a value that is not set may be absent, null or "". The types in this file
// accept all these forms.

// unexpectedValue means that a JSON value has another type. It does not quote the value.
type unexpectedValue struct{ wanted string }

func (e *unexpectedValue) Error() string { return "not " + e.wanted }

// scalar returns the text of a JSON string, number or boolean. ok is false for null and "".
// err is set for other types.
func scalar(data []byte, wanted string) (value string, ok bool, err error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] == '{' || data[0] == '[' {
		return "", false, &unexpectedValue{wanted}
	}
	if bytes.Equal(data, []byte("null")) {
		return "", false, nil
	}
	if data[0] != '"' {
		return string(data), true, nil
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return "", false, &unexpectedValue{wanted}
	}
	return value, value != "", nil
}

// text is a string value.
type text string

// UnmarshalJSON accepts any scalar.
func (t *text) UnmarshalJSON(data []byte) error {
	value, _, err := scalar(data, "a text")
	*t = text(value)
	return err
}

// credentialStatus is the status of a key, a service credential or a login profile. The case of
// the known values does not matter: a key that is "active" must not count as disabled.
type credentialStatus string

// UnmarshalJSON accepts any scalar.
func (s *credentialStatus) UnmarshalJSON(data []byte) error {
	value, _, err := scalar(data, "a text")
	for _, known := range []string{Active, Inactive} {
		if strings.EqualFold(value, known) {
			value = known
		}
	}
	*s = credentialStatus(value)
	return err
}

// anyText is a string that accepts every JSON type. Error responses must be readable in any
// form.
type anyText string

// UnmarshalJSON never fails.
func (l *anyText) UnmarshalJSON(data []byte) error {
	value, _, err := scalar(data, "a text")
	if err != nil {
		value = ""
	}
	*l = anyText(value)
	return nil
}

// optional returns the string, or nil if it is empty.
func (t text) optional() *string {
	if t == "" {
		return nil
	}
	value := string(t)
	return &value
}

// flag is a boolean that may be absent.
type flag struct{ value *bool }

func (f flag) isTrue() bool { return f.value != nil && *f.value }

// UnmarshalJSON accepts true, "true" and "True".
func (f *flag) UnmarshalJSON(data []byte) error {
	value, ok, err := scalar(data, "a boolean")
	f.value = nil
	if err != nil || !ok {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true":
		f.value = new(true)
	case "false":
		f.value = new(false)
	default:
		return &unexpectedValue{"a boolean"}
	}
	return nil
}

// number is an integer that may be absent.
type number struct{ value *int64 }

// UnmarshalJSON accepts 6 and "6".
func (n *number) UnmarshalJSON(data []byte) error {
	value, ok, err := scalar(data, "a whole number")
	n.value = nil
	if err != nil || !ok {
		return err
	}
	whole, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil {
		return &unexpectedValue{"a whole number"}
	}
	n.value = &whole
	return nil
}

// textList is a list of strings, or nil if absent. It also accepts a list that is encoded
// as a JSON string, by itself or inside a list (documented, as an artefact).
type textList []string

// UnmarshalJSON accepts ["a","b"], ["[\"a\",\"b\"]"] and "[\"a\",\"b\"]".
func (l *textList) UnmarshalJSON(data []byte) error {
	*l = nil
	data = bytes.TrimSpace(data)
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var parts []text
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &parts); err != nil {
			return &unexpectedValue{"a list of strings"}
		}
	} else {
		var one text
		if err := json.Unmarshal(data, &one); err != nil {
			return &unexpectedValue{"a list of strings"}
		}
		parts = []text{one}
	}
	*l = textList{}
	for _, part := range parts {
		if err := l.add(string(part)); err != nil {
			return err
		}
	}
	return nil
}

func (l *textList) add(part string) error {
	part = strings.TrimSpace(part)
	if part == "" {
		return nil
	}
	if !strings.HasPrefix(part, "[") {
		*l = append(*l, part)
		return nil
	}
	var inner []text
	if err := json.Unmarshal([]byte(part), &inner); err != nil {
		return &unexpectedValue{"a list of strings"}
	}
	for _, item := range inner {
		if item != "" {
			*l = append(*l, string(item))
		}
	}
	return nil
}

// secret is a text that the service returns only once. A value that is not a string, or
// that cannot be a secret, counts as missing: a missing secret is reported, a wrong one is
// not.
type secret string

// UnmarshalJSON never fails, because the other fields identify the created object.
func (s *secret) UnmarshalJSON(data []byte) error {
	var value string
	*s = ""
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '"' && json.Unmarshal(data, &value) == nil && isPlausible(value) {
		*s = secret(value)
	}
	return nil
}

// placeholders are what programs print instead of a secret, alone or in brackets.
var placeholders = []string{"null", "nil", "none", "undefined", "redacted", "removed", "masked", "hidden", "blocked", "filtered"}

// isPlausible reports whether a text can be a secret. A secret is printable ASCII without
// blanks and markup, is no placeholder, and is not one repeated character, as a masked
// secret is.
func isPlausible(text string) bool {
	if slices.Contains(placeholders, strings.ToLower(strings.Trim(text, "[](){}*_-#"))) {
		return false
	}
	if strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return false
	}
	return text != "" && strings.Trim(text, text[:1]) != "" && !strings.Contains(text, "***") && !strings.ContainsAny(text, "<>")
}
