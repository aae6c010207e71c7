// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	_ "embed" // of the list
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

//go:embed mutants.json
var list []byte

// Listed is a mutant that is listed by hand.
type Listed struct {
	Name        string `json:"name"`
	Requirement string `json:"requirement"` // the one that it breaks, such as KEY-01
	In          string `json:"in"`          // the declaration, such as ram.Client.GetUser
	Old         string `json:"old"`         // is in the declaration exactly once; white space does not matter
	New         string `json:"new"`
	Test        string `json:"test"` // the test that has to detect it, such as ram.TestParseEndpoint
}

// readList returns the mutants that are listed by hand.
func readList() (all []Listed, err error) {
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, fmt.Errorf("cannot read the list of mutants: %w", err)
	}
	return all, nil
}

// mutant finds the place of a listed mutant in the code.
func (l Listed) mutant(s *source) (Mutant, error) {
	stale := func(format string, args ...any) (Mutant, error) {
		return Mutant{}, fmt.Errorf("mutants.json: the mutant %q is stale: %s", l.Name, fmt.Sprintf(format, args...))
	}
	found := s.named(l.In)
	if len(found) != 1 {
		return stale("%d declarations are named %s%s", len(found), l.In, elsewhere(s, l.In))
	}
	d := found[0]
	code := s.files[d.file][d.start:d.end]
	matches := pattern(l.Old).FindAllIndex(code, -1)
	if len(matches) != 1 {
		return stale("%q is %d times in %s (%s), not once", l.Old, len(matches), l.In, d.file)
	}
	return Mutant{
		Name: l.Name, Rule: "listed", Requirement: l.Requirement, Test: l.Test,
		file: d.file, pkg: d.pkg, in: d.name, line: s.line(d.file, d.start+matches[0][0]),
		start: d.start + matches[0][0], end: d.start + matches[0][1], replacement: l.New,
	}, nil
}

// pattern returns a pattern of the code that ignores how white space is written.
func pattern(old string) *regexp.Regexp {
	quoted := []string{}
	for _, word := range strings.Fields(old) {
		quoted = append(quoted, regexp.QuoteMeta(word))
	}
	return regexp.MustCompile(strings.Join(quoted, `\s+`))
}

// elsewhere names the declarations of the same name in other packages.
func elsewhere(s *source, name string) string {
	_, own, _ := strings.Cut(name, ".")
	others := []string{}
	for _, d := range s.declarations {
		if d.name != name && strings.HasSuffix(d.name, "."+own) {
			others = append(others, d.name)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return "; there is " + strings.Join(others, ", ")
}
