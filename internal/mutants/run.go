// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Mutant is one small bug at one place.
type Mutant struct {
	Name        string
	Rule        string // one of [Rules], or listed
	Requirement string // that a listed one breaks
	Test        string // that has to detect a listed one

	file, pkg, in string
	line          int
	start, end    int // of the code in the file
	second        int // where the second of two swapped statements begins
	replacement   string
}

// Place returns the file and the line.
func (m Mutant) Place() string { return fmt.Sprintf("%s:%d", m.file, m.line) }

// key identifies a mutant independently of its line.
func (m Mutant) key() string { return m.in + ": " + m.Name }

// overlay writes the changed file, and the overlay that makes the compiler use it.
func (m Mutant) overlay(s *source, directory string) (overlay string, err error) {
	code := s.files[m.file]
	changed := filepath.Join(directory, "mutant.go.txt")
	text := slices.Concat(code[:m.start], []byte(m.replacement), code[m.end:])
	if err := os.WriteFile(changed, text, 0o600); err != nil {
		return "", err
	}
	file, err := filepath.Abs(filepath.Join(s.root, filepath.FromSlash(m.file)))
	if err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(directory, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}

// suite is a part of the tests of a package.
type suite struct {
	pkg   string   // as go test names it
	which []string // flags that choose the tests
}

const withoutCLI = "^TestAcc[A-Z]"

// suites returns the tests that a listed mutant meets, the cheapest first: the test that has to detect it, those of its
// package, those of the client and the provider, a sample of the campaign, and those with a CLI.
func (m Mutant) suites(o Options) (all []suite) {
	fast := []string{"-skip", withoutCLI, "-timeout=10m"}
	pkg, test, _ := strings.Cut(m.Test, ".")
	all = append(all, suite{"./internal/" + pkg, []string{"-run", "^" + test + "$", "-timeout=2m"}})
	for _, pkg := range []string{m.pkg, "internal/ram", "internal/provider"} {
		if !slices.ContainsFunc(all[1:], func(s suite) bool { return s.pkg == "./"+pkg }) {
			all = append(all, suite{"./" + pkg, fast})
		}
	}
	all = append(all, suite{"./internal/campaign", []string{"-run", "^TestSweep", "-timeout=20m"}})
	if o.CLI != "" {
		all = append(all, suite{"./internal/provider", []string{"-run", withoutCLI, "-timeout=60m"}})
	}
	return all
}

// errNotBuilt reports a mutant that does not compile.
var errNotBuilt = errors.New("it does not compile")

// run runs the tests with an overlay or without. The symbol table is left out because linking it is
// much of what a run costs.
func (s suite) run(ctx context.Context, o Options, overlay string) (passed bool, out string, err error) {
	arguments := append([]string{"test", "-vet=off", "-failfast", "-count=1", "-p=1", "-ldflags=-s -w", "-gcflags=-dwarf=false", "-overlay=" + overlay}, s.which...)
	cmd := exec.CommandContext(ctx, "go", append(arguments, s.pkg)...) //nolint:gosec // the tests of this repository
	cmd.Dir, cmd.WaitDelay = o.Root, time.Minute
	if o.CLI != "" {
		cmd.Env = append(cmd.Environ(), "TF_ACC_TERRAFORM_PATH="+o.CLI)
	}
	text, err := cmd.CombinedOutput()
	out = string(text)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true, out, nil
	case !errors.As(err, &exit) || ctx.Err() != nil:
		return false, out, errors.Join(err, ctx.Err())
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return false, out, fmt.Errorf("%w: %s", errNotBuilt, out)
	}
	return false, out, nil
}

// failedLine finds the name of a failed test.
var failedLine = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// killedBy returns the package and the test that detect a listed mutant; nothing if it survives.
func (m Mutant) killedBy(ctx context.Context, s *source, o Options) (pkg, test string, err error) {
	directory, err := os.MkdirTemp(o.Temp, "mutant-")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.RemoveAll(directory) }()
	overlay, err := m.overlay(s, directory)
	if err != nil {
		return "", "", err
	}
	for _, one := range m.suites(o) {
		passed, out, err := one.run(ctx, o, overlay)
		if err != nil {
			return "", "", err
		}
		if !passed {
			return one.pkg, append(failedLine.FindStringSubmatch(out), "", "a panic or a timeout")[1], nil
		}
	}
	return "", "", nil
}
