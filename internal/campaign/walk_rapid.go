// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// runWalks runs the walks.
func runWalks(ctx context.Context, o *Options, f *figures) error {
	rows, err := faults()
	if err != nil {
		return err
	}
	w := &walker{ctx: ctx, base: newBase(ctx), rows: rows, figures: f, only: o.Only}
	return repeatOnEachCPU(ctx, o, f, w.runWalk)
}

// repeatOnEachCPU runs a random test Options.Walks times, on each CPU a share of them.
func repeatOnEachCPU(ctx context.Context, o *Options, f *figures, one func(*rapid.T)) error {
	seed := o.Seed
	if seed == 0 {
		seed = rand.Uint64() //nolint:gosec // it is printed
	}
	f.add(f.piece, o.Walks)
	f.add("seed", seed)
	workers := max(min(runtime.NumCPU(), o.Walks), 1)
	failures := make([]error, workers)
	var walkers sync.WaitGroup
	for n := range workers {
		share := (o.Walks + workers - 1 - n) / workers
		walkers.Go(func() { failures[n] = repeatWalk(share, seed+uint64(n)<<40, one, f) }) //nolint:gosec // small
	}
	walkers.Wait()
	return errors.Join(append(failures, ctx.Err())...)
}

// flagsMutex is locked while rapid reads the number of checks and the seed from the flags of the process, the only way to pass them.
var flagsMutex sync.Mutex

// repeatWalk runs some walks, the first of them with a seed. It ends with the first that fails.
func repeatWalk(walks int, seed uint64, one func(*rapid.T), f *figures) error {
	flagsMutex.Lock()
	var begun sync.Once
	defer begun.Do(flagsMutex.Unlock)
	checks := walks
	if flag.Lookup("test.short") != nil && testing.Short() {
		checks *= 5 // under -short, rapid does a fifth
	}
	if err := setFlags(map[string]string{"rapid.checks": fmt.Sprint(checks), "rapid.seed": fmt.Sprint(seed), "rapid.nofailfile": "true", "rapid.shrinktime": "1m0s"}); err != nil {
		return err
	}
	r, done := &recorder{}, make(chan struct{})
	go func() { // a failed walk ends it with Goexit
		defer close(done)
		rapid.Check(r, func(t *rapid.T) {
			begun.Do(flagsMutex.Unlock)
			one(t)
		})
	}()
	<-done
	if r.failed {
		f.forbid("go run ./internal/cmd/campaign -pieces "+f.piece+" -walks 1 -seed "+r.seed(), "%s", r.summary())
	}
	return nil
}

// setFlags sets flags whose values differ: another goroutine may read the others.
func setFlags(values map[string]string) error {
	if !flag.Parsed() {
		testing.Init()
		if err := flag.CommandLine.Parse(nil); err != nil {
			return err
		}
	}
	for name, value := range values {
		if flag.Lookup(name).Value.String() == value {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// recorder replaces the test that rapid expects.
type recorder struct {
	lines  []string
	failed bool
}

// summary returns what a failed walk did, without the drawn values: the seed draws them again.
func (r *recorder) summary() string {
	lines := slices.DeleteFunc(slices.Clone(r.lines), func(line string) bool { return strings.HasPrefix(line, "[rapid] draw ") })
	if failed := shrunken.FindStringSubmatch(lines[0]); failed != nil {
		return failed[1] // rapid runs it once more, for the log
	}
	return strings.Join(lines, "\n")
}

// seed returns the seed of the failed walk; "0" if it is unknown.
func (r *recorder) seed() string {
	for _, line := range r.lines {
		if found := seeded.FindStringSubmatch(line); found != nil {
			return found[1]
		}
	}
	return "0"
}

// How rapid reports a failed walk and its seed.
var (
	shrunken = regexp.MustCompile(`(?s)^\[rapid\] failed after \d+ tests: (.*)\nTo reproduce,`)
	seeded   = regexp.MustCompile(`rapid\.seed=(\d+)`)
)

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "walks" }
func (r *recorder) Failed() bool { return r.failed }
func (r *recorder) Fail()        { r.failed = true }
func (r *recorder) SkipNow()     { runtime.Goexit() }

// Logf records a line.
func (r *recorder) Logf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

// Log records a line.
func (r *recorder) Log(args ...any) { r.lines = append(r.lines, fmt.Sprintln(args...)) }

// Skipf ends the walks.
func (r *recorder) Skipf(format string, args ...any) { r.Logf(format, args...); r.SkipNow() }

// Skip ends the walks.
func (r *recorder) Skip(args ...any) { r.Log(args...); r.SkipNow() }

// Errorf records that a walk failed.
func (r *recorder) Errorf(format string, args ...any) { r.Logf(format, args...); r.Fail() }

// Error records that a walk failed.
func (r *recorder) Error(args ...any) { r.Log(args...); r.Fail() }

// Fatalf records that a walk failed, and ends it.
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }

// Fatal records that a walk failed, and ends it.
func (r *recorder) Fatal(args ...any) { r.Error(args...); runtime.Goexit() }

// FailNow ends the walk.
func (r *recorder) FailNow() { r.Fail(); runtime.Goexit() }
