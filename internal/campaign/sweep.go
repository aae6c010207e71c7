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

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// sweep plays every resource, operation, fault and place (reliability notes, A5).
type sweep struct {
	schemas *tfprotov6.GetProviderSchemaResponse
	rows    []fault
	only    string // part of a trial's name; "": all
	share   uint32 // every how many-th trial is played; 0: all
	report  func(verdict)
	more    []string // arguments that play a trial again

	mu        sync.Mutex // of the report
	waited    time.Duration
	recovered int
}

// sweepOf is a sweep that notes its verdicts in a table.
func sweepOf(ctx context.Context, o *Options, piece string, f *figures) (*sweep, error) {
	schemas, err := schemaOf(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := faults()
	if err != nil {
		return nil, err
	}
	s := &sweep{schemas: schemas, rows: rows, only: o.Only, share: o.Share}
	s.report = func(v verdict) {
		f.count(v.class)
		s.waited = max(s.waited, v.waited)
		if v.recovered {
			s.recovered++
		}
		if v.fails() {
			f.forbid(again(piece, v.trial, s.more...), "%s → %s: %s\n%s", v.trial, v.class, strings.Join(v.forbidden, "\n"), v.said)
		}
	}
	return s, nil
}

// playSweep plays the sweep of all faults.
func playSweep(ctx context.Context, o *Options, f *figures) error {
	s, err := sweepOf(ctx, o, "sweep", f)
	if err != nil {
		return err
	}
	f.add("resources, and operations of each", fmt.Sprintf("%d, %d", len(subjects()), len(operations)))
	f.add("rows of the fault matrix", len(s.rows))
	err = s.run(ctx)
	s.add(f)
	return err
}

// add adds what only a look over all verdicts tells.
func (s *sweep) add(f *figures) {
	f.add("cases in which a further apply had something to do", s.recovered)
	f.add("longest wait of one operation, by the clock", s.waited.Round(time.Second))
}

// benchmarks plays every operation without a fault, and finds the trials.
func (s *sweep) benchmarks(ctx context.Context) (trials []trial, free map[string]*faultless, err error) {
	free = map[string]*faultless{}
	for _, subject := range subjects() {
		for _, operation := range operations {
			plain := trial{subject: subject, operation: operation}
			p, err := plain.perform(ctx, s.schemas)
			if err != nil {
				return nil, nil, err
			}
			b := p.benchmark()
			free[plain.name()] = b
			v := p.judge(b)
			p.close()
			if p.failed {
				v.forbid("it fails without a fault: %s", v.said)
			}
			s.note(v)
			trials = append(trials, s.trials(plain, b)...)
		}
	}
	return trials, free, nil
}

// trials are those of one operation: each fault at the first, the second and the
// last call of each action, and from the first or the last one on for good.
func (s *sweep) trials(plain trial, free *faultless) (all []trial) {
	for i := range s.rows {
		row := &s.rows[i]
		if len(row.Operations) > 0 && !slices.Contains(row.Operations, plain.operation) {
			continue
		}
		for _, at := range places(row, free) {
			if t := plain.under(stroke{row, at}); s.takes(t.name()) {
				all = append(all, t)
			}
		}
	}
	return all
}

func (s *sweep) takes(name string) bool {
	if !strings.Contains(name, s.only) {
		return false
	}
	if s.share <= 1 || s.only != "" {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return h.Sum32()%s.share == 0
}

// places are where a fault strikes an operation that makes these calls.
func places(row *fault, free *faultless) (all []place) {
	if row.At == theWholeRun {
		return []place{{phase: row.Phases[0], strike: once}}
	}
	if row.At == everyCall {
		for i := range free.calls {
			for _, phase := range row.Phases {
				if phase == before || writes(free.calls[i].Action) {
					all = append(all, place{nth: i + 1, phase: phase, strike: once})
				}
			}
		}
		return all
	}
	for action, n := range free.sends {
		if !row.strikes(action) {
			continue
		}
		for _, phase := range row.Phases {
			if phase == after && !writes(action) {
				continue // a read takes no effect
			}
			for _, nth := range slices.Compact(slices.Sorted(slices.Values([]int{1, min(2, n), n}))) {
				for _, strike := range row.Strikes {
					if strike == lasting && nth > 1 && nth < n {
						continue
					}
					all = append(all, place{action: action, nth: nth, phase: phase, strike: strike})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

// run plays all trials. An error is the campaign's own.
func (s *sweep) run(ctx context.Context) error {
	trials, free, err := s.benchmarks(ctx)
	if err != nil {
		return err
	}
	return each(ctx, trials, func(t trial) error {
		_, err := s.play(ctx, t, free)
		return err
	})
}

// play plays a trial and judges it.
func (s *sweep) play(ctx context.Context, t trial, free map[string]*faultless) (*performance, error) {
	p, err := t.perform(ctx, s.schemas)
	if err != nil {
		return nil, err
	}
	defer p.close()
	v := p.judge(free[t.plainly()])
	if err := ctx.Err(); err != nil { // what is broken off says nothing
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

// each plays all that there is on every core, until one cannot be played.
func each[T any](ctx context.Context, all []T, play func(T) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan T)
	var players sync.WaitGroup
	for range runtime.NumCPU() {
		players.Go(func() {
			for one := range work {
				if err := play(one); err != nil {
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
	players.Wait()
	return context.Cause(ctx)
}
