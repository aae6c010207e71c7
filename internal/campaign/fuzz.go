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
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// target is a fuzz target of the repository.
type target struct{ name, pkg string }

var targetLine = regexp.MustCompile(`(?m)^func (Fuzz[A-Z]\w*)\(\w+ \*testing\.F\)`)

// targets are all of them, as the files have them.
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

var executions = regexp.MustCompile(`execs: (\d+)`)

// fuzzed runs a target, and tells how often it was executed.
func (t target) fuzzed(ctx context.Context, o *Options) (n int, out string, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", o.Fuzz, "-fuzzminimizetime", "10s", "-timeout", "0", t.pkg) //nolint:gosec // the tests of this repository
	cmd.Dir = o.Root
	text, err := cmd.CombinedOutput()
	for _, match := range executions.FindAllSubmatch(text, -1) {
		n, _ = strconv.Atoi(string(match[1])) // digits
	}
	return n, string(text), err
}

// playFuzz runs every fuzz target for the given number of executions.
func playFuzz(ctx context.Context, o *Options, f *figures) error {
	all, err := targets(o.Root)
	if err != nil {
		return err
	}
	total := 0
	for _, t := range all {
		if !strings.Contains(t.name, o.Only) {
			continue
		}
		n, out, err := t.fuzzed(ctx, o)
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &exit) && (strings.Contains(out, "[build failed]") || !strings.Contains(out, "--- FAIL")):
			return fmt.Errorf("%s does not run: %s", t.name, out)
		case errors.As(err, &exit):
			f.forbid(fmt.Sprintf("go test -run '%s/' %s, with the input that stands above", t.name, t.pkg), "%s fails: %s", t.name, out)
		case err != nil:
			return err
		}
		total += n
		f.add(strings.TrimPrefix(t.pkg, "./internal/")+" "+t.name, n)
	}
	f.add("executions", total)
	return nil
}
