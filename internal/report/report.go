// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package report converts the plans of one or many accounts into reports for people and
// programs: Markdown, one HTML page, JSON, JUnit XML and SARIF.
//
// Text from an account is untrusted data. It passes through text.go, which makes invisible
// characters visible, and through the escaping of each format.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Version is the version of the JSON format. It changes when a field is removed or changes
// its meaning, but not when a field is added.
const Version = 1

// Kind is the purpose of the plans of a report.
type Kind string

// The kinds of reports.
const (
	Drift Kind = "drift" // what exists in the accounts and is not declared, or differs from the declaration
	Plan  Kind = "plan"  // what an apply would change
)

// Status is the result of one account.
type Status string

// The statuses, most urgent first.
const (
	NoAccess     Status = "no_access"     // the role cannot be assumed
	Failed       Status = "failed"        // a plan failed
	Interrupted  Status = "interrupted"   // the run was interrupted before its plans
	NotRun       Status = "not_run"       // the run ended before this account
	NeverApplied Status = "never_applied" // the state contains no object of the account
	Differs      Status = "differs"
	Failing      Status = "failing" // no difference, but a failed check or control, or a warning
	Clean        Status = "clean"
)

// Statuses returns all statuses, most urgent first.
func Statuses() []Status {
	return []Status{NoAccess, Failed, Interrupted, NotRun, NeverApplied, Differs, Failing, Clean}
}

// Known reports whether the account was compared.
func (s Status) Known() bool {
	return s == NeverApplied || s == Differs || s == Failing || s == Clean
}

// Severity is how urgent a finding is.
type Severity string

// The severities, most urgent first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities returns all severities, most urgent first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

func (s Severity) rank() int { return slices.Index(Severities(), s) }

// Direction is the effect of a difference on the security of an account. For drift it
// compares the found value with the wanted one, for a plan the wanted value with the
// present one.
type Direction string

// The directions of a change.
const (
	Weaker   Direction = "weaker"
	Other    Direction = "other"
	Stronger Direction = "stronger"
)

func (d Direction) rank() int { return slices.Index([]Direction{Weaker, Other, Stronger}, d) }

// A Report holds the results of a run over one or many accounts.
type Report struct {
	Version  int       `json:"version"`
	Kind     Kind      `json:"kind"`
	Title    string    `json:"title"`
	Time     string    `json:"time"`
	Totals   Totals    `json:"totals"`
	Trend    *Trend    `json:"trend,omitempty"`
	Accounts []Account `json:"accounts"`
}

// Totals counts the contents of a report.
type Totals struct {
	Accounts     int              `json:"accounts"`
	ByStatus     map[Status]int   `json:"by_status"`
	Differences  int              `json:"differences"`
	Weaker       int              `json:"weaker"`
	BySeverity   map[Severity]int `json:"by_severity"`
	FailedChecks int              `json:"failed_checks"`
	Controls     ControlTotals    `json:"controls"`
	Warnings     int              `json:"warnings"`
}

// ControlTotals counts the results of controls.
type ControlTotals struct {
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
	Accepted     int `json:"accepted"`
	NotEvaluated int `json:"not_evaluated"`
}

// Trend compares a report with an earlier one.
type Trend struct {
	Since    string   `json:"since"`
	New      int      `json:"new"`      // findings that are not in the earlier report
	Resolved int      `json:"resolved"` // findings that are only in the earlier report
	Before   Totals   `json:"before"`
	Joined   []string `json:"joined,omitempty"` // accounts that are not in the earlier report
	Left     []string `json:"left,omitempty"`   // accounts that are only in the earlier report
}

// Account is the result of one account.
type Account struct {
	ID          string       `json:"id"` // empty if the run ended before the id was known
	Name        string       `json:"name,omitempty"`
	Status      Status       `json:"status"`
	Reason      string       `json:"reason,omitempty"`
	Objects     int          `json:"objects"`
	Source      Source       `json:"source"`
	Differences []Difference `json:"differences"`
	Checks      []Check      `json:"checks"`
	Controls    []Control    `json:"controls"`
	Warnings    []Notice     `json:"warnings"`
	Errors      []Notice     `json:"errors"`
	Notes       []string     `json:"notes,omitempty"`
	Repair      string       `json:"repair,omitempty"` // command that applies the declared values
	Accept      string       `json:"accept,omitempty"` // command that accepts the found values into the state
	New         int          `json:"new,omitempty"`
	Resolved    int          `json:"resolved,omitempty"`
}

// Source is the origin of a result.
type Source struct {
	Directory string `json:"directory,omitempty"`
	Workspace string `json:"workspace,omitempty"`
	Commit    string `json:"commit,omitempty"`
	Run       string `json:"run,omitempty"` // URL of the CI job
	Time      string `json:"time,omitempty"`
}

// Difference is one attribute or one object that differs from the declaration.
type Difference struct {
	Address   string    `json:"address"`
	Type      string    `json:"type"`
	Attribute string    `json:"attribute,omitempty"` // empty if the whole object differs
	Declared  bool      `json:"declared"`
	Wanted    string    `json:"wanted"` // HCL, or a text if the whole object differs
	Found     string    `json:"found"`
	Sensitive bool      `json:"sensitive,omitempty"`
	Severity  Severity  `json:"severity"`
	Direction Direction `json:"direction"`
	Controls  []string  `json:"controls"`
	Who       string    `json:"who"`
	Events    []string  `json:"events"`          // names of the ActionTrail events for such a change
	Place     string    `json:"place,omitempty"` // file:line of the block, if known
	Line      string    `json:"line,omitempty"`  // HCL line that declares the found value, or the last known value if the attribute is not declared
}

// Check is a check block, a condition or a validation that did not pass.
type Check struct {
	Name     string   `json:"name"`
	Status   string   `json:"status"` // fail, error or unknown
	Messages []string `json:"messages"`
	Place    string   `json:"place,omitempty"`
}

// Fails reports whether the check failed. An unknown result is no failure.
func (c Check) Fails() bool { return c.Status == "fail" || c.Status == "error" }

// ControlStatus is the result of a control.
type ControlStatus string

// The results of a control.
const (
	ControlPassed       ControlStatus = "passed"
	ControlFailed       ControlStatus = "failed"
	ControlAccepted     ControlStatus = "accepted"
	ControlNotEvaluated ControlStatus = "not_evaluated"
)

// Control is a control of a baseline, as an output of the configuration contains it.
type Control struct {
	ID       string        `json:"id"`
	Baseline string        `json:"baseline,omitempty"`
	Title    string        `json:"title"`
	Status   ControlStatus `json:"status"`
	Severity Severity      `json:"severity"`
	Wanted   string        `json:"wanted"`
	Found    string        `json:"found"`
	Who      []string      `json:"who,omitempty"`    // users who fail the control
	Reason   string        `json:"reason,omitempty"` // reason for accepting the failure
	Note     string        `json:"note,omitempty"`   // why the control is not evaluated, or not for all users
}

// key identifies a control in a report of several accounts.
func (c Control) key() string { return c.Baseline + " " + c.ID }

// Notice is a warning or an error of a run. Only warnings about an object count. The others
// are warnings of the CLI, such as that of a deprecated option.
type Notice struct {
	Summary string `json:"summary"`
	Detail  string `json:"detail,omitempty"`
	Address string `json:"address,omitempty"`
	Place   string `json:"place,omitempty"` // file:line
}

// New returns a report of accounts, most urgent first.
func New(kind Kind, title string, at time.Time, accounts []Account) Report {
	r := Report{Version: Version, Kind: kind, Title: title, Time: at.UTC().Format(time.RFC3339), Accounts: accounts}
	for i := range accounts {
		accounts[i].sort()
	}
	slices.SortStableFunc(accounts, Account.compare)
	r.Totals = count(accounts)
	return r
}

func (a Account) sort() {
	slices.SortStableFunc(a.Differences, func(x, y Difference) int {
		return cmp.Or(x.Severity.rank()-y.Severity.rank(), x.Direction.rank()-y.Direction.rank(), cmp.Compare(x.Address, y.Address))
	})
	slices.SortStableFunc(a.Controls, func(x, y Control) int {
		return cmp.Or(x.urgency()-y.urgency(), x.Severity.rank()-y.Severity.rank())
	})
}

func (c Control) urgency() int {
	return slices.Index([]ControlStatus{ControlFailed, ControlNotEvaluated, ControlAccepted, ControlPassed}, c.Status)
}

// compare orders accounts: those that could not be compared first, then the worst.
func (a Account) compare(b Account) int {
	urgency := func(s Status) int { return slices.Index(Statuses(), s) }
	if !a.Status.Known() || !b.Status.Known() {
		if by := urgency(a.Status) - urgency(b.Status); by != 0 {
			return by
		}
	}
	x, y := a.bySeverity(), b.bySeverity()
	for _, s := range Severities() {
		if by := y[s] - x[s]; by != 0 {
			return by
		}
	}
	return cmp.Or(urgency(a.Status)-urgency(b.Status), b.WarningsThatCount()-a.WarningsThatCount(), cmp.Compare(a.ID, b.ID))
}

// bySeverity counts the findings: differences and failed controls.
func (a Account) bySeverity() map[Severity]int {
	counts := map[Severity]int{}
	for _, d := range a.Differences {
		counts[d.Severity]++
	}
	for _, c := range a.Controls {
		if c.Status == ControlFailed {
			counts[c.Severity]++
		}
	}
	return counts
}

// failedChecks returns the failed checks.
func (a Account) failedChecks() []Check {
	return slices.DeleteFunc(slices.Clone(a.Checks), func(c Check) bool { return !c.Fails() })
}

// WarningsThatCount returns the number of warnings about an object.
func (a Account) WarningsThatCount() (n int) {
	for _, w := range a.Warnings {
		if w.Address != "" {
			n++
		}
	}
	return n
}

// weakerMark ends the line of a weaker value in the provider's warnings.
const weakerMark = "(weaker)"

// Weaker counts what makes the account weaker: differences, and lines in warnings about
// objects that the plan adopts, whose present values are in no plan.
func (a Account) Weaker() (n int) {
	rows := map[string]bool{}
	for _, d := range a.Differences {
		if d.Direction == Weaker {
			n++
		}
		if d.Attribute != "" {
			rows[d.Address] = true
		}
	}
	for _, w := range a.Warnings {
		for line := range strings.Lines(w.Detail) {
			if w.Address != "" && !rows[w.Address] && strings.HasSuffix(strings.TrimSpace(line), weakerMark) {
				n++
			}
		}
	}
	return n
}

// controlTotals counts the account's controls.
func (a Account) controlTotals() (t ControlTotals) {
	for _, c := range a.Controls {
		switch c.Status {
		case ControlPassed:
			t.Passed++
		case ControlFailed:
			t.Failed++
		case ControlAccepted:
			t.Accepted++
		case ControlNotEvaluated:
			t.NotEvaluated++
		}
	}
	return t
}

// All returns the number of controls.
func (t ControlTotals) All() int { return t.Passed + t.Failed + t.Accepted + t.NotEvaluated }

func count(accounts []Account) Totals {
	t := Totals{Accounts: len(accounts), ByStatus: map[Status]int{}, BySeverity: map[Severity]int{}}
	for _, s := range Statuses() {
		t.ByStatus[s] = 0
	}
	for _, s := range Severities() {
		t.BySeverity[s] = 0
	}
	for _, a := range accounts {
		t.ByStatus[a.Status]++
		t.Differences += len(a.Differences)
		t.Weaker += a.Weaker()
		for s, n := range a.bySeverity() {
			t.BySeverity[s] += n
		}
		t.FailedChecks += len(a.failedChecks())
		t.Warnings += a.WarningsThatCount()
		c := a.controlTotals()
		t.Controls.Passed += c.Passed
		t.Controls.Failed += c.Failed
		t.Controls.Accepted += c.Accepted
		t.Controls.NotEvaluated += c.NotEvaluated
	}
	return t
}

// ExitCode returns 1 if an account could not be compared, 2 if there is a finding, and 0
// otherwise.
func (r Report) ExitCode() int {
	code := 0
	if len(r.Accounts) == 0 {
		return 1
	}
	for _, a := range r.Accounts {
		switch {
		case !a.Status.Known():
			return 1
		case a.Status != Clean:
			code = 2
		}
	}
	return code
}

// findings returns the keys of the findings of an account.
func (a Account) findings() map[string]bool {
	keys := map[string]bool{}
	for _, d := range a.Differences {
		keys["difference "+d.Address+" "+d.Attribute] = true
	}
	for _, c := range a.failedChecks() {
		keys["check "+c.Name] = true
	}
	for _, c := range a.Controls {
		if c.Status == ControlFailed {
			keys["control "+c.key()] = true
		}
	}
	for _, w := range a.Warnings {
		if w.Address != "" {
			keys["warning "+w.Address+" "+w.Summary] = true
		}
	}
	return keys
}

// Compare adds the trend since an earlier report. If one of the two reports could not read
// an account, its findings count neither as new nor as resolved.
func (r *Report) Compare(earlier Report) {
	trend := &Trend{Since: earlier.Time, Before: earlier.Totals}
	before := map[string]Account{}
	for _, a := range earlier.Accounts {
		before[a.ID] = a
	}
	for i := range r.Accounts {
		a := &r.Accounts[i]
		was, known := before[a.ID]
		delete(before, a.ID)
		if !known {
			trend.Joined = append(trend.Joined, a.ID)
			continue
		}
		if !a.Status.Known() || !was.Status.Known() {
			continue
		}
		old, now := was.findings(), a.findings()
		for key := range now {
			if !old[key] {
				a.New++
			}
		}
		for key := range old {
			if !now[key] {
				a.Resolved++
			}
		}
		trend.New += a.New
		trend.Resolved += a.Resolved
	}
	for id := range before {
		trend.Left = append(trend.Left, id)
	}
	slices.Sort(trend.Joined)
	slices.Sort(trend.Left)
	r.Trend = trend
}
