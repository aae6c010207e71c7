// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// program is the compiled tests of a package, with all mutants.
type program struct {
	pkg  string // below the root
	file string
}

// reaching is a test, how long it takes alone, and how many mutants it reaches.
type reaching struct {
	program program
	test    string
	took    time.Duration
	reached int
}

// build compiles the tests of each package that uses one with a mutant.
func (w *switched) build(ctx context.Context, o Options) (programs []program, err error) {
	packages, withTests := map[string]bool{}, []string{}
	for _, m := range w.mutants {
		packages[w.module+"/"+m.pkg] = true
	}
	for name := range w.s.files {
		pkg := name[:strings.LastIndex(name, "/")]
		if tests, _ := filepath.Glob(filepath.Join(w.s.root, filepath.FromSlash(pkg), "*_test.go")); len(tests) > 0 && !slices.Contains(withTests, pkg) {
			withTests = append(withTests, pkg)
		}
	}
	slices.Sort(withTests)
	for _, pkg := range withTests {
		used, err := w.goTool(ctx, "list", "-deps", "-test", "./"+pkg)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(strings.Fields(used), func(path string) bool { return packages[path] }) {
			continue
		}
		p := program{pkg, filepath.Join(o.Temp, strings.ReplaceAll(pkg, "/", "-")+".test")}
		if _, err := w.goTool(ctx, "test", "-c", "-vet=off", "-ldflags=-s -w", w.allErrors(), "-overlay="+w.overlay, "-o", p.file, "./"+pkg); err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	return programs, nil
}

func (w *switched) goTool(ctx context.Context, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // of this repository
	cmd.Dir = w.s.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", arguments[0], err, out)
	}
	return string(out), nil
}

// run runs tests of the program, one after the other if they allow it, and ends with the first that fails.
func (p program) run(ctx context.Context, root string, limit time.Duration, variable string, tests ...string) (out string, passed bool, err error) {
	cmd := exec.CommandContext(ctx, p.file, "-test.run", "^("+strings.Join(tests, "|")+")$", "-test.failfast", "-test.parallel=2", "-test.timeout="+limit.String()) //nolint:gosec // built from this repository
	cmd.Dir, cmd.WaitDelay = filepath.Join(root, filepath.FromSlash(p.pkg)), time.Minute
	cmd.Env = append(cmd.Environ(), variable)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return string(text), false, nil
	}
	return string(text), err == nil, err
}

// reach runs each test alone, without a mutant, and returns by mutant the tests that reach it. Those that
// take little time and reach few others are first: they are cheap, and are about it.
func (w *switched) reach(ctx context.Context, o Options, programs []program) (map[int][]reaching, error) {
	which, err := regexp.Compile(o.Tests)
	if err != nil {
		return nil, err
	}
	all := []reaching{}
	for _, p := range programs {
		list := exec.CommandContext(ctx, p.file, "-test.list", "^(Test|Fuzz|Example)") //nolint:gosec // built from this repository
		list.Dir = filepath.Join(w.s.root, filepath.FromSlash(p.pkg))
		names, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("cannot list the tests of %s: %w", p.pkg, err)
		}
		for _, name := range strings.Fields(string(names)) {
			if !regexp.MustCompile(withoutCLI).MatchString(name) && which.MatchString(name) {
				all = append(all, reaching{program: p, test: name})
			}
		}
	}
	reached := make([][]int, len(all))
	err = inParallel(ctx, workersOf(o), len(all), func(ctx context.Context, i int) error {
		began, file := time.Now(), filepath.Join(o.Temp, fmt.Sprintf("reached-%d", i))
		out, passed, err := all[i].program.run(ctx, w.s.root, 10*time.Minute, reachVariable+"="+file, all[i].test)
		if err != nil {
			return err
		}
		if !passed {
			return fmt.Errorf("%s of %s fails without a mutant: %s", all[i].test, all[i].program.pkg, out)
		}
		all[i].took = time.Since(began)
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, line := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(line); err == nil {
				reached[i] = append(reached[i], n)
			}
		}
		all[i].reached = len(reached[i])
		return os.Remove(file)
	})
	byMutant := map[int][]reaching{}
	for i, numbers := range reached {
		for _, n := range numbers {
			byMutant[n] = append(byMutant[n], all[i])
		}
	}
	for _, tests := range byMutant {
		slices.SortFunc(tests, func(a, b reaching) int {
			return cmp.Compare(a.took*time.Duration(a.reached), b.took*time.Duration(b.reached))
		})
	}
	return byMutant, err
}

// killedBy runs the tests that reach a mutant, some at a time, until one fails.
func (w *switched) killedBy(ctx context.Context, patience time.Duration, n int, tests []reaching) (outcome Outcome, by reaching, err error) {
	for size := 3; len(tests) > 0; size *= 4 {
		some := tests[:min(size, len(tests))]
		tests = tests[len(some):]
		for _, p := range programsOf(some) {
			names, limit := []string{}, patience
			for _, t := range some {
				if t.program == p {
					names = append(names, t.test)
					limit += 4 * t.took
				}
			}
			out, passed, err := p.run(ctx, w.s.root, limit, fmt.Sprintf("%s=%d", activeVariable, n), names...)
			switch {
			case err != nil:
				return "", by, err
			case strings.Contains(out, "panic: test timed out"):
				return TimedOut, reaching{program: p, test: "a time limit"}, nil
			case !passed:
				return Killed, reaching{program: p, test: append(failedLine.FindStringSubmatch(out), "", "a panic")[1]}, nil
			}
		}
	}
	return Survived, by, nil
}

func programsOf(tests []reaching) (programs []program) {
	for _, t := range tests {
		if !slices.Contains(programs, t.program) {
			programs = append(programs, t.program)
		}
	}
	return programs
}

// inParallel does something for each number below n, and ends with the first error.
func inParallel(ctx context.Context, workers, n int, do func(ctx context.Context, i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan int)
	var group sync.WaitGroup
	for range max(1, min(n, workers)) {
		group.Go(func() {
			for i := range work {
				if err := do(ctx, i); err != nil {
					stop(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	group.Wait()
	return context.Cause(ctx)
}
