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

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// portrait is what matters of an account or of a state: each field by its path.
// Dates, drawn secrets and drawn ids are left out or made the same, so that two
// runs that did the same look the same.
type snapshot map[string]string

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
func (s *environment) snapshot(a *ramtest.Account) snapshot {
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
	p := snapshot{}
	s.snapshotValue(p, "", document)
	return p
}

func (s *environment) snapshotValue(p snapshot, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			s.snapshotValue(p, path+"."+s.normalize(name), inner)
		}
	case []any:
		for _, inner := range v {
			s.snapshotValue(p, path+"."+s.identity(inner), inner)
		}
		if !volatile(path) {
			p[path] = fmt.Sprintf("%d of them", len(v))
		}
	default:
		if !volatile(path) {
			p[path] = s.normalize(fmt.Sprint(v))
		}
	}
}

// identity is what an element of a list is called by.
func (s *environment) identity(v any) string {
	if object, ok := v.(map[string]any); ok {
		return s.normalize(fmt.Sprint(object["ID"]))
	}
	return s.normalize(fmt.Sprint(v))
}

// alike makes all drawn ids the same.
func (s *environment) normalize(text string) string {
	return drawnIDs.ReplaceAllStringFunc(text, func(id string) string {
		if s.existed(id) {
			return id
		}
		return id[:1] + "(new)"
	})
}

// known tells that an id was there at the beginning.
func (s *environment) existed(id string) bool {
	if key, _ := s.initial.KeyByID(id); key != nil {
		return true
	}
	return s.initial.UserByID(id) != nil
}

// sketch portrays a state.
func (s *environment) snapshotState(state tftypes.Value) snapshot {
	p := snapshot{}
	for name, v := range acctest.Fields(state) {
		if !volatile(name) {
			p[name] = s.normalize(acctest.Format(v))
		}
	}
	return p
}

// differs tells in what two portraits differ, each field with both values.
func (p snapshot) diff(other snapshot) (lines []string) {
	all := maps.Clone(p)
	maps.Copy(all, other)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if p[path] != other[path] {
			lines = append(lines, fmt.Sprintf("%s: %q, not %q", strings.TrimPrefix(path, "."), p[path], other[path]))
		}
	}
	return lines
}
