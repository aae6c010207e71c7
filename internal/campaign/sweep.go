// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"hash/fnv"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// sweep runs every resource, operation, fault and place.
type sweep struct {
	base   *acctest.Driver
	rows   []fault
	only   string // part of a case's name; "": all
	share  uint32 // every n-th case runs; 0: all
	report func(verdict)
	more   []string // arguments that run a case again

	mu        sync.Mutex // of the report
	waited    time.Duration
	recovered int
}

// sweepOf returns a sweep that records its verdicts in a table.
func sweepOf(ctx context.Context, o *Options, piece string, f *figures) (*sweep, error) {
	base := newBase(ctx)
	rows, err := faults()
	if err != nil {
		return nil, err
	}
	s := &sweep{base: base, rows: rows, only: o.Only, share: o.Share}
	s.report = func(v verdict) {
		f.count(v.outcome)
		s.waited = max(s.waited, v.waited)
		if v.appliedAgain {
			s.recovered++
		}
		if v.fails() {
			f.forbid(replayCommand(piece, v.testCase, s.more...), "%s → %s: %s\n%s", v.testCase, v.outcome, strings.Join(v.forbidden, "\n"), v.messages)
		}
	}
	return s, nil
}

// runSweep runs the sweep of all faults.
func runSweep(ctx context.Context, o *Options, f *figures) error {
	s, err := sweepOf(ctx, o, "sweep", f)
	if err != nil {
		return err
	}
	f.add("resources, and operations of each", fmt.Sprintf("%d, %d", len(acctest.Subjects()), len(operations)))
	f.add("rows of the fault matrix", len(s.rows))
	err = s.runAll(ctx)
	s.add(f)
	return err
}

// add adds the figures over all verdicts.
func (s *sweep) add(f *figures) {
	f.add("cases in which a further apply had changes", s.recovered)
	f.add("longest wait of one operation, by the fake clock", s.waited.Round(time.Second))
}

// baselines runs every operation without a fault, and finds the cases.
func (s *sweep) baselines(ctx context.Context) (cases []testCase, free map[string]*baseline, err error) {
	free = map[string]*baseline{}
	for _, subject := range acctest.Subjects() {
		for _, operation := range operations {
			plain := testCase{subject: subject, operation: operation}
			p, err := plain.execute(ctx, s.base)
			if err != nil {
				return nil, nil, err
			}
			b := p.baseline()
			free[plain.name()] = b
			v := p.check(b)
			p.close()
			if p.failed {
				v.forbid("it fails without a fault: %s", v.messages)
			}
			s.note(v)
			cases = append(cases, s.casesOf(plain, b)...)
		}
	}
	return cases, free, nil
}

// casesOf returns the cases of one operation: each fault at the first, the second and the
// last call of each action, and from the first or the last call on for good.
func (s *sweep) casesOf(plain testCase, free *baseline) (all []testCase) {
	for i := range s.rows {
		row := &s.rows[i]
		if len(row.Operations) > 0 && !slices.Contains(row.Operations, plain.operation) {
			continue
		}
		for _, at := range places(row, free) {
			if t := plain.with(injection{row, at}); s.selected(t.name()) {
				all = append(all, t)
			}
		}
	}
	return all
}

func (s *sweep) selected(name string) bool {
	return strings.Contains(name, s.only) && (s.only != "" || sampled(name, s.share))
}

// places returns where a fault can be injected into an operation with these calls.
func places(row *fault, free *baseline) (all []place) {
	if row.At == theWholeRun {
		return []place{{phase: row.Phases[0], repeat: once}}
	}
	if row.At == everyCall {
		for i := range free.calls {
			for _, phase := range row.Phases {
				if phase == before || writes(free.calls[i].Action) {
					all = append(all, place{nth: i + 1, phase: phase, repeat: once})
				}
			}
		}
		return all
	}
	for action, n := range free.sends {
		if !row.appliesTo(action) {
			continue
		}
		for _, phase := range row.Phases {
			if phase == after && !writes(action) {
				continue // a read has no effect
			}
			for _, nth := range slices.Compact(slices.Sorted(slices.Values([]int{1, min(2, n), n}))) {
				for _, repeat := range row.Repeats {
					if repeat == lasting && nth > 1 && nth < n {
						continue
					}
					all = append(all, place{action: action, nth: nth, phase: phase, repeat: repeat})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

// runAll runs all cases. An error is one of the campaign itself.
func (s *sweep) runAll(ctx context.Context) error {
	cases, free, err := s.baselines(ctx)
	if err != nil {
		return err
	}
	return forEach(ctx, cases, 1, func(ctx context.Context, t testCase) error {
		_, err := s.runCase(ctx, t, free)
		return err
	})
}

// runCase runs a case and checks it.
func (s *sweep) runCase(ctx context.Context, t testCase, free map[string]*baseline) (*result, error) {
	p, err := t.execute(ctx, s.base)
	if err != nil {
		return nil, err
	}
	defer p.close()
	v := p.check(free[t.baseName()])
	if err := ctx.Err(); err != nil { // an aborted case has no outcome
		return nil, err
	}
	s.note(v)
	return p, nil
}

func (s *sweep) note(v verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report(v)
}

// forEach runs all cases, some on each CPU, until one cannot be run.
func forEach[T any](ctx context.Context, all []T, perCPU int, run func(context.Context, T) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan T)
	var workers sync.WaitGroup
	for range perCPU * runtime.NumCPU() {
		workers.Go(func() {
			for one := range work {
				if err := run(ctx, one); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	for _, one := range all {
		select {
		case work <- one:
		case <-ctx.Done():
		}
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// sampled reports whether a name is in the sample of every n-th; 0 and 1: all.
func sampled(name string, n uint32) bool {
	if n <= 1 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash returns no error
	return h.Sum32()%n == 0
}
