// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// portrait is what matters of an account or of a state: each field by its path.
// Dates, drawn secrets and drawn ids are left out or made the same, so that two
// runs that did the same look the same.
type portrait map[string]string

// What differs between two runs that do the same: it is drawn, or it is a time.
var volatileEnds = []string{
	"Date", "Secret", "Seed", "LastStep", "LastUsed", "LastUsedService", "LastLogin", "PasswordHistory", ".ID", "UserID",
	"_date", "secret", "_seed", "qr_code_png", "fingerprint",
}

func volatile(path string) bool {
	return slices.ContainsFunc(volatileEnds, func(end string) bool { return strings.HasSuffix(path, end) })
}

var drawnIDs = regexp.MustCompile(`LTAI[0-9A-Za-z]{20}|\b2[0-9]{17}\b`)

// portray portrays an account. What was there at the beginning keeps its ids.
func (s *stage) portray(a *ramtest.Account) portrait {
	copied := a.Clone()
	copied.RecycledKeys, copied.RecycledUsers = nil, nil
	encoded, err := json.Marshal(copied)
	if err != nil {
		panic(fmt.Sprintf("an account is not encoded: %s", err)) // it is plain data
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		panic(fmt.Sprintf("an account is not decoded: %s", err)) // it was encoded a moment ago
	}
	p := portrait{}
	s.paint(p, "", document)
	return p
}

func (s *stage) paint(p portrait, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			s.paint(p, path+"."+s.alike(name), inner)
		}
	case []any:
		for _, inner := range v {
			s.paint(p, path+"."+s.identity(inner), inner)
		}
		if !volatile(path) {
			p[path] = fmt.Sprintf("%d of them", len(v))
		}
	default:
		if !volatile(path) {
			p[path] = s.alike(fmt.Sprint(v))
		}
	}
}

// identity is what an element of a list is called by.
func (s *stage) identity(v any) string {
	if object, ok := v.(map[string]any); ok {
		return s.alike(fmt.Sprint(object["ID"]))
	}
	return s.alike(fmt.Sprint(v))
}

// alike makes all drawn ids the same.
func (s *stage) alike(text string) string {
	return drawnIDs.ReplaceAllStringFunc(text, func(id string) string {
		if s.known(id) {
			return id
		}
		return id[:1] + "(new)"
	})
}

// known tells that an id was there at the beginning.
func (s *stage) known(id string) bool {
	if key, _ := s.began.KeyByID(id); key != nil {
		return true
	}
	return s.began.UserByID(id) != nil
}

// sketch portrays a state.
func (s *stage) sketch(state tftypes.Value) portrait {
	p := portrait{}
	for name, v := range fields(state) {
		if !volatile(name) {
			p[name] = s.alike(text(v))
		}
	}
	return p
}

// differs tells in what two portraits differ, each field with both values.
func (p portrait) differs(other portrait) (lines []string) {
	all := maps.Clone(p)
	maps.Copy(all, other)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if p[path] != other[path] {
			lines = append(lines, fmt.Sprintf("%s: %q, not %q", strings.TrimPrefix(path, "."), p[path], other[path]))
		}
	}
	return lines
}
