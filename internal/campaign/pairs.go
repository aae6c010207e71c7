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
)

// pairing meets two faults in one operation: every pair of rows of the matrix on
// some resource, each row with itself at two places too (reliability notes, A6).
// One fault may end the operation before the other can strike, so a pair that did
// not meet is tried on other resources, a few times.
type pairing struct {
	*sweep

	seed  uint64
	plain []trial
	met   atomic.Int64 // pairs of which both faults struck
}

// tries are how often a pair is tried.
const tries = 4

// couple is a pair of rows, and its number.
type couple struct {
	n    int
	a, b *fault
}

// couples are all pairs of rows that can strike one operation: a run is killed once, and a clock is off once.
func (p *pairing) couples() (all []couple) {
	n := 0
	for i := range p.rows {
		for j := i; j < len(p.rows); j++ {
			a, b := &p.rows[i], &p.rows[j]
			if i == j && a.At == theWholeRun || a.ends() && b.ends() || hides(a, b) || hides(b, a) {
				continue
			}
			n++
			if p.share <= 1 || n%int(p.share) == 0 {
				all = append(all, couple{n, a, b})
			}
		}
	}
	return all
}

// hides tells that one fault keeps the other from anybody's sight: what others wrote, or the network by delivering a
// request again, is not in a read that is old. The service has no write that depends on what was read, so a change of
// others may be lost; a second key is named by the next create for its user, not by the run that made it.
func hides(a, b *fault) bool { return a.Act == "stale" && (b.Act == "foreign" || b.twice()) }

// ends tells that the fault ends the run, whatever comes.
func (f fault) ends() bool { return f.Act == "kill" || f.Act == "unsaved" }

// trials are a few ways for the pair to meet, in an order that the seed draws.
func (p *pairing) trials(c couple, free map[string]*faultless) (all []trial) {
	random := rand.New(rand.NewPCG(p.seed, uint64(c.n))) //nolint:gosec // it shall be drawn again
	for _, i := range random.Perm(len(p.plain)) {
		plain := p.plain[i]
		b := free[plain.plainly()]
		strokes, ok := drawStrokes(random, plain, c, b)
		if !ok {
			continue
		}
		if t := plain.under(strokes...); strings.Contains(t.name(), p.only) {
			all = append(all, t)
		}
		if len(all) == tries && p.only == "" {
			break
		}
	}
	return all
}

// drawStrokes draws two places that differ. What comes first strikes once, where it may, so that something comes second.
func drawStrokes(random *rand.Rand, plain trial, c couple, free *faultless) ([]stroke, bool) {
	first, second := placesIn(c.a, plain, free), placesIn(c.b, plain, free)
	if len(first) == 0 || len(second) == 0 {
		return nil, false
	}
	strokes := []stroke{{c.a, first[random.IntN(len(first))]}, {c.b, second[random.IntN(len(second))]}}
	slices.SortStableFunc(strokes, func(x, y stroke) int { return cmp.Compare(free.when(x.at), free.when(y.at)) })
	if one := strokes[0]; one.at.strike == lasting && slices.Contains(one.Strikes, once) {
		strokes[0].at.strike = once
	}
	if c.a == c.b && strokes[0].at == strokes[1].at {
		return nil, false
	}
	if strokes[1].ends() { // nothing is sent any more, whatever the other says
		slices.Reverse(strokes)
	}
	return strokes, true
}

func placesIn(row *fault, plain trial, free *faultless) []place {
	if len(row.Operations) > 0 && !slices.Contains(row.Operations, plain.operation) {
		return nil
	}
	return places(row, free)
}

// when is the number of the call at a place, among all.
func (f *faultless) when(at place) int {
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
func (p *pairing) meet(ctx context.Context, c couple, free map[string]*faultless) error {
	for _, t := range p.trials(c, free) {
		played, err := p.play(ctx, t, free)
		if err != nil {
			return err
		}
		if played.met() && p.only == "" {
			p.met.Add(1)
			break
		}
	}
	return nil
}

// met tells that all faults struck.
func (p *performance) met() bool {
	return !slices.ContainsFunc(p.strokes, func(s stroke) bool { return !s.struck(p.calls) })
}

// playPairs plays all pairs.
func playPairs(ctx context.Context, o *Options, f *figures) error {
	s, err := sweepOf(ctx, o, "pairs", f)
	if err != nil {
		return err
	}
	p := &pairing{sweep: s, seed: cmp.Or(o.Seed, rand.Uint64())} //nolint:gosec // it is printed
	p.more = []string{"-seed", fmt.Sprint(p.seed)}
	_, free, err := p.benchmarks(ctx)
	if err != nil {
		return err
	}
	for _, subject := range subjects() {
		for _, operation := range operations {
			p.plain = append(p.plain, trial{subject: subject, operation: operation})
		}
	}
	couples := p.couples()
	err = each(ctx, couples, func(c couple) error { return p.meet(ctx, c, free) })
	f.add("seed", p.seed)
	f.add("pairs of faults", len(couples))
	f.add("pairs of which both struck in one operation", p.met.Load())
	p.add(f)
	return err
}
