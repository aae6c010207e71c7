// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The short campaign: the same sample of the sweep, the pairs and the walks each time, and a short soak.
func TestSweepPairsShapesWalksAndSoak(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := Run(t.Context(), &out, Options{Pieces: []string{"sweep", "pairs", "shapes", "walks", "soak"}, Share: 40, Walks: 40, Seed: 11, Loops: 60})
	if err != nil {
		t.Fatal(err, out.String())
	}
	t.Log(out.String())
}

// The matrix names each fault once, and only rules and outcomes that exist.
func TestFaults_areAMatrix(t *testing.T) {
	t.Parallel()
	rows, err := faults()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.ID+row.Name] {
			t.Errorf("%s %s is in the matrix twice", row.ID, row.Name)
		}
		seen[row.ID+row.Name] = true
		if _, err := time.ParseDuration(row.Offset); row.Offset != "" && err != nil {
			t.Errorf("%s: %s", row.Name, err)
		}
		for phase, want := range row.Want {
			for call, classes := range want {
				for _, class := range strings.Fields(classes) {
					if outcomeMeanings[class] == "" {
						t.Errorf("%s %s %s: there is no outcome %q", row.Name, phase, call, class)
					}
				}
			}
		}
		srv := ramtest.New(t)
		srv.Inject(row.rules(place{action: "GetUser", nth: 1, phase: before, repeat: once})...) // fails the test if there is no such rule
	}
	for _, id := range []string{"F01", "F02", "F05", "F07", "F10", "F14", "F16", "F17", "F18", "F20", "F22", "F24", "F26", "F29", "F30", "F31", "F32", "F33", "F34", "F36", "F37", "F38"} {
		if !strings.Contains(string(faultTable), id) {
			t.Errorf("%s is not in the matrix", id)
		}
	}
}

// The checks detect what they are for: each gets a result that must not be.
func TestCheck_detectsForbiddenOutcomes(t *testing.T) {
	t.Parallel()
	base := newBase(t.Context())
	byKind := map[string]acctest.Subject{}
	for _, s := range acctest.Subjects() {
		byKind[s.Kind] = s
	}
	others := func(act func(*ramtest.Account)) func(*result) {
		return func(p *result) {
			p.srv.Change(act)
			history := p.srv.History()
			for _, e := range history[len(history)-1:] {
				e.Actor = "SetSecurityPreference"
				p.events = append(p.events, e)
			}
			p.accountAfter = p.account()
		}
	}
	for name, test := range map[string]struct {
		kind, operation string
		change          func(*result)
		want            string
	}{
		"an unmanaged field": {"ram_password_policy", creates, others(func(a *ramtest.Account) { a.Preference.LoginSessionDuration = 3 }), "is not managed"},
		"another value":      {"ram_password_policy", creates, others(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 9 }), "the configuration has another value"},
		"an untracked key":   {"ram_access_key", creates, func(p *result) { p.after.State = p.prior.State }, "no message names it"},
		"a second key":       {"ram_access_key", creates, others(func(a *ramtest.Account) { acctest.AddKey(a, "alice", acctest.LeftoverKey, time.Now()) }), "no message names it"},
		"another secret":     {"ram_access_key", creates, func(p *result) { p.accountAfter.Users["alice"].Keys[0].Secret = "another" }, "not that of the service"},
		"a secret in the log": {"ram_access_key", creates, func(p *result) {
			p.transcript.outputs = append(p.transcript.outputs, p.accountAfter.Users["alice"].Keys[0].Secret)
		}, "a secret leaked"},
		"a password in hex": {"ram_login_profile", creates, func(p *result) {
			p.transcript.outputs = append(p.transcript.outputs, fmt.Sprintf("%x", p.subject.Secrets[0]))
		}, "a secret leaked"},
		"a broken promise": {"ram_user", creates, func(p *result) { p.transcript.Errorf("x") }, "a bug"},
		"a long wait":      {"ram_user", creates, func(p *result) { p.waited = time.Hour }, "it took"},
		"too many sends": {"ram_access_key", creates, func(p *result) {
			for range 3 {
				p.calls = append(p.calls, ramtest.Call{Action: "CreateAccessKey"})
			}
		}, "was sent 4 times"},
		"a success without effect": {"ram_account_alias", creates, func(p *result) { p.accountAfter = p.account(); p.accountAfter.Alias = "" }, "without a warning"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := testCase{subject: byKind[test.kind], operation: test.operation}
			p, err := plain.execute(t.Context(), base)
			if err != nil {
				t.Fatal(err)
			}
			defer p.close()
			free := p.baseline()
			test.change(p)
			if v := p.check(free); !strings.Contains(strings.Join(v.forbidden, "\n"), test.want) {
				t.Errorf("%q is not among %q", test.want, v.forbidden)
			}
		})
	}
}

// A forbidden outcome ends the campaign with an error, and prints how to run the case again.
func TestRun_endsWithAnErrorAfterAForbiddenOutcome(t *testing.T) {
	t.Parallel()
	f := newFigures("piece")
	f.forbid(replayCommand("sweep", "case"), "it is so")
	var out bytes.Buffer
	one := f.record()
	one.write(&out)
	if !strings.Contains(out.String(), "FORBIDDEN: it is so\n  Run it again: go run ./internal/cmd/campaign -pieces sweep -only \"case\"") {
		t.Error(out.String())
	}
	if err := Run(t.Context(), &out, Options{Pieces: []string{"mutants"}, Root: t.TempDir()}); err == nil || errors.Is(err, ErrForbidden) {
		t.Errorf("a campaign that cannot run ends with %v", err)
	}
}
