// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/xml"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// planted is an account with one defect: its plan and its log, and the text that each
// format must show in the part of this account.
type planted struct {
	plan   func(plan m, id string)
	log    m
	status Status
	shows  string
}

// plantedAccounts are five of 200 accounts, by number.
var plantedAccounts = map[int]planted{
	17: {
		log:    m{"severity": "error", "summary": "Cannot assume the role", "detail": "AssumeRole: EntityNotExist.Role", "address": ""},
		status: NoAccess, shows: "EntityNotExist.Role",
	},
	58: {
		plan: func(plan m, id string) {
			plan["resource_changes"] = []any{updated("ram_password_policy", "this", id, m{"minimum_password_length": 8}, m{"minimum_password_length": 14})}
		},
		status: Differs, shows: "minimum_password_length",
	},
	99: {
		plan: func(plan m, _ string) {
			plan["planned_values"] = m{"outputs": m{"controls": m{"value": []any{
				m{"id": "1.1", "title": "passes", "status": "passed"},
				m{"id": "1.3", "title": "The root account has MFA", "status": "failed", "wanted": "[]", "found": `["<root>"]`, "who": []string{"<root>"}},
			}}}}
		},
		status: Failing, shows: "The root account has MFA",
	},
	131: {
		plan: func(plan m, _ string) {
			plan["checks"] = []any{m{"address": m{"to_display": "check.old_keys"}, "status": "fail", "instances": []any{m{"status": "fail", "problems": []any{m{"message": "Keys are older than a year."}}}}}}
		},
		status: Failing, shows: "Keys are older than a year.",
	},
	180: {
		log:    m{"severity": "warning", "summary": "User deploy has an undeclared AccessKey", "detail": "LTAI5tExample", "address": "ram_user_credentials_exclusive.deploy"},
		status: Failing, shows: "User deploy has an undeclared AccessKey",
	},
}

// plantedFleet returns the report of 200 accounts from their plans.
func plantedFleet(t *testing.T) (Report, map[string]planted) {
	t.Helper()
	accounts, broken := []Account{}, map[string]planted{}
	for i := range 200 {
		id := fmt.Sprintf("21%014d", i)
		unchanged := updated("ram_password_policy", "this", id, m{"minimum_password_length": 14}, m{"minimum_password_length": 14})
		unchanged["change"].(m)["actions"] = []string{"no-op"}
		plan := m{"resource_changes": []any{unchanged}, "planned_values": m{"outputs": m{"controls": m{"value": []any{m{"id": "1.1", "title": "passes", "status": "passed"}}}}}}
		run := Run{Kind: Drift, ID: id, Name: fmt.Sprintf("team-%d", i)}
		if p, ok := plantedAccounts[i]; ok {
			broken[id] = p
			if p.plan != nil {
				p.plan(plan, id)
			}
			if p.log != nil {
				run.Logs = [][]byte{planJSON(t, m{"@level": p.log["severity"], "diagnostic": p.log})}
			}
		}
		if broken[id].status != NoAccess {
			run.Declared, run.Undeclared = planJSON(t, plan), planJSON(t, m{})
		}
		more, err := run.Accounts()
		must(t, err)
		accounts = append(accounts, more...)
	}
	return New(Drift, "RAM fleet", time.Unix(0, 0), accounts), broken
}

// The page, the Markdown and the JUnit file show the five defective accounts, each in its
// own part, and no other account.
func TestReport_planted(t *testing.T) {
	t.Parallel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	r, broken := plantedFleet(t)
	out := render(t, r)
	runtime.ReadMemStats(&after)
	t.Logf("%d plans and reports in %v, %d MB allocated", len(r.Accounts), time.Since(began).Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
	statuses := map[string]Status{}
	for _, a := range r.Accounts {
		if a.Status != Clean {
			statuses[a.ID] = a.Status
		}
	}
	want := map[string]Status{}
	for id, p := range broken {
		want[id] = p.status
	}
	if len(r.Accounts) != 200 || !maps.Equal(statuses, want) {
		t.Fatalf("%d accounts, broken are %v, want %v", len(r.Accounts), statuses, want)
	}
	for format, parts := range map[string]map[string]string{
		"HTML":     partsOf(out["html"], regexp.MustCompile(`(?s)<article id="[^"]*">\s*<h3>(\d+).*?</article>`)),
		"Markdown": partsOf(out["markdown"]+"\n## ", regexp.MustCompile("(?s)\n## Account `(\\d+)")),
		"JUnit":    junitParts(t, out["junit"]),
	} {
		if format == "HTML" {
			maps.DeleteFunc(parts, func(_, part string) bool { return strings.Contains(part, "s-clean") })
		}
		if got := slices.Sorted(maps.Keys(parts)); !slices.Equal(got, slices.Sorted(maps.Keys(broken))) {
			t.Errorf("%s has %v", format, got)
		}
		for id := range broken {
			for other, p := range broken {
				if shows := strings.Contains(parts[id], p.shows); shows != (id == other) {
					t.Errorf("%s: the part of %s and %q: %v\n%s", format, id, p.shows, shows, parts[id])
				}
			}
		}
	}
}

// partsOf splits a text by the account id that head matches.
func partsOf(text string, head *regexp.Regexp) map[string]string {
	parts := map[string]string{}
	places := head.FindAllStringSubmatchIndex(text, -1)
	for i, at := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		parts[text[at[2]:at[3]]] = text[at[0]:end]
	}
	return parts
}

// junitParts returns the suites with a failure or an error.
func junitParts(t *testing.T, text string) map[string]string {
	t.Helper()
	var suites junitSuites
	must(t, xml.Unmarshal([]byte(text), &suites))
	parts := map[string]string{}
	for _, suite := range suites.Suites {
		if suite.Failures+suite.Errors > 0 {
			id, _, _ := strings.Cut(suite.Name, " ")
			content, err := xml.Marshal(suite)
			must(t, err)
			parts[id] = string(content)
		}
	}
	return parts
}
