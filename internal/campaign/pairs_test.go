// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Every row is paired with every other and with itself, unless one excludes or hides the other.
func TestPairs_coverAllPairsOfRows(t *testing.T) {
	t.Parallel()
	rows, err := faults()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]*fault]bool{}
	for _, c := range (&pairSweep{sweep: &sweep{rows: rows}}).pairs() {
		if seen[[2]*fault{c.a, c.b}] || seen[[2]*fault{c.b, c.a}] {
			t.Errorf("%s and %s are paired twice", c.a.Name, c.b.Name)
		}
		seen[[2]*fault{c.a, c.b}] = true
	}
	for i := range rows {
		for j := i; j < len(rows); j++ {
			a, b := &rows[i], &rows[j]
			once := i == j && a.At == theWholeRun || a.endsTheRun() && b.endsTheRun()
			excluded := once || hides(a, b) || hides(b, a) || a.hasTwoOwners() || b.hasTwoOwners()
			if seen[[2]*fault{a, b}] == excluded {
				t.Errorf("%s and %s: paired %t", a.Name, b.Name, seen[[2]*fault{a, b}])
			}
		}
	}
}

// Two faults are injected at two places, the first once if it may, and a kill before all.
func TestDrawInjections_leavesRoomForTheSecond(t *testing.T) {
	t.Parallel()
	rows, err := faults()
	if err != nil {
		t.Fatal(err)
	}
	free := &baseline{
		calls: []ramtest.Call{{Action: "GetUser"}, {Action: "ListAccessKeys"}, {Action: "CreateAccessKey"}, {Action: "ListAccessKeys"}},
		sends: map[string]int{"GetUser": 1, "ListAccessKeys": 2, "CreateAccessKey": 1},
	}
	random, drawn := rand.New(rand.NewPCG(1, 1)), 0
	for _, c := range (&pairSweep{sweep: &sweep{rows: rows}}).pairs() {
		injections, ok := drawInjections(random, testCase{operation: creates}, c, free)
		if !ok {
			continue
		}
		drawn++
		first, second := injections[0], injections[1]
		switch {
		case c.a == c.b && first.at == second.at:
			t.Errorf("%s is at one place twice: %v", c.a.Name, first.at)
		case second.endsTheRun():
			t.Errorf("%s comes after %s", second.Name, first.Name)
		case first.at.repeat == lasting && slices.Contains(first.Repeats, once):
			t.Errorf("%s is lasting, which leaves no room for %s", first.Name, second.Name)
		case !first.endsTheRun() && free.callNumber(first.at) > free.callNumber(second.at):
			t.Errorf("%s at %v comes before %s at %v", first.Name, first.at, second.Name, second.at)
		}
	}
	if drawn < 1000 {
		t.Errorf("only %d pairs can happen in a create", drawn)
	}
}

// A fault has happened when its call was sent.
func TestInjection_happened(t *testing.T) {
	t.Parallel()
	calls := []ramtest.Call{{Action: "GetUser"}, {Action: "CreateUser"}, {Action: "GetUser"}}
	for _, test := range []struct {
		at   place
		kind string
		want bool
	}{
		{place{action: "GetUser", nth: 2}, anyCall, true},
		{place{action: "GetUser", nth: 3}, anyCall, false},
		{place{nth: 3}, everyCall, true},
		{place{nth: 4}, everyCall, false},
		{place{}, theWholeRun, true},
	} {
		if got := (injection{&fault{At: test.kind}, test.at}).happened(calls); got != test.want {
			t.Errorf("%v: %t", test.at, got)
		}
	}
}
