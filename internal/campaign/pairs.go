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

// pairing meets two faults in one operation: every pair of rows of the matrix on
// some resource, each row with itself at two places too (reliability notes, A6).
// One fault may end the operation before the other can strike, so a pair that did
// not meet is tried on other resources, a few times.
type pairSweep struct {
	*sweep

	seed     uint64
	plain    []testCase
	happened atomic.Int64 // pairs of which both faults struck
}

// tries are how often a pair is tried.
const tries = 4

// couple is a pair of rows, and its number.
type faultPair struct {
	n    int
	a, b *fault
}

// couples are all pairs of rows that can strike one operation: a run is killed once, and a clock is off once.
func (p *pairSweep) pairs() (all []faultPair) {
	n := 0
	for i := range p.rows {
		for j := i; j < len(p.rows); j++ {
			a, b := &p.rows[i], &p.rows[j]
			if i == j && a.At == theWholeRun || a.endsTheRun() && b.endsTheRun() || hides(a, b) || hides(b, a) {
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

// hides tells that one fault keeps the other from anybody's sight: what others wrote, or the network by delivering a
// request again, is not in a read that is old. The service has no write that depends on what was read, so a change of
// others may be lost; a second key is named by the next create for its user, not by the run that made it.
func hides(a, b *fault) bool { return a.Act == "stale" && (b.Act == "foreign" || b.duplicates()) }

// ends tells that the fault ends the run, whatever comes.
func (f fault) endsTheRun() bool { return f.Act == "kill" || f.Act == "unsaved" }

// trials are a few ways for the pair to meet, in an order that the seed draws.
func (p *pairSweep) cases(c faultPair, free map[string]*baseline) (all []testCase) {
	random := rand.New(rand.NewPCG(p.seed, uint64(c.n))) //nolint:gosec // it shall be drawn again
	for _, i := range random.Perm(len(p.plain)) {
		plain := p.plain[i]
		b := free[plain.baseName()]
		strokes, ok := drawInjections(random, plain, c, b)
		if !ok {
			continue
		}
		if t := plain.with(strokes...); strings.Contains(t.name(), p.only) {
			all = append(all, t)
		}
		if len(all) == tries && p.only == "" {
			break
		}
	}
	return all
}

// drawStrokes draws two places that differ. What comes first strikes once, where it may, so that something comes second.
func drawInjections(random *rand.Rand, plain testCase, c faultPair, free *baseline) ([]injection, bool) {
	first, second := placesIn(c.a, plain, free), placesIn(c.b, plain, free)
	if len(first) == 0 || len(second) == 0 {
		return nil, false
	}
	strokes := []injection{{c.a, first[random.IntN(len(first))]}, {c.b, second[random.IntN(len(second))]}}
	slices.SortStableFunc(strokes, func(x, y injection) int { return cmp.Compare(free.callNumber(x.at), free.callNumber(y.at)) })
	if one := strokes[0]; one.at.repeat == lasting && slices.Contains(one.Repeats, once) {
		strokes[0].at.repeat = once
	}
	if c.a == c.b && strokes[0].at == strokes[1].at {
		return nil, false
	}
	if strokes[1].endsTheRun() { // nothing is sent any more, whatever the other says
		slices.Reverse(strokes)
	}
	return strokes, true
}

func placesIn(row *fault, plain testCase, free *baseline) []place {
	if len(row.Operations) > 0 && !slices.Contains(row.Operations, plain.operation) {
		return nil
	}
	return places(row, free)
}

// when is the number of the call at a place, among all.
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

// meet plays a pair until both faults strike.
func (p *pairSweep) runPair(ctx context.Context, c faultPair, free map[string]*baseline) error {
	for _, t := range p.cases(c, free) {
		played, err := p.runCase(ctx, t, free)
		if err != nil {
			return err
		}
		if played.allHappened() && p.only == "" {
			p.happened.Add(1)
			break
		}
	}
	return nil
}

// met tells that all faults struck.
func (p *result) allHappened() bool {
	return !slices.ContainsFunc(p.injections, func(s injection) bool { return !s.happened(p.calls) })
}

// playPairs plays all pairs.
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
	couples := p.pairs()
	err = forEach(ctx, couples, 1, func(ctx context.Context, c faultPair) error { return p.runPair(ctx, c, free) })
	f.add("seed", p.seed)
	f.add("pairs of faults", len(couples))
	f.add("pairs of which both struck in one operation", p.happened.Load())
	p.add(f)
	return err
}
