// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The service's types differ from the documentation in places: numbers and booleans
// also come as strings, and a value that is not set is absent, null or "". The types
// here accept all of these forms.

// unexpectedValue is a value of another type. It does not hold the value.
type unexpectedValue struct{ wanted string }

func (e *unexpectedValue) Error() string { return "not " + e.wanted }

// scalar returns the text of a JSON string, number or boolean. ok is false for null and
// "", and err is set for other values.
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

// text is a string.
type text string

// UnmarshalJSON reads any scalar.
func (t *text) UnmarshalJSON(data []byte) error {
	value, _, err := scalar(data, "a text")
	*t = text(value)
	return err
}

// anyText is a string of any other value too: an error has to be readable whatever its
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

// optional is the string, or nil if it is empty.
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

// UnmarshalJSON reads true, "true" and "True".
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

// UnmarshalJSON reads 6 and "6".
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

// textList is a list of strings, nil if absent. A list in one string of JSON, alone or
// inside a list, is unwrapped (documented, as an artefact).
type textList []string

// UnmarshalJSON reads ["a","b"], ["[\"a\",\"b\"]"] and "[\"a\",\"b\"]".
func (l *textList) UnmarshalJSON(data []byte) error {
	*l = nil
	data = bytes.TrimSpace(data)
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var parts []text
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &parts); err != nil {
			return &unexpectedValue{"a list of texts"}
		}
	} else {
		var one text
		if err := json.Unmarshal(data, &one); err != nil {
			return &unexpectedValue{"a list of texts"}
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
		return &unexpectedValue{"a list of texts"}
	}
	for _, item := range inner {
		if item != "" {
			*l = append(*l, string(item))
		}
	}
	return nil
}

// secret is a text that the service returns only once. A value that is not a string, or
// that no secret can have, is dropped: a secret that is known to be missing is better than
// a wrong one.
type secret string

// UnmarshalJSON never fails, because the rest of the answer says what was created.
func (s *secret) UnmarshalJSON(data []byte) error {
	var value string
	*s = ""
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '"' && json.Unmarshal(data, &value) == nil && isPlausible(value) {
		*s = secret(value)
	}
	return nil
}

// isPlausible reports whether a text can be a secret: printable ASCII without blanks and
// markup, and not one character alone, as a masked secret is.
func isPlausible(text string) bool {
	if strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return false
	}
	return text != "" && strings.Trim(text, text[:1]) != "" && !strings.Contains(text, "***") && !strings.ContainsAny(text, "<>")
}
