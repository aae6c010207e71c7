// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"cmp"
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
	Tests    string        // a pattern of the tests that may detect a derived mutant; "": all
	Only     string        // parts of names, places or declarations, each in a line; "": all
	Packages []string      // such as ram; none: all
	Rules    []string      // of [Rules], and listed; none: all
	All      bool          // also code that neither refuses, warns, removes nor handles a secret
	Budget   time.Duration // after which no mutant is begun; 0: no limit
	Seed     uint64        // of the order of the derived mutants; 0: a random one
	Patience time.Duration // how long tests may take beyond four times what they took alone; 0: 20 seconds
	Workers  int           // how many run at a time; 0: one for each CPU
}

// Outcome is what became of a mutant.
type Outcome string

// The outcomes.
const (
	Killed    Outcome = "killed"
	TimedOut  Outcome = "timed out" // which is detected, too
	Survived  Outcome = "survived"
	Open      Outcome = "open"      // survived the tests that had time to run
	Unreached Outcome = "unreached" // no test runs the code, so it survived
	Accepted  Outcome = "accepted"  // survived, with a reason
	Invalid   Outcome = "invalid"   // does not compile
	NotRun    Outcome = "not run"
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
	derived := slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return m.Rule == "listed" })
	if err := passWithoutMutants(ctx, o, mutants[:len(mutants)-len(derived)]); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "%d mutants, seed %d\n", len(mutants), o.Seed)
	r := &runner{out: out, o: o, s: s, reasons: reasons, first: len(mutants) - len(derived), results: make([]Result, len(mutants))}
	if err := r.prepare(ctx, derived); err != nil {
		return nil, err
	}
	r.began = time.Now()
	for i, m := range mutants {
		r.results[i] = Result{Mutant: m, Outcome: NotRun}
	}
	for _, first := range []bool{true, false} { // at first the tests that detect most mutants
		err := inParallel(ctx, workersOf(o), len(mutants), func(ctx context.Context, at int) error { return r.one(ctx, at, first) })
		if err != nil {
			return r.results, err
		}
	}
	return r.results, nil
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
			!slices.ContainsFunc(strings.Split(o.Only, "\n"), func(part string) bool { return strings.Contains(m.key()+" "+m.Place(), part) })
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
	o        Options
	s        *source
	reasons  map[string]string
	began    time.Time
	first    int // the number of listed mutants, which are before the derived ones
	switched *switched
	tests    map[int][]reaching // by the number of a derived mutant

	mu      sync.Mutex
	out     io.Writer
	results []Result
}

// prepare compiles the derived mutants, and finds out which tests reach each.
func (r *runner) prepare(ctx context.Context, derived []Mutant) (err error) {
	if len(derived) == 0 {
		return nil
	}
	began := time.Now()
	if r.switched, err = newSwitched(ctx, r.s, r.o, derived); err != nil {
		return err
	}
	programs, err := r.switched.build(ctx, r.o)
	if err != nil {
		return err
	}
	built := time.Now()
	r.tests, err = r.switched.reach(ctx, r.o, programs)
	fmt.Fprintf(r.out, "compiled in %s, the tests alone took %s\n", built.Sub(began).Round(time.Second), time.Since(built).Round(time.Second))
	return err
}

func workersOf(o Options) int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.NumCPU()
}

// one runs one mutant in the first or in the second round, and prints its outcome.
func (r *runner) one(ctx context.Context, at int, first bool) error {
	result := r.results[at]
	if !first && result.Outcome != Open || ctx.Err() != nil || r.o.Budget > 0 && time.Since(r.began) >= r.o.Budget {
		return nil
	}
	began := time.Now()
	if err := r.try(ctx, at-r.first+1, first, &result); err != nil {
		return fmt.Errorf("%s: %w", result.Name, err)
	}
	result.Took += time.Since(began)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[at] = result
	fmt.Fprintf(r.out, "%-9s %5s  %s  %s\n", result.Outcome, result.Took.Round(time.Second), result.Place(), result.Name)
	return nil
}

// firstTests is the number of tests of the first round.
const firstTests = 20

// try runs one mutant. The number is that of a derived one.
func (r *runner) try(ctx context.Context, number int, first bool, result *Result) (err error) {
	tests := r.tests[number]
	some := tests[:min(firstTests, len(tests))]
	if !first {
		some = tests[len(some):]
	}
	switch {
	case result.Rule == "listed":
		result.Package, result.KilledBy, err = result.killedBy(ctx, r.s, r.o)
		result.Outcome = Survived
		if result.KilledBy != "" {
			result.Outcome = Killed
		}
	case r.switched.mutants[number].Name == "":
		result.Outcome = Invalid
	case len(tests) == 0:
		result.Outcome = Unreached
	default:
		var by reaching
		result.Outcome, by, err = r.switched.killedBy(ctx, cmp.Or(r.o.Patience, 20*time.Second), number, some)
		result.Package, result.KilledBy = by.program.pkg, by.test
		if result.Outcome == Survived && len(some) < len(tests) && first {
			result.Outcome = Open
		}
	}
	if result.Reason = r.reasons[result.key()]; result.Reason != "" && (result.Outcome == Survived || result.Outcome == Unreached || result.Outcome == Open) {
		result.Outcome = Accepted
	}
	return err
}

// Print prints how many mutants of each package and each rule were detected, and the survivors.
func Print(out io.Writer, results []Result) {
	outcomes := []Outcome{Killed, TimedOut, Survived, Unreached, Open, Accepted, Invalid, NotRun}
	table := func(title string, of func(Result) string) {
		counts := map[string]map[Outcome]int{}
		for _, r := range results {
			for _, row := range []string{of(r), "~all"} { // which is sorted last
				if counts[row] == nil {
					counts[row] = map[Outcome]int{}
				}
				counts[row][r.Outcome]++
			}
		}
		fmt.Fprintf(out, "\n%-22s", title)
		for _, o := range outcomes {
			fmt.Fprintf(out, "%10s", o)
		}
		fmt.Fprintln(out, "  detected")
		for _, row := range slices.Sorted(maps.Keys(counts)) {
			c := counts[row]
			fmt.Fprintf(out, "%-22s", strings.TrimPrefix(row, "~"))
			for _, o := range outcomes {
				fmt.Fprintf(out, "%10d", c[o])
			}
			detected := c[Killed] + c[TimedOut]
			fmt.Fprintf(out, "%8.1f %%\n", 100*float64(detected)/float64(max(1, detected+c[Survived]+c[Unreached]+c[Open]+c[Accepted])))
		}
	}
	table("package", func(r Result) string { return r.pkg })
	table("rule", func(r Result) string { return r.Rule })
	for _, r := range results {
		switch {
		case r.Outcome == Survived || r.Outcome == Unreached || r.Outcome == Open:
			fmt.Fprintf(out, "\n%s: %s\n  %s, in %s\n  changed to: %s\n  run it again: go run ./internal/cmd/mutants -only %q\n", strings.ToUpper(string(r.Outcome)), r.Name, r.Place(), r.in, oneLine(r.replacement), r.key())
		case r.Outcome == Accepted:
			fmt.Fprintf(out, "\nAccepted: %s\n  %s, in %s\n  because %s\n", r.Name, r.Place(), r.in, r.Reason)
		case r.Outcome == TimedOut:
			fmt.Fprintf(out, "\nTimed out: %s\n  %s, in %s\n", r.Name, r.Place(), r.in)
		case r.Outcome == Killed && r.Test != "" && !strings.HasSuffix(r.Test, "."+r.KilledBy):
			fmt.Fprintf(out, "\nDetected by another test: %s\n  %s misses it, %s detects it\n", r.Name, r.Test, r.KilledBy)
		}
	}
}
