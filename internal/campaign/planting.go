// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// planting is the planting of a list of bugs, and what came of it.
type planting struct {
	*Options
	list  []plant
	tests *figures

	mu      sync.Mutex
	named   int // bugs that the test named for them noticed
	slowest time.Duration
}

// playPlants plants the bugs of the list. One that nobody notices must not be.
func playPlants(ctx context.Context, o *Options, f *figures) error {
	list, err := plants()
	if err != nil {
		return err
	}
	p := &planting{Options: o, tests: f, list: slices.DeleteFunc(list, func(p plant) bool { return !strings.Contains(p.Name, o.Only) })}
	return p.play(ctx)
}

func (p *planting) play(ctx context.Context) error {
	if err := p.healthy(ctx); err != nil {
		return err
	}
	if err := p.plant(ctx); err != nil {
		return err
	}
	p.tests.add("planted bugs", len(p.list))
	p.tests.headline = fmt.Sprintf("%d planted bugs, %d survived", len(p.list), p.tests.counts["survived"])
	p.tests.add("noticed by the one test that is named for it", p.named)
	p.tests.add("the slowest took", p.slowest.Round(time.Second))
	return nil
}

// healthy makes sure that the named tests pass as long as nothing is planted: a test
// that fails anyway would notice everything.
func (p *planting) healthy(ctx context.Context) error {
	tests := map[string][]string{}
	for _, bug := range p.list {
		if of, test := bug.expected(); test != "" && !slices.Contains(tests[of], test) {
			tests[of] = append(tests[of], test)
		}
	}
	for _, of := range slices.Sorted(maps.Keys(tests)) {
		s := suite{of: of, which: []string{"-run", "^(" + strings.Join(tests[of], "|") + ")$", "-timeout=20m"}}
		passed, out, err := s.passes(ctx, p.Options, "")
		if err != nil {
			return err
		}
		if !passed {
			return fmt.Errorf("tests of %s fail without a planted bug: %s", of, out)
		}
	}
	return nil
}

// plant plants each bug, as many at a time as there are cores. It ends with the first
// that could not be planted.
func (p *planting) plant(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	bugs := make(chan plant)
	var workers sync.WaitGroup
	for range min(runtime.NumCPU(), len(p.list)) {
		workers.Go(func() {
			for bug := range bugs {
				if err := p.one(ctx, bug); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, bug := range p.list {
		bugs <- bug
	}
	close(bugs)
	workers.Wait()
	return context.Cause(ctx)
}

// one plants one bug in a place of its own, and counts who notices.
func (p *planting) one(ctx context.Context, bug plant) error {
	if ctx.Err() != nil {
		return nil
	}
	began := time.Now()
	directory, err := os.MkdirTemp(p.Temp, "plant-")
	if err != nil {
		return err
	}
	killer, err := bug.killer(ctx, p.Options, directory)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slowest = max(p.slowest, time.Since(began))
	if killer == nil {
		p.tests.count("survived")
		p.tests.forbid(replayCommand("plants", bug.Name), "no test notices the planted bug %q, which breaks %s: in %s, %q for %q", bug.Name, bug.Promise, bug.File, bug.New, bug.Old)
		return nil
	}
	p.tests.count("killed by the tests of " + killer.of)
	if killer.named {
		p.named++
	} else {
		p.tests.add(fmt.Sprintf("%s misses %q", bug.By, bug.Name), "but "+killer.noticed)
	}
	return nil
}
