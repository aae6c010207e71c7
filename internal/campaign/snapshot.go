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

// snapshot has the fields of an account or a state by their paths. Dates and random secrets are
// left out and random ids are normalized, so two runs that did the same are equal.
type snapshot map[string]string

// The ends of the paths of random values and times.
var volatileEnds = []string{
	"Date", "JoinDates", "AttachDates", "Secret", "Seed", "LastStep", "LastUsed", "LastUsedService", "LastLogin", "PasswordHistory", ".ID", "UserID",
	"CreateTime", "ExpirationTime", "_date", "_time", "secret", "_seed", "qr_code_png", "fingerprint",
}

func volatile(path string) bool {
	return slices.ContainsFunc(volatileEnds, func(end string) bool { return strings.HasSuffix(path, end) })
}

var drawnIDs = regexp.MustCompile(`LTAI[0-9A-Za-z]{20}|\bSC[0-9A-Za-z]{22}|\b2[0-9]{17}\b`)

// snapshot returns the fields of an account. Objects of the initial account keep their ids.
func (s *environment) snapshot(a *ramtest.Account) snapshot {
	copied := a.Clone()
	copied.RecycledKeys, copied.RecycledUsers = nil, nil
	encoded, err := json.Marshal(copied)
	if err != nil {
		panic(fmt.Sprintf("cannot encode an account: %s", err)) // it is plain data
	}
	var document any
	if err := json.Unmarshal(encoded, &document); err != nil {
		panic(fmt.Sprintf("cannot decode an account: %s", err)) // it was encoded above
	}
	p := snapshot{}
	s.snapshotValue(p, "", document)
	return p
}

func (s *environment) snapshotValue(p snapshot, path string, v any) {
	if volatile(path) {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			s.snapshotValue(p, path+"."+s.normalize(name), inner)
		}
	case []any:
		for _, inner := range v {
			s.snapshotValue(p, path+"."+s.identity(inner), inner)
		}
		p[path] = fmt.Sprintf("%d of them", len(v))
	default:
		p[path] = s.normalize(fmt.Sprint(v))
	}
}

// identity returns what identifies an element of a list.
func (s *environment) identity(v any) string {
	if object, ok := v.(map[string]any); ok {
		return s.normalize(fmt.Sprint(object["ID"]))
	}
	return s.normalize(fmt.Sprint(v))
}

// normalize replaces random ids.
func (s *environment) normalize(text string) string {
	return drawnIDs.ReplaceAllStringFunc(text, func(id string) string {
		if s.existed(id) {
			return id
		}
		return id[:1] + "(new)"
	})
}

// existed reports whether an id is in the initial account.
func (s *environment) existed(id string) bool {
	if key, _ := s.initial.KeyByID(id); key != nil {
		return true
	}
	return s.initial.UserByID(id) != nil
}

// snapshotState returns the fields of a state.
func (s *environment) snapshotState(state tftypes.Value) snapshot {
	p := snapshot{}
	for name, v := range acctest.Fields(state) {
		if !volatile(name) {
			p[name] = s.normalize(acctest.Format(v))
		}
	}
	return p
}

// diff returns the fields that differ, each with both values.
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
