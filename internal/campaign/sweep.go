// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// sweep plays every resource, operation, fault and place (reliability notes, A5).
type sweep struct {
	schemas *tfprotov6.GetProviderSchemaResponse
	rows    []fault
	only    string // part of a trial's name; "": all
	share   uint32 // every how many-th trial is played; 0: all
	workers int
	report  func(verdict)
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
			s.report(v)
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
			t := plain
			t.fault, t.at = row, at
			if s.takes(t.name()) {
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
	work, failures := make(chan trial), make(chan error, s.workers)
	var players sync.WaitGroup
	var mu sync.Mutex
	for range s.workers {
		players.Go(func() {
			for t := range work {
				p, err := t.perform(ctx, s.schemas)
				if err != nil {
					failures <- err
					return
				}
				v := p.judge(free[trial{subject: t.subject, operation: t.operation}.name()])
				p.close()
				mu.Lock()
				s.report(v)
				mu.Unlock()
			}
		})
	}
	defer players.Wait()
	defer close(work)
	for _, t := range trials {
		select {
		case work <- t:
		case err := <-failures:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
