// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
)

//go:embed page.html
var pageHTML string

// page is the template of the page. html/template escapes every text for its context. The
// function v first makes invisible characters visible.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"v": visible, "vl": visibleLines, "short": short, "plural": plural, "join": strings.Join, "capital": capital, "split": splitByDeclared, "lines": lines,
	"events": events, "safe": safeURL, "rows": newTable, "notices": func(title string, notices []Notice) titled { return titled{title, notices} },
}).Parse(pageHTML))

// table is a table of differences.
type table struct {
	Columns []string
	Rows    []Difference
}

func newTable(kind Kind, declared bool, rows []Difference) table {
	wanted, found := columns(kind, declared)
	return table{[]string{wanted, found}, rows}
}

// titled is a list of notices with a title.
type titled struct {
	Title   string
	Notices []Notice
}

func splitByDeclared(differences []Difference, declared bool) []Difference {
	d, u := split(differences)
	if declared {
		return d
	}
	return u
}

// widest is the number of controls that fit next to each other on a page of 1280 pixels.
const widest = 40

// heat is a table of accounts and controls.
type heat struct {
	Controls []Control
	Rows     []heatRow
}

type heatRow struct {
	Account Account
	Cells   []ControlStatus // empty if the account has no such control
}

// heats returns the tables of all controls, each with as many controls as fit.
func (r Report) heats() (tables []heat) {
	controls := []Control{}
	seen := map[string]bool{}
	for _, a := range r.Accounts {
		for _, c := range a.Controls {
			if !seen[c.key()] {
				seen[c.key()] = true
				controls = append(controls, c)
			}
		}
	}
	slices.SortStableFunc(controls, func(x, y Control) int {
		return compareIDs(x.Baseline, x.ID, y.Baseline, y.ID)
	})
	for part := range slices.Chunk(controls, widest) {
		table := heat{Controls: part}
		for _, a := range r.Accounts {
			row := heatRow{Account: a}
			status := map[string]ControlStatus{}
			for _, c := range a.Controls {
				status[c.key()] = c.Status
			}
			for _, c := range part {
				row.Cells = append(row.Cells, status[c.key()])
			}
			table.Rows = append(table.Rows, row)
		}
		tables = append(tables, table)
	}
	return tables
}

// compareIDs sorts 1.9 before 1.10.
func compareIDs(xBaseline, x, yBaseline, y string) int {
	if by := strings.Compare(xBaseline, yBaseline); by != 0 {
		return by
	}
	a, b := strings.Split(x, "."), strings.Split(y, ".")
	for i := range min(len(a), len(b)) {
		if len(a[i]) != len(b[i]) && isDigits(a[i]) && isDigits(b[i]) {
			return len(a[i]) - len(b[i])
		}
		if by := strings.Compare(a[i], b[i]); by != 0 {
			return by
		}
	}
	return len(a) - len(b)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Symbol returns a control's result as one character, so that the page does not rely on
// colours.
func (s ControlStatus) Symbol() string {
	switch s {
	case ControlPassed:
		return "✓"
	case ControlFailed:
		return "✗"
	case ControlAccepted:
		return "≈"
	case ControlNotEvaluated:
		return "?"
	default:
		return "·"
	}
}

// WriteHTML writes a report as one page, without scripts and without references to other
// files.
func (r Report) WriteHTML(w io.Writer) error {
	return page.Execute(w, struct {
		Report
		Statuses   []Status
		Severities []Severity
		Heats      []heat
		Top        []Failure
		Trail      string
		Unknown    []Account
	}{
		r, Statuses(), Severities(), r.heats(), r.TopFailures(), trailURL,
		slices.DeleteFunc(slices.Clone(r.Accounts), func(a Account) bool { return a.Status.Known() }),
	})
}

// Anchor returns the id of the account on the page.
func (a Account) Anchor() string {
	id := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, a.ID+"-"+a.Source.Workspace)
	return "account-" + id
}

// Facts returns where and when the account was compared.
func (a Account) Facts() []string { return a.facts() }

// FailedChecks returns the failed checks of the account.
func (a Account) FailedChecks() []Check { return a.failedChecks() }

// ControlTotals counts the account's controls.
func (a Account) ControlTotals() ControlTotals { return a.controlTotals() }

// Name returns the control with its baseline.
func (c Control) Name() string { return strings.TrimSpace(c.key()) }

// Clean returns the number of accounts without findings.
func (t Totals) Clean() int { return t.ByStatus[Clean] }
