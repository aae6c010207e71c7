// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// pairSweep injects two faults into one operation: every pair of rows of the matrix on
// some resource, and each row with itself at two places.
// One fault may end the operation before the other, so a pair of which one did not
// happen is tried on other resources, a few times.
type pairSweep struct {
	*sweep

	seed     uint64
	plain    []testCase
	happened atomic.Int64 // pairs of which both faults happened
}

// tries is how often a pair is tried.
const tries = 4

// faultPair is a pair of rows, and its number.
type faultPair struct {
	n    int
	a, b *fault
}

// pairs returns all pairs of rows that can happen in one operation: a run is killed once, and a clock is off once. Two resources for
// one object are several operations, and are no part of a pair.
func (p *pairSweep) pairs() (all []faultPair) {
	n := 0
	for i := range p.rows {
		for j := i; j < len(p.rows); j++ {
			a, b := &p.rows[i], &p.rows[j]
			if i == j && a.At == theWholeRun || a.endsTheRun() && b.endsTheRun() || hides(a, b) || hides(b, a) || a.hasTwoOwners() || b.hasTwoOwners() {
				continue
			}
			n++
			if p.share <= 1 || n%int(p.share) == 0 {
				all = append(all, faultPair{n, a, b})
			}
		}
	}
	return all
}

// hides reports whether one fault hides the other: a stale read does not show what others wrote, or what a duplicated
// request created. The service has no conditional write, so a change of others may be
// overwritten; a second key is named by the next create for its user, not by this run.
func hides(a, b *fault) bool { return a.Act == "stale" && (b.Act == "foreign" || b.duplicates()) }

// endsTheRun reports whether the fault ends the run.
func (f fault) endsTheRun() bool { return f.Act == "kill" || f.Act == "unsaved" }

// cases returns a few cases of the pair, in an order that the seed draws.
func (p *pairSweep) cases(c faultPair, free map[string]*baseline) (all []testCase) {
	random := rand.New(rand.NewPCG(p.seed, uint64(c.n))) //nolint:gosec // it shall be drawn again
	for _, i := range random.Perm(len(p.plain)) {
		plain := p.plain[i]
		b := free[plain.baseName()]
		drawn, ok := drawInjections(random, plain, c, b)
		if !ok {
			continue
		}
		if t := plain.with(drawn...); strings.Contains(t.name(), p.only) {
			all = append(all, t)
		}
		if len(all) == tries && p.only == "" {
			break
		}
	}
	return all
}

// drawInjections draws two different places. The first fault happens once if it may, to leave room for the second.
func drawInjections(random *rand.Rand, plain testCase, c faultPair, free *baseline) ([]injection, bool) {
	first, second := placesIn(c.a, plain, free), placesIn(c.b, plain, free)
	if len(first) == 0 || len(second) == 0 {
		return nil, false
	}
	drawn := []injection{{c.a, first[random.IntN(len(first))]}, {c.b, second[random.IntN(len(second))]}}
	slices.SortStableFunc(drawn, func(x, y injection) int { return cmp.Compare(free.callNumber(x.at), free.callNumber(y.at)) })
	if one := drawn[0]; one.at.repeat == lasting && slices.Contains(one.Repeats, once) {
		drawn[0].at.repeat = once
	}
	if c.a == c.b && drawn[0].at == drawn[1].at {
		return nil, false
	}
	if drawn[1].endsTheRun() { // it has to be the first rule: no request is sent any more
		slices.Reverse(drawn)
	}
	return drawn, true
}

func placesIn(row *fault, plain testCase, free *baseline) []place {
	if len(row.Operations) > 0 && !slices.Contains(row.Operations, plain.operation) {
		return nil
	}
	return places(row, free)
}

// callNumber returns the number of the call at a place among all calls.
func (f *baseline) callNumber(at place) int {
	n := 0
	for i, call := range f.calls {
		if at.action == "" || call.Action == at.action {
			if n++; n == at.nth {
				return i
			}
		}
	}
	return -1 // the whole run
}

// runPair runs cases of a pair until both faults happen.
func (p *pairSweep) runPair(ctx context.Context, c faultPair, free map[string]*baseline) error {
	for _, t := range p.cases(c, free) {
		r, err := p.runCase(ctx, t, free)
		if err != nil {
			return err
		}
		if r.allHappened() && p.only == "" {
			p.happened.Add(1)
			break
		}
	}
	return nil
}

// allHappened reports whether all faults happened.
func (p *result) allHappened() bool {
	return !slices.ContainsFunc(p.injections, func(s injection) bool { return !s.happened(p.calls) })
}

// runPairs runs all pairs.
func runPairs(ctx context.Context, o *Options, f *figures) error {
	s, err := sweepOf(ctx, o, "pairs", f)
	if err != nil {
		return err
	}
	p := &pairSweep{sweep: s, seed: cmp.Or(o.Seed, rand.Uint64())} //nolint:gosec // it is printed
	p.more = []string{"-seed", fmt.Sprint(p.seed)}
	_, free, err := p.baselines(ctx)
	if err != nil {
		return err
	}
	for _, subject := range acctest.Subjects() {
		for _, operation := range operations {
			p.plain = append(p.plain, testCase{subject: subject, operation: operation})
		}
	}
	pairs := p.pairs()
	err = forEach(ctx, pairs, 1, func(ctx context.Context, c faultPair) error { return p.runPair(ctx, c, free) })
	f.add("seed", p.seed)
	f.add("pairs of faults", len(pairs))
	f.add("pairs of which both happened in one operation", p.happened.Load())
	p.add(f)
	return err
}
