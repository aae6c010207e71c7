// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"slices"
	"strings"
)

// Label returns a text for a status.
func (s Status) Label(kind Kind) string {
	switch s {
	case NoAccess:
		return "no access: the role cannot be assumed"
	case Failed:
		return "failed"
	case Interrupted:
		return "interrupted"
	case NotRun:
		return "not run"
	case NeverApplied:
		return "never applied"
	case Differs:
		if kind == Plan {
			return "would change"
		}
		return "drift"
	case Failing:
		return "checks, controls or warnings"
	default:
		return "clean"
	}
}

// Label returns a text for a control's result.
func (s ControlStatus) Label() string { return strings.ReplaceAll(string(s), "_", " ") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Headline summarizes a report in one line.
func (r Report) Headline() string {
	t := r.Totals
	unknown := 0
	for _, s := range Statuses() {
		if !s.Known() {
			unknown += t.ByStatus[s]
		}
	}
	if len(r.Accounts) == 1 && unknown == 1 {
		return r.Title + ": not known"
	}
	parts := []string{}
	if unknown > 0 {
		parts = append(parts, plural(unknown, "account")+" not compared")
	}
	if t.Differences+t.FailedChecks+t.Controls.Failed+t.Warnings > 0 {
		differences := plural(t.Differences, "difference")
		if t.Weaker > 0 {
			differences += fmt.Sprintf(" (%d weaker)", t.Weaker)
		}
		parts = append(parts, differences, plural(t.FailedChecks, "failed check"))
		if t.Controls.Failed > 0 {
			parts = append(parts, plural(t.Controls.Failed, "failed control"))
		}
		if t.Warnings > 0 {
			parts = append(parts, plural(t.Warnings, "warning"))
		}
	}
	if len(parts) == 0 {
		parts = []string{"none"}
	}
	return r.Title + ": " + strings.Join(parts, ", ")
}

// Heading returns the heading of an account.
func (a Account) Heading() string {
	switch {
	case a.ID == "" && a.Name == "":
		return "unknown account"
	case a.Name == "":
		return a.ID
	case a.ID == "":
		return a.Name
	default:
		return a.ID + " " + a.Name
	}
}

// facts returns where and when an account was compared.
func (a Account) facts() []string {
	facts := []string{plural(a.Objects, "object") + " compared"}
	for _, fact := range []struct{ label, text string }{
		{"workspace ", a.Source.Workspace}, {"directory ", a.Source.Directory}, {"commit ", a.Source.Commit}, {"", a.Source.Time},
	} {
		if fact.text != "" {
			facts = append(facts, fact.label+fact.text)
		}
	}
	return facts
}

// columns returns the column titles of a table of differences.
func columns(kind Kind, declared bool) (wanted, found string) {
	switch {
	case kind == Plan:
		return "After the apply", "Now"
	case declared:
		return "Wanted", "Found"
	default:
		return "Last seen", "Found"
	}
}

// Failure is a control with the accounts that fail it.
type Failure struct {
	Control  Control
	Accounts []string
}

// TopFailures returns the failed controls, starting with those that most accounts fail.
func (r Report) TopFailures() []Failure {
	failures := []Failure{}
	for _, a := range r.Accounts {
		for _, c := range a.Controls {
			if c.Status != ControlFailed {
				continue
			}
			i := slices.IndexFunc(failures, func(f Failure) bool { return f.Control.key() == c.key() })
			if i < 0 {
				failures = append(failures, Failure{Control: c})
				i = len(failures) - 1
			}
			failures[i].Accounts = append(failures[i].Accounts, a.ID)
		}
	}
	slices.SortStableFunc(failures, func(x, y Failure) int {
		if by := len(y.Accounts) - len(x.Accounts); by != 0 {
			return by
		}
		return x.Control.Severity.rank() - y.Control.Severity.rank()
	})
	return failures
}

// lines returns the HCL lines that declare differences, by address.
func lines(differences []Difference) string {
	var b strings.Builder
	addresses := []string{}
	for _, d := range differences {
		if d.Line != "" && !slices.Contains(addresses, d.Address) {
			addresses = append(addresses, d.Address)
		}
	}
	for _, address := range addresses {
		fmt.Fprintf(&b, "# %s\n", visible(address))
		for _, d := range differences {
			if d.Address == address && d.Line != "" {
				fmt.Fprintln(&b, d.Line)
			}
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// events returns the ActionTrail events of differences.
func events(differences []Difference) []string {
	found := []string{}
	for _, d := range differences {
		found = append(found, d.Events...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// trailURL is the console that shows for 90 days who made a call (documented).
const trailURL = "https://actiontrail.console.alibabacloud.com/"
