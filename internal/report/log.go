// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// diagnostic is a diagnostic in the form of plan -json. The source snippet is not read,
// because it may contain a value.
type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address"`
	Range    *struct {
		Filename string `json:"filename"`
		Start    struct {
			Line int `json:"line"`
		} `json:"start"`
	} `json:"range"`
}

func (d diagnostic) notice() Notice {
	n := Notice{Summary: d.Summary, Detail: d.Detail, Address: d.Address}
	if d.Range != nil && d.Range.Filename != "" {
		n.Place = fmt.Sprintf("%s:%d", d.Range.Filename, d.Range.Start.Line)
	}
	return n
}

// readLogs returns the warnings and errors in the logs of one run without duplicates. Lines
// that are not JSON are messages that the CLI printed before it switched to JSON.
func readLogs(logs [][]byte) (warnings, errs []Notice) {
	seen := map[Notice]bool{}
	add := func(list *[]Notice, n Notice) {
		if once := (Notice{Summary: n.Summary, Detail: n.Detail, Address: n.Address}); !seen[once] {
			seen[once] = true
			*list = append(*list, n)
		}
	}
	for _, log := range logs {
		lines := bufio.NewScanner(bytes.NewReader(log))
		lines.Buffer(nil, len(log)+1)
		for lines.Scan() {
			var line struct {
				Level      string      `json:"@level"`
				Message    string      `json:"@message"`
				Diagnostic *diagnostic `json:"diagnostic"`
			}
			switch err := json.Unmarshal(lines.Bytes(), &line); {
			case err != nil:
			case line.Diagnostic != nil && line.Diagnostic.Severity == "warning":
				add(&warnings, line.Diagnostic.notice())
			case line.Diagnostic != nil && line.Diagnostic.Severity == "error":
				add(&errs, line.Diagnostic.notice())
			case line.Diagnostic == nil && line.Level == "error":
				add(&errs, Notice{Summary: strings.TrimPrefix(line.Message, "Error: ")})
			}
		}
	}
	return warnings, errs
}

// WriteErrors logs the errors of an account that could not be compared.
func (a Account) WriteErrors(w io.Writer) {
	if !a.Status.Known() && len(a.Errors) == 0 {
		fmt.Fprintln(w, visible(a.Reason))
	}
	for _, e := range a.Errors {
		fmt.Fprintf(w, "Error: %s\n", visible(e.Summary))
		if e.Place != "" {
			fmt.Fprintf(w, "  at %s\n", visible(e.Place))
		}
		for line := range strings.Lines(e.Detail) {
			fmt.Fprintf(w, "  %s\n", visible(strings.TrimSuffix(line, "\n")))
		}
	}
}

// withoutChecks omits the warnings that repeat the result of a check, which the plan
// contains.
func withoutChecks(warnings []Notice, checks []Check) []Notice {
	return slices.DeleteFunc(warnings, func(w Notice) bool {
		return strings.HasPrefix(w.Summary, "Check block assertion") || slices.ContainsFunc(checks, func(c Check) bool {
			return slices.ContainsFunc(c.Messages, func(message string) bool { return strings.HasPrefix(message, w.Summary+": ") || message == w.Detail })
		})
	})
}

// AccountsOfErrors returns the ids of the accounts that the errors of a log are about. It takes the
// account id from the key in an address. An error that is about no account is an error here, too.
func AccountsOfErrors(log []byte) (ids []string, err error) {
	_, notices := readLogs([][]byte{log})
	for _, n := range notices {
		key := accountKey.FindStringSubmatch(n.Address)
		if key == nil {
			return nil, fmt.Errorf("%s: this error is about no account", visible(n.Summary))
		}
		if !slices.Contains(ids, key[1]) {
			ids = append(ids, key[1])
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("the log has no error")
	}
	slices.Sort(ids)
	return ids, nil
}

// noRole matches the service's refusal to assume a role: the role does not exist, or its
// trust policy does not allow the caller.
var noRole = regexp.MustCompile(`EntityNotExist\.Role|(NoPermission|AuthenticationFail\.NoPermission)[\s\S]*AssumeRole|AssumeRole[\s\S]*NoPermission`)

// reasonOf returns the status and the reason of a run that failed.
func reasonOf(errs []Notice) (Status, string) {
	for _, e := range errs {
		if noRole.MatchString(e.Detail) {
			return NoAccess, e.Summary + ": the role cannot be assumed"
		}
	}
	if len(errs) == 0 {
		return Failed, "There is no plan, and the log has no error"
	}
	return Failed, errs[0].Summary
}
