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

// The short form of the load: few users, and by the clock on the wall all the same.
func TestLoad_ofFewUsersEndsWell(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Run(t.Context(), &out, Options{Pieces: []string{"load"}, Users: 20, Root: t.TempDir()}); err != nil {
		t.Fatal(err, out.String())
	}
	if !strings.Contains(out.String(), "24 users at half the quota: create") {
		t.Errorf("nobody used half the quota: %s", out.String())
	}
}

// sent are calls of an action, one after each gap.
func sent(action, code string, apart ...time.Duration) (calls []ramtest.Call) {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, gap := range apart {
		at = at.Add(gap)
		calls = append(calls, ramtest.Call{Action: action, Code: code, Time: at})
	}
	return calls
}

// The oracles of the load see what they are for.
func TestLoad_seesWhatMustNotBe(t *testing.T) {
	t.Parallel()
	together := make([]time.Duration, burst+1)
	often := make([]time.Duration, 2*mostSends+1)
	for at := range often {
		often[at] = time.Second
	}
	for name, test := range map[string]struct {
		calls  []ramtest.Call
		stood  time.Duration
		halved bool
		says   string // nothing: it may be
	}{
		"a throttled call":                     {calls: sent("CreateUser", "Throttling.User", 0), says: "were throttled"},
		"a throttled call, by a slow machine":  {calls: sent("CreateUser", "Throttling.User", 0), stood: time.Second},
		"a write that is sent twice":           {calls: sent("CreateUser", "", 0, 1, 1), says: "CreateUser is sent 3 times"},
		"a write for each":                     {calls: sent("CreateUser", "", 0, 1)},
		"too many reads":                       {calls: sent("GetUser", "", make([]time.Duration, 9)...), says: "9 reads for 6 resources"},
		"a read for each":                      {calls: sent("GetUser", "", make([]time.Duration, 6)...)},
		"all come back together":               {calls: sent("CreateUser", "", together...), halved: true, says: "within a tenth of a second"},
		"more sends than there may be":         {calls: sent("CreateUser", "", often...), halved: true, says: "is sent 11 times by"},
		"a throttled call at half of the rate": {calls: sent("CreateUser", "Throttling.User", 0, time.Second), halved: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &load{f: newFigures("load"), members: []*member{{name: "a"}, {name: "b"}}, title: "two"}
			went := &throng{calls: test.calls, stood: test.stood}
			if test.halved {
				l.mayNotBurst("create", went)
			} else {
				l.mayNot("create", 1, went)
			}
			var out bytes.Buffer
			for _, wrong := range l.f.wrong {
				out.WriteString(wrong.What)
			}
			if test.says == "" && out.Len() > 0 || !strings.Contains(out.String(), test.says) {
				t.Errorf("%q, want %q", out.String(), test.says)
			}
		})
	}
}

func TestThrong_countsWithinASpan(t *testing.T) {
	t.Parallel()
	times := []time.Time{}
	for _, call := range sent("X", "", 0, 10*time.Millisecond, 80*time.Millisecond, 20*time.Millisecond, 2*time.Second) {
		times = append(times, call.Time)
	}
	if got := []int{peak(times, 100*time.Millisecond), peak(times, time.Second), peak(nil, time.Second)}; got[0] != 3 || got[1] != 4 || got[2] != 0 {
		t.Errorf("the most within 0.1 s, 1 s, and of none are %v", got)
	}
	median, variation := gaps(times)
	if median != 80*time.Millisecond || variation < 1.5 || variation > 1.7 {
		t.Errorf("the median of the gaps is %s, they vary by %f", median, variation)
	}
	if _, even := gaps(times[:2]); even != 0 {
		t.Errorf("one gap varies by %f", even)
	}
}
