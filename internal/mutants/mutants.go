// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"context"
	_ "embed" // of the accepted survivors
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options choose the mutants and how they are run.
type Options struct {
	Root     string        // of the repository
	Temp     string        // a directory for overlays
	CLI      string        // Terraform or OpenTofu for the tests that need one; "": those are left out
	Only     string        // part of a mutant's name, place or declaration; "": all
	Packages []string      // such as ram; none: all
	Rules    []string      // of [Rules], and listed; none: all
	All      bool          // also code that neither refuses, warns, removes nor handles a secret
	Deep     bool          // run the campaign's sample and the tests with a CLI on a mutant of a rule, too
	Budget   time.Duration // after which no mutant is begun; 0: no limit
	Seed     uint64        // of the order of the derived mutants; 0: a random one
	Workers  int           // how many run at a time; 0: one for each CPU
}

// Outcome is what became of a mutant.
type Outcome string

// The outcomes.
const (
	Killed   Outcome = "killed"
	Survived Outcome = "survived"
	Accepted Outcome = "survived with a reason"
	Invalid  Outcome = "does not compile"
	NotRun   Outcome = "not run"
)

// Result is one mutant and its outcome.
type Result struct {
	Mutant

	Outcome  Outcome
	Package  string // whose tests killed it
	KilledBy string // the test
	Reason   string // of an accepted survivor
	Took     time.Duration
}

//go:embed accepted.json
var acceptedList []byte

// accepted returns the reasons for which survivors are accepted, by declaration and name.
func accepted() (reasons map[string]string, err error) {
	if err := json.Unmarshal(acceptedList, &reasons); err != nil {
		return nil, fmt.Errorf("cannot read accepted.json: %w", err)
	}
	return reasons, nil
}

// Run runs the chosen mutants, prints a line for each, and returns the results.
func Run(ctx context.Context, out io.Writer, o Options) ([]Result, error) {
	s, err := readSource(o.Root)
	if err != nil {
		return nil, err
	}
	listed, err := readList()
	if err != nil {
		return nil, err
	}
	return run(ctx, out, o, s, listed)
}

func run(ctx context.Context, out io.Writer, o Options, s *source, listed []Listed) ([]Result, error) {
	reasons, err := accepted()
	if err != nil {
		return nil, err
	}
	mutants, err := choose(&o, s, listed)
	if err != nil {
		return nil, err
	}
	if err := passWithoutMutants(ctx, o, mutants); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "%d mutants, seed %d\n", len(mutants), o.Seed)
	r := &runner{ctx: ctx, out: out, o: o, s: s, reasons: reasons, began: time.Now(), results: make([]Result, len(mutants))}
	return r.results, r.all(mutants)
}

// choose returns the listed mutants, and after them the derived ones in random order.
func choose(o *Options, s *source, listed []Listed) (mutants []Mutant, err error) {
	rules := o.Rules
	if len(rules) == 0 {
		rules = append(Rules(), "listed")
	}
	var stale []error
	if slices.Contains(rules, "listed") {
		for _, l := range listed {
			m, err := l.mutant(s)
			if err != nil {
				stale = append(stale, err)
				continue
			}
			mutants = append(mutants, m)
		}
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64() //nolint:gosec // it is printed
	}
	more := derived(s, rules, o.All)
	random := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // the order can be repeated
	random.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
	mutants = slices.DeleteFunc(append(mutants, more...), func(m Mutant) bool {
		return len(o.Packages) > 0 && !slices.Contains(o.Packages, strings.TrimPrefix(m.pkg, "internal/")) ||
			!strings.Contains(m.key()+" "+m.Place(), o.Only)
	})
	return mutants, errors.Join(stale...)
}

// passWithoutMutants makes sure that the tests of the listed mutants pass without one: a test that
// fails anyway would detect everything.
func passWithoutMutants(ctx context.Context, o Options, mutants []Mutant) error {
	tests := map[string][]string{}
	for _, m := range mutants {
		if pkg, test, named := strings.Cut(m.Test, "."); named && !slices.Contains(tests[pkg], test) {
			tests[pkg] = append(tests[pkg], test)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(tests)) {
		s := suite{"./internal/" + pkg, []string{"-run", "^(" + strings.Join(tests[pkg], "|") + ")$", "-timeout=20m"}}
		passed, out, err := s.run(ctx, o, "")
		if err != nil {
			return err
		}
		if !passed {
			return fmt.Errorf("tests of %s fail without a mutant: %s", pkg, out)
		}
	}
	return nil
}

// runner runs mutants.
type runner struct {
	ctx     context.Context
	o       Options
	s       *source
	reasons map[string]string
	began   time.Time

	mu      sync.Mutex
	out     io.Writer
	results []Result
}

// all runs all mutants, some at a time. It ends with the first that cannot be run.
func (r *runner) all(mutants []Mutant) error {
	ctx, stop := context.WithCancelCause(r.ctx)
	defer stop(nil)
	work := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(len(mutants), workersOf(r.o))) {
		workers.Go(func() {
			for at := range work {
				if err := r.one(ctx, at, mutants[at]); err != nil {
					stop(err)
				}
			}
		})
	}
	for at := range mutants {
		work <- at
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

func workersOf(o Options) int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.NumCPU()
}

// one runs one mutant, and prints its outcome.
func (r *runner) one(ctx context.Context, at int, m Mutant) error {
	result := Result{Mutant: m, Outcome: NotRun}
	began := time.Now()
	if ctx.Err() == nil && (r.o.Budget == 0 || time.Since(r.began) < r.o.Budget) {
		var err error
		result.Package, result.KilledBy, err = m.killedBy(ctx, r.s, r.o)
		switch {
		case errors.Is(err, errNotBuilt) && m.Rule != "listed":
			result.Outcome = Invalid
		case err != nil:
			return fmt.Errorf("%s: %w", m.Name, err)
		case result.KilledBy != "":
			result.Outcome = Killed
		default:
			result.Outcome, result.Reason = Survived, r.reasons[m.key()]
			if result.Reason != "" {
				result.Outcome = Accepted
			}
		}
	}
	result.Took = time.Since(began)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[at] = result
	if result.Outcome != NotRun {
		fmt.Fprintf(r.out, "%-9s %5s  %s  %s\n", result.Outcome, result.Took.Round(time.Second), m.Place(), m.Name)
	}
	return nil
}

// Print prints how many mutants of each package were killed, and the survivors.
func Print(out io.Writer, results []Result) {
	counts := map[string]map[Outcome]int{}
	for _, r := range results {
		if counts[r.pkg] == nil {
			counts[r.pkg] = map[Outcome]int{}
		}
		counts[r.pkg][r.Outcome]++
	}
	fmt.Fprintf(out, "\n%-28s %7s %9s %9s %8s %8s\n", "package", "killed", "survived", "accepted", "invalid", "not run")
	for _, pkg := range slices.Sorted(maps.Keys(counts)) {
		of := counts[pkg]
		fmt.Fprintf(out, "%-28s %7d %9d %9d %8d %8d\n", pkg, of[Killed], of[Survived], of[Accepted], of[Invalid], of[NotRun])
	}
	for _, r := range results {
		switch {
		case r.Outcome == Survived:
			fmt.Fprintf(out, "\nSURVIVED: %s\n  %s, in %s\n  changed to: %s\n  run it again: go run ./internal/cmd/mutants -only %q\n", r.Name, r.Place(), r.in, oneLine(r.replacement), r.key())
		case r.Outcome == Accepted:
			fmt.Fprintf(out, "\nAccepted: %s\n  %s, in %s\n  because %s\n", r.Name, r.Place(), r.in, r.Reason)
		case r.Outcome == Killed && r.Test != "" && !strings.HasSuffix(r.Test, "."+r.KilledBy):
			fmt.Fprintf(out, "\nDetected by another test: %s\n  %s misses it, %s detects it\n", r.Name, r.Test, r.KilledBy)
		}
	}
}
