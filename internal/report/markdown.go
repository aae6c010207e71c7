// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"io"
	"strings"
)

// longestMarkdown is the maximum length of a comment or an issue on GitHub, with a margin.
const longestMarkdown = 60_000

// WriteMarkdown writes a report for a pull request, an issue or a job summary. If the
// report is too long, it is cut, and it states how much is missing.
func (r Report) WriteMarkdown(w io.Writer) error {
	m := &markdown{kind: r.Kind}
	m.line("# %s", escapeMarkdown(r.Headline()))
	if len(r.Accounts) != 1 {
		r.overview(m)
	}
	for i, a := range r.Accounts {
		if len(r.Accounts) > 1 && a.Status == Clean {
			continue
		}
		section := &markdown{kind: r.Kind}
		section.account(a, len(r.Accounts) > 1)
		if m.Len()+section.Len() > longestMarkdown {
			left := 0
			for _, b := range r.Accounts[i:] {
				if b.Status != Clean {
					left++
				}
			}
			m.line("")
			m.line("**%s left out here:** the text is as long as a comment may be. The HTML page and the JSON file have all.", plural(left, "account"))
			break
		}
		_, _ = m.WriteString(section.String())
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
	kind Kind
}

func (m *markdown) line(format string, arguments ...any) { fmt.Fprintf(m, format+"\n", arguments...) }

// escapeMarkdown escapes a text outside of a code span.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range visible(s) {
		if strings.ContainsRune("\\`*_{}[]<>#+!|~&@", r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// overview writes the part that only a report of several accounts has.
func (r Report) overview(m *markdown) {
	m.line("")
	m.line("%s.", plural(r.Totals.Accounts, "account"))
	m.line("")
	m.line("| Result | Accounts |\n|---|--:|")
	for _, s := range Statuses() {
		if n := r.Totals.ByStatus[s]; n > 0 {
			m.line("| %s | %d |", s.Label(r.Kind), n)
		}
	}
	if t := r.Totals.Controls; t.All() > 0 {
		m.line("")
		m.line("Controls: %d passed, %d failed, %d accepted, %d not evaluated.", t.Passed, t.Failed, t.Accepted, t.NotEvaluated)
	}
	if t := r.Trend; t != nil {
		m.line("")
		m.line("Since %s: %d new, %d resolved.", t.Since, t.New, t.Resolved)
	}
	if failures := r.TopFailures(); len(failures) > 0 {
		m.line("\n## Controls that fail most\n")
		m.line("| Severity | Control | | Accounts |\n|---|---|---|--:|")
		for _, f := range failures[:min(len(failures), 10)] {
			m.line("| %s | %s | %s | %d |", f.Control.Severity, code(f.Control.Name()), code(f.Control.Title), len(f.Accounts))
		}
	}
	m.line("\n## Accounts\n")
	m.line("| Account | Result | Weaker | Differences | Failed checks | Failed controls | Warnings |\n|---|---|--:|--:|--:|--:|--:|")
	left := 0
	for _, a := range r.Accounts {
		if a.Status == Clean {
			continue
		}
		if m.Len() > longestMarkdown/2 {
			left++
			continue
		}
		result := "**" + a.Status.Label(r.Kind) + "**"
		if a.Reason != "" && !a.Status.Known() {
			result += ": " + code(short(a.Reason))
		}
		m.line("| %s | %s | %d | %d | %d | %d | %d |", code(a.Heading()), result, a.Weaker(), len(a.Differences), len(a.failedChecks()), a.controlTotals().Failed, a.WarningsThatCount())
	}
	if left > 0 {
		m.line("\n**%s left out here.** The HTML page and the JSON file have all.", plural(left, "account"))
	}
	if n := r.Totals.ByStatus[Clean]; n > 0 {
		m.line("\n%s clean.", plural(n, "account"))
	}
}

func (m *markdown) account(a Account, several bool) {
	level := "##"
	if several {
		m.line("\n## Account %s", code(a.Heading()))
		level = "###"
	}
	if !a.Status.Known() {
		m.line("\n%s: %s", capital(a.Status.Label(m.kind)), code(a.Reason))
		m.notices(level, "Errors", a.Errors)
		m.notices(level, "Warnings", a.Warnings)
		return
	}
	facts := a.facts()
	m.line("\n%s in account %s%s.", facts[0], code(a.Heading()), factsCode(facts[1:]))
	if a.Status == NeverApplied {
		m.line("\nThe state is empty: this configuration was never applied to the account, or this is the wrong backend or workspace.")
	}
	declared, undeclared := split(a.Differences)
	m.declared(level, a, declared)
	m.undeclared(level, a, undeclared)
	if len(a.Differences) > 0 && m.kind == Drift && len(events(a.Differences)) > 0 {
		m.line("\nWho made the change: [ActionTrail](%s) of this account, for 90 days. Search for the events %s.", trailURL, code(strings.Join(events(a.Differences), ", ")))
	}
	m.checks(level, a)
	m.controls(level, a)
	m.notices(level, "Warnings", a.Warnings)
	m.notes(level, a)
	if a.Source.Run != "" {
		m.line("\n[The run](%s)", safeURL(a.Source.Run))
	}
}

func factsCode(facts []string) string {
	out := ""
	for _, fact := range facts {
		out += ", " + code(fact)
	}
	return out
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// safeURL returns an address that cannot end its link, or "" for any other address.
func safeURL(s string) string {
	if !strings.HasPrefix(s, "https://") || strings.ContainsAny(s, " ()<>[]\\\"'`|") || s != visible(s) {
		return "#"
	}
	return s
}

func (m *markdown) declared(level string, a Account, differences []Difference) {
	if len(differences) == 0 {
		return
	}
	if m.kind == Plan {
		m.line("\n%s What an apply changes", level)
		m.table(true, differences)
		return
	}
	m.line("\n%s Declared, and not so in the account", level)
	m.table(true, differences)
	if a.Repair != "" {
		m.line("\nTo put back what is declared, after reading the plan that it shows:\n\n%s", fenced("shell", a.Repair))
	}
	if body := lines(differences); body != "" {
		m.line("\nOr, where what was found is right, write it into the configuration:\n\n%s", fenced("hcl", body))
	}
}

func (m *markdown) undeclared(level string, a Account, differences []Difference) {
	if len(differences) == 0 {
		return
	}
	m.line("\n%s Not declared, and changed since the last apply", level)
	m.table(false, differences)
	m.line("\nNo apply puts these back, because the configuration does not name them.")
	if body := lines(differences); body != "" {
		m.line("\nTo get back what was last seen, and to have it watched from now on, declare it and apply:\n\n%s", fenced("hcl", body))
	}
	if a.Accept != "" {
		m.line("\nTo accept what was found, which changes the state and not the account:\n\n%s", fenced("shell", a.Accept))
	}
}

func (m *markdown) table(declared bool, differences []Difference) {
	wanted, found := columns(m.kind, declared)
	m.line("\n| | Severity | Object | Attribute | %s | %s | Controls | Who is affected |\n|--:|---|---|---|---|---|---|---|", wanted, found)
	for i, d := range differences {
		attribute := "all of it"
		if d.Attribute != "" {
			attribute = code(d.Attribute)
		}
		controls := make([]string, len(d.Controls))
		for i, c := range d.Controls {
			controls[i] = code(c)
		}
		m.line("| %d | %s, %s | %s | %s | %s | %s | %s | %s |", i+1, d.Severity, d.Direction, code(d.Address), attribute, d.text(d.Wanted), d.text(d.Found), strings.Join(controls, ", "), d.Who)
	}
}

// text returns a value of a difference as Markdown.
func (d Difference) text(value string) string {
	if d.Sensitive {
		return value
	}
	if d.Attribute == "" && value == visible(value) && !strings.ContainsAny(value, "`|[<*_") {
		return value
	}
	return code(short(value))
}

func (m *markdown) checks(level string, a Account) {
	if len(a.failedChecks()) > 0 {
		m.line("\n%s Checks that do not hold\n\n| Check | | Message |\n|---|---|---|", level)
	}
	for _, c := range a.failedChecks() {
		status := "failed"
		if c.Status == "error" {
			status = "cannot be evaluated"
		}
		messages := make([]string, len(c.Messages))
		for i, message := range c.Messages {
			messages[i] = code(message)
		}
		m.line("| %s | %s | %s |", code(c.Name), status, strings.Join(messages, "<br>"))
	}
}

func (m *markdown) controls(level string, a Account) {
	t := a.controlTotals()
	if t.All() == 0 {
		return
	}
	m.line("\n%s Controls\n\n%d of %d passed, %d failed, %d accepted, %d not evaluated.", level, t.Passed, t.All(), t.Failed, t.Accepted, t.NotEvaluated)
	if t.Passed == t.All() {
		return
	}
	m.line("\n| Severity | Control | | Result | Wanted | Found | Who |\n|---|---|---|---|---|---|---|")
	for _, c := range a.Controls {
		if c.Status == ControlPassed {
			continue
		}
		result := c.Status.Label()
		for _, more := range []string{c.Reason, c.Note} {
			if more != "" {
				result += ": " + code(short(more))
			}
		}
		m.line("| %s | %s | %s | %s | %s | %s | %s |", c.Severity, code(c.Name()), code(c.Title), result, code(short(c.Wanted)), code(short(c.Found)), code(short(strings.Join(c.Who, ", "))))
	}
}

func (m *markdown) notices(level, title string, notices []Notice) {
	if len(notices) == 0 {
		return
	}
	m.line("\n%s %s\n", level, title)
	for _, n := range notices {
		where := ""
		if n.Address != "" {
			where += " in " + code(n.Address)
		}
		if n.Place != "" {
			where += " at " + code(n.Place)
		}
		m.line("* %s%s", code(n.Summary), where)
		for part := range strings.Lines(n.Detail) {
			if strings.TrimSpace(part) != "" {
				m.line("  <br>%s", code(strings.TrimSpace(part)))
			}
		}
	}
}

func (m *markdown) notes(level string, a Account) {
	lines := []string{}
	for _, c := range a.Checks {
		if !c.Fails() {
			lines = append(lines, "The check "+code(c.Name)+" cannot be judged before an apply. It does not count.")
		}
	}
	for _, note := range a.Notes {
		lines = append(lines, code(note))
	}
	if len(lines) == 0 {
		return
	}
	m.line("\n%s Notes\n", level)
	for _, line := range lines {
		m.line("* %s", line)
	}
}
