// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Part identifies an object or its owner, such as user alice.
type Part struct{ Noun, Name string }

// Arrange prepares the diagnostics of one object for a CLI, which prints one warning per summary
// and counts the others (observed). The summary of each warning names the object, and warnings
// with the same summary are merged. Errors precede warnings, which [Sort] has ordered.
func Arrange(diags []*tfprotov6.Diagnostic, object []Part) []*tfprotov6.Diagnostic {
	arranged := []*tfprotov6.Diagnostic{}
	bySummary := map[string]*tfprotov6.Diagnostic{}
	for _, d := range diags {
		if d.Severity != tfprotov6.DiagnosticSeverityWarning {
			arranged = append(arranged, d)
			continue
		}
		named := *d
		named.Summary = withObject(d.Summary, object)
		if same := bySummary[named.Summary]; same != nil {
			merge(same, d)
			continue
		}
		bySummary[named.Summary] = &named
		arranged = append(arranged, &named)
	}
	slices.SortStableFunc(arranged, func(x, y *tfprotov6.Diagnostic) int { return cmp.Compare(x.Severity, y.Severity) })
	return arranged
}

// PasswordsRemoved is the summary of the warning that covers all moved login profiles of a run.
const PasswordsRemoved = "Passwords are removed from the state"

// withObject appends the parts that a summary does not contain, unless the summary is about
// several objects.
func withObject(summary string, object []Part) string {
	if summary == PasswordsRemoved {
		return summary
	}
	missing := []string{}
	for _, part := range object {
		if part.Name != "" && !containsWord(summary, part.Name) {
			missing = append(missing, part.Noun+" "+part.Name)
		}
	}
	if len(missing) == 0 {
		return summary
	}
	return summary + " (" + strings.Join(missing, ", ") + ")"
}

func containsWord(text, word string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;()\"'", r) }), word)
}

// merge merges a warning into another one with the same summary.
func merge(into, d *tfprotov6.Diagnostic) {
	if d.Detail != into.Detail {
		into.Detail += "\n\n" + d.Detail
	}
	if into.Attribute != nil && (d.Attribute == nil || into.Attribute.String() != d.Attribute.String()) {
		into.Attribute = nil // it is about several attributes
	}
}

// Reported records the diagnostics that this process has reported. A CLI starts one process for each
// phase of a run.
type Reported struct {
	mu       sync.Mutex
	warnings map[string]bool
	errors   map[string]bool
}

// Once returns the diagnostics without warnings that were reported before. It shortens an error
// that was reported in full for another object: every failed object needs an error, but only one
// of them has to explain it. It never shortens an error on an attribute.
func (t *Reported) Once(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.warnings == nil {
		t.warnings, t.errors = map[string]bool{}, map[string]bool{}
	}
	fresh := []*tfprotov6.Diagnostic{}
	for _, d := range diags {
		key := requestID.ReplaceAllString(d.Detail, "")
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			key = d.Summary + "\n" + key + "\n" + d.Attribute.String()
			if !t.warnings[key] {
				fresh = append(fresh, d)
			}
			t.warnings[key] = true
			continue
		}
		if t.errors[key] && d.Attribute == nil && strings.Contains(d.Detail, "\n\n") {
			short := *d
			short.Detail = "The cause is the same as for another object of this run, where it is described in full." + codeIn(d.Detail)
			d = &short
		}
		t.errors[key] = true
		fresh = append(fresh, d)
	}
	return fresh
}

var (
	requestID = regexp.MustCompile(`(?m)^Request id: .*$`)
	codeLine  = regexp.MustCompile(`(?m)^Code: .*$`)
)

// codeIn returns the line of a detail that contains the service's code.
func codeIn(detail string) string {
	if code := codeLine.FindString(detail); code != "" {
		return "\n\n" + code
	}
	return ""
}
