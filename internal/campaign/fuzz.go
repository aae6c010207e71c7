// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is a fuzz target of the repository.
type target struct{ name, pkg string }

var targetLine = regexp.MustCompile(`(?m)^func (Fuzz[A-Z]\w*)\(\w+ \*testing\.F\)`)

// targets returns all fuzz targets of the repository.
func targets(root string) (all []target, err error) {
	err = filepath.WalkDir(filepath.Join(root, "internal"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path) //nolint:gosec // of this repository
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		for _, match := range targetLine.FindAllSubmatch(code, -1) {
			all = append(all, target{string(match[1]), "./" + filepath.ToSlash(pkg)})
		}
		return err
	})
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.pkg+a.name, b.pkg+b.name) })
	return all, err
}

// instrumented are the packages whose branches the engine counts: those of this module. The engine reads every
// counter after every execution, so more packages would take most of its time.
const instrumented = "github.com/ram-security/terraform-provider-ram/..."

// testBinary is a package's test binary, from which all its targets run.
type testBinary struct{ binary, directory, corpus string }

// buildTestBinary builds the binary. The corpus is in the cache of the go command:
// go clean -fuzzcache removes it.
func (o *Options) buildTestBinary(ctx context.Context, pkg string) (h testBinary, err error) {
	h.directory, h.binary = filepath.Join(o.Root, pkg), filepath.Join(o.Temp, path.Base(pkg)+".fuzz")
	if _, err = o.tool(ctx, "test", "-c", "-vet=off", "-o", h.binary, "-gcflags="+instrumented+"=-d=libfuzzer", pkg); err != nil {
		return h, err
	}
	kept, err := o.tool(ctx, "env", "GOCACHE")
	h.corpus = filepath.Join(kept, "fuzz", "campaign", pkg)
	return h, err
}

// tool runs the go command in the repository, and returns its output.
func (o *Options) tool(ctx context.Context, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // on this repository
	cmd.Dir = o.Root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", arguments[0], err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

var executions = regexp.MustCompile(`execs: (\d+)`)

// minimizing is how often a target runs to minimize one input.
const minimizing = "100x"

// run runs a target, and returns how often it was executed.
func (t target) run(ctx context.Context, h testBinary, long string) (n int, out string, err error) {
	cmd := exec.CommandContext(ctx, h.binary, "-test.run", "^$", "-test.fuzz", "^"+t.name+"$", "-test.fuzztime", long, //nolint:gosec // the tests of this repository
		"-test.fuzzminimizetime", minimizing, "-test.fuzzcachedir", h.corpus, "-test.timeout", "0")
	cmd.Dir = h.directory
	text, err := cmd.CombinedOutput()
	for _, match := range executions.FindAllSubmatch(text, -1) {
		n, _ = strconv.Atoi(string(match[1])) // digits
	}
	return n, string(text), err
}

var workerEnded = regexp.MustCompile(`hung or terminated unexpectedly[^\n]*\s+Failing input written to (\S+)`)

// wasStalled reports whether a worker was ended for no fault of its input: the engine gives one
// execution ten seconds of real time, and a busy machine may stall for as long.
func (t target) wasStalled(ctx context.Context, h testBinary, out string) bool {
	found := workerEnded.FindStringSubmatch(out)
	if found == nil {
		return false
	}
	input := filepath.Join(h.directory, filepath.FromSlash(found[1]))
	cmd := exec.CommandContext(ctx, h.binary, "-test.run", "^"+t.name+"$/^"+filepath.Base(input)+"$", "-test.timeout", "9s") //nolint:gosec // as above
	cmd.Dir = h.directory
	return cmd.Run() == nil && os.Remove(input) == nil
}

// runFuzz runs every fuzz target for the given number of executions.
func runFuzz(ctx context.Context, o *Options, f *figures) error {
	all, err := targets(o.Root)
	if err != nil {
		return err
	}
	total, harnesses, began := 0, map[string]testBinary{}, time.Now()
	for _, t := range all {
		if !strings.Contains(t.name, o.Only) {
			continue
		}
		h, built := harnesses[t.pkg]
		if !built {
			if h, err = o.buildTestBinary(ctx, t.pkg); err != nil {
				return err
			}
			harnesses[t.pkg] = h
		}
		n, out, err := t.run(ctx, h, o.Fuzz)
		for again := 0; again < 3 && err != nil && t.wasStalled(ctx, h, out); again++ {
			// On an idle machine this needs an investigation.
			f.add(t.name+" was ended once by the engine's own time limit, after", n)
			n, out, err = t.run(ctx, h, o.Fuzz)
		}
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &exit) && !strings.Contains(out, "--- FAIL"), err == nil && n == 0:
			return fmt.Errorf("%s does not run: %s", t.name, out)
		case errors.As(err, &exit):
			f.forbid(fmt.Sprintf("go test -run '%s/' %s, with the input above", t.name, t.pkg), "%s fails: %s", t.name, out)
		case err != nil:
			return err
		}
		total += n
		f.add(strings.TrimPrefix(t.pkg, "./internal/")+" "+t.name, n)
	}
	f.add("executions", total)
	f.headline = fmt.Sprintf("%s executions", grouped(total))
	f.add("executions a second, with the builds", int(float64(total)/time.Since(began).Seconds()))
	return nil
}
