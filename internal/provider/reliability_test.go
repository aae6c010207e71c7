// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/xml"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"
)

// requirements is the number of requirements of each kind, numbered from 1.
var requirements = []struct {
	kind string
	many int
}{
	{"KEY", 15},
	{"SEC", 7},
	{"CONS", 6},
	{"SING", 12},
	{"LOCK", 8},
	{"PWD", 6},
	{"MFA", 5},
	{"LOAD", 6},
	{"CRED", 5},
	{"NET", 8},
	{"LOG", 5},
	{"ACC", 4},
	{"SEE", 6},
	{"IMP", 5},
	{"ROB", 6},
	{"TEST", 4},
	{"FAKE", 5},
	{"SUP", 8},
	{"DOC", 3},
}

var (
	requirementPattern = regexp.MustCompile(`(?m)^\| ([A-Z]+-\d\d) \| (.+) \| (.+) \|$`)
	testPattern        = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")
	piecesPattern      = regexp.MustCompile("\\bpieces? `\\w+`")
)

// The guide on reliability lists every requirement once, in order, and only tests and fuzz targets that exist. A test
// of the campaign checks its pieces.
func TestReliability_guideListsEveryRequirement(t *testing.T) {
	t.Parallel()
	guide := contentOf(t, projectRoot, "templates/guides/reliability.md.tmpl")
	var want, got []string
	for _, r := range requirements {
		for i := range r.many {
			want = append(want, fmt.Sprintf("%s-%02d", r.kind, i+1))
		}
	}
	for _, row := range requirementPattern.FindAllStringSubmatch(guide, -1) {
		got = append(got, row[1])
		accounted := testPattern.MatchString(row[3]) || piecesPattern.MatchString(row[3])
		if !accounted && !regexp.MustCompile("review|not met|this page|`make ").MatchString(row[3]) {
			t.Errorf("%s has no test: %s", row[1], row[3])
		}
	}
	expect(t, "requirements", got, want)
	namesOnlyTests(t, guide)
}

// The threat model refers only to requirements, tests and pictures that exist.
func TestThreatModel_referencesExist(t *testing.T) {
	t.Parallel()
	guide := contentOf(t, projectRoot, "templates/guides/threat-model.md.tmpl")
	namesOnlyTests(t, guide)
	threats := 0
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`).FindAllStringSubmatch(guide[strings.Index(guide, "\n## Threats"):], -1) {
		if row[1] == "Threat" {
			continue
		}
		threats++
		if !testPattern.MatchString(row[3]) && !regexp.MustCompile(`^[A-Z]+-\d\d|^Not tested$`).MatchString(row[3]) {
			t.Errorf("the threat %q names neither a requirement nor a test: %s", row[1], row[3])
		}
	}
	if threats < 30 {
		t.Errorf("%d threats were found", threats)
	}
	reliability := contentOf(t, projectRoot, "templates/guides/reliability.md.tmpl")
	for _, id := range regexp.MustCompile(`\b[A-Z]+-\d\d\b`).FindAllString(guide, -1) {
		if !strings.Contains(reliability, "\n| "+id+" |") {
			t.Errorf("there is no requirement %s", id)
		}
	}
	pictures := regexp.MustCompile(`!\[.+\]\(https://raw\.githubusercontent\.com/ram-security/terraform-provider-ram/main/(\S+)\)`).FindAllStringSubmatch(guide, -1)
	for _, picture := range pictures {
		if size, err := png.DecodeConfig(strings.NewReader(contentOf(t, projectRoot, picture[1]))); err != nil || size.Width < 1000 {
			t.Errorf("%s: %v %v", picture[1], size.Width, err)
		}
		source := strings.TrimSuffix(picture[1], ".png") + ".svg"
		if err := xml.Unmarshal([]byte(contentOf(t, projectRoot, source)), new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
	if len(pictures) == 0 {
		t.Error("there is no picture")
	}
}

// namesOnlyTests fails the test if a guide names a test that does not exist.
func namesOnlyTests(t *testing.T, guide string) {
	t.Helper()
	tests := testsOf(t)
	for _, name := range testPattern.FindAllStringSubmatch(guide, -1) {
		if _, exists := tests[name[1]]; !exists {
			t.Errorf("there is no test %s", name[1])
		}
	}
}
