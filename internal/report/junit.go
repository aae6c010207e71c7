// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Error   *junitMessage `xml:"error,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a report as JUnit XML: a suite for each account, and a case for each
// difference, check, control and warning. An account without findings has one passing case.
// An account that could not be compared has one error.
func (r Report) WriteJUnit(w io.Writer) error {
	suites := junitSuites{Name: visible(r.Title)}
	for _, a := range r.Accounts {
		suite := a.suite(r.Kind)
		suites.Suites = append(suites.Suites, suite)
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
		suites.Errors += suite.Errors
		suites.Skipped += suite.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (a Account) suite(kind Kind) junitSuite {
	s := junitSuite{Name: visible(a.Heading()), Timestamp: a.Source.Time}
	add := func(class, name string, failure, fault, skipped *junitMessage) {
		s.Cases = append(s.Cases, junitCase{visible(class), visible(name), failure, fault, skipped})
	}
	message := func(title, text string) *junitMessage { return &junitMessage{visible(title), visibleLines(text)} }
	if !a.Status.Known() {
		add("account", a.Heading(), nil, message(a.Status.Label(kind)+": "+a.Reason, noticesText(a.Errors)), nil)
	}
	for _, d := range a.Differences {
		name := strings.TrimSuffix(d.Address+"."+d.Attribute, ".")
		wanted, found := columns(kind, d.Declared)
		add("difference", name, message(fmt.Sprintf("%s, %s", d.Severity, d.Direction), fmt.Sprintf("%s: %s\n%s: %s\n%s", wanted, d.Wanted, found, d.Found, d.Who)), nil, nil)
	}
	for _, c := range a.Checks {
		if c.Fails() {
			add("check", c.Name, message(c.Status, strings.Join(c.Messages, "\n")), nil, nil)
		} else {
			add("check", c.Name, nil, nil, message("cannot be judged before an apply", ""))
		}
	}
	for _, c := range a.Controls {
		name := strings.TrimSpace(c.key() + " " + c.Title)
		switch c.Status {
		case ControlFailed:
			add("control", name, message(string(c.Severity), fmt.Sprintf("wanted %s\nfound %s\n%s", c.Wanted, c.Found, strings.Join(c.Who, ", "))), nil, nil)
		case ControlPassed:
			add("control", name, nil, nil, nil)
		default:
			add("control", name, nil, nil, message(strings.TrimSpace(c.Status.Label()+" "+c.Reason), ""))
		}
	}
	for _, n := range a.Warnings {
		if n.Address == "" {
			add("warning", n.Summary, nil, nil, message(n.Summary, n.Detail))
			continue
		}
		add("warning", n.Address+": "+n.Summary, message(n.Summary, n.Detail), nil, nil)
	}
	if len(s.Cases) == 0 {
		add("account", a.Heading(), nil, nil, nil)
	}
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	return s
}

// visibleLines is visible for a text with several lines.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

func noticesText(notices []Notice) string {
	var b strings.Builder
	for _, n := range notices {
		fmt.Fprintf(&b, "%s\n%s\n", n.Summary, n.Detail)
	}
	return b.String()
}
