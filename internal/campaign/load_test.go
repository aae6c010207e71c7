// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The short form of the load: few users, in real time too.
func TestLoad_ofFewUsersSucceeds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Run(t.Context(), &out, Options{Pieces: []string{"load"}, Users: 20, Root: t.TempDir()}); err != nil {
		t.Fatal(err, out.String())
	}
	if !strings.Contains(out.String(), "24 users at half the quota: create") {
		t.Errorf("no run has half the quota: %s", out.String())
	}
}

// sent returns calls of an action, one after each gap.
func sent(action, code string, apart ...time.Duration) (calls []ramtest.Call) {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, gap := range apart {
		at = at.Add(gap)
		calls = append(calls, ramtest.Call{Action: action, Code: code, Time: at})
	}
	return calls
}

// The checks of the load detect what they are for.
func TestLoad_checksDetectViolations(t *testing.T) {
	t.Parallel()
	together := make([]time.Duration, longestBurst+1)
	often := make([]time.Duration, 2*mostAttempts+1)
	for at := range often {
		often[at] = time.Second
	}
	for name, test := range map[string]struct {
		calls   []ramtest.Call
		stalled time.Duration
		halved  bool
		want    string // empty: nothing is forbidden
	}{
		"a throttled call":                     {calls: sent("CreateUser", "Throttling.User", 0), want: "were throttled"},
		"a throttled call, by a slow machine":  {calls: sent("CreateUser", "Throttling.User", 0), stalled: time.Second},
		"a write that is sent twice":           {calls: sent("CreateUser", "", 0, 1, 1), want: "CreateUser is sent 3 times"},
		"a write for each":                     {calls: sent("CreateUser", "", 0, 1)},
		"too many reads":                       {calls: sent("GetUser", "", make([]time.Duration, 9)...), want: "9 reads for 6 resources"},
		"a read for each":                      {calls: sent("GetUser", "", make([]time.Duration, 6)...)},
		"all retry together":                   {calls: sent("CreateUser", "", together...), halved: true, want: "within a tenth of a second"},
		"more attempts than there may be":      {calls: sent("CreateUser", "", often...), halved: true, want: "is sent 11 times by"},
		"a throttled call at half of the rate": {calls: sent("CreateUser", "Throttling.User", 0, time.Second), halved: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &load{f: newFigures("load"), people: []*person{{name: "a"}, {name: "b"}}, title: "two"}
			p := &phase{name: "create", reads: 1, calls: test.calls, stalled: test.stalled}
			if test.halved {
				l.checkBackoff(p)
			} else {
				l.checkQuota(p)
			}
			var out bytes.Buffer
			for _, wrong := range l.f.wrong {
				out.WriteString(wrong.What)
			}
			if test.want == "" && out.Len() > 0 || !strings.Contains(out.String(), test.want) {
				t.Errorf("%q, want %q", out.String(), test.want)
			}
		})
	}
}

func TestPeak_countsWithinASpan(t *testing.T) {
	t.Parallel()
	times := []time.Time{}
	for _, call := range sent("X", "", 0, 10*time.Millisecond, 80*time.Millisecond, 20*time.Millisecond, 2*time.Second) {
		times = append(times, call.Time)
	}
	if got := []int{peak(times, 100*time.Millisecond), peak(times, time.Second), peak(nil, time.Second)}; got[0] != 3 || got[1] != 4 || got[2] != 0 {
		t.Errorf("the most within 0.1 s, 1 s, and of none are %v", got)
	}
}
