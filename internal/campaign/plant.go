// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	_ "embed" // of the list
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed plants.json
var plantList []byte

// plant is a small bug, put into a copy of our own code to see whether a test notices (TEST-03).
type plant struct {
	Name    string `json:"name"`
	Promise string `json:"promise"` // the requirement that it breaks
	File    string `json:"file"`
	Old     string `json:"old"` // stands in the file exactly once, or the list has rotted
	New     string `json:"new"`
	By      string `json:"by"` // the test that is expected to notice it, such as ram.TestALockIsHeldByOne
}

func plants() ([]plant, error) {
	var list []plant
	if err := json.Unmarshal(plantList, &list); err != nil {
		return nil, fmt.Errorf("cannot read the list of planted bugs: %w", err)
	}
	return list, nil
}

// overlaid writes the file with the bug, and the overlay that makes the compiler see it.
func (p plant) overlaid(root, directory string) (overlay string, err error) {
	file := filepath.Join(root, filepath.FromSlash(p.File))
	code, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(code), p.Old); n != 1 {
		return "", fmt.Errorf("%q: what it changes stands %d times in %s, not once", p.Name, n, p.File)
	}
	if file, err = filepath.Abs(file); err != nil {
		return "", err
	}
	changed := filepath.Join(directory, "plant.go.txt")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(code), p.Old, p.New, 1)), 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(directory, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// suite is some tests of a package.
type suite struct {
	of    string   // the package, as go test names it
	which []string // flags that choose the tests
	named bool     // it is the one test that is named for the bug

	noticed string // the test that failed
}

// expected is the test that is named for the bug.
func (p plant) expected() (of, test string) {
	of, test, _ = strings.Cut(p.By, ".")
	return "./internal/" + of, test
}

// suites are the tests that a bug meets, the cheap ones first: the one that is named for
// it, those of its own package, of the others, of the campaign, and those that need a CLI.
func (p plant) suites(cli bool) (all []suite) {
	if of, test := p.expected(); test != "" {
		all = append(all, suite{of: of, which: []string{"-run", "^" + test + "$", "-timeout=2m"}, named: true})
	}
	fast := []string{"-skip", "^TestAcc[A-Z]", "-timeout=20m"}
	own := "./" + path.Dir(p.File)
	all = append(all, suite{of: own, which: fast})
	for _, other := range []string{"./internal/ram", "./internal/provider"} {
		if other != own {
			all = append(all, suite{of: other, which: fast})
		}
	}
	all = append(all, suite{of: "./internal/campaign", which: []string{"-run", "^TestSweep", "-timeout=20m"}})
	if cli {
		all = append(all, suite{of: "./internal/provider", which: []string{"-run", "^TestAcc[A-Z]", "-timeout=60m"}})
	}
	return all
}

// errNotBuilt is a planted bug that is no Go.
var errNotBuilt = errors.New("it does not compile")

// passes runs the tests, with an overlay or without. Symbols are left out of the
// program, since to link it is much of what a run costs.
func (s suite) passes(ctx context.Context, o *Options, overlay string) (passed bool, out []byte, err error) {
	arguments := append([]string{"test", "-vet=off", "-failfast", "-count=1", "-p=1", "-ldflags=-s -w", "-gcflags=-dwarf=false", "-overlay=" + overlay}, s.which...)
	cmd := exec.CommandContext(ctx, "go", append(arguments, s.of)...) //nolint:gosec // the tests of this repository
	cmd.Dir = o.Root
	if o.CLI != "" {
		cmd.Env = append(cmd.Environ(), "TF_ACC_TERRAFORM_PATH="+o.CLI)
	}
	out, err = cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true, out, nil
	case !errors.As(err, &exit) || ctx.Err() != nil:
		return false, out, err
	case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
		return false, out, fmt.Errorf("%w: %s", errNotBuilt, out)
	}
	return false, out, nil
}

// failed is the line of a test that fails.
var failed = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// killer is the suite that notices the bug, with the test of it that did; nil if none does.
func (p plant) killer(ctx context.Context, o *Options, directory string) (*suite, error) {
	overlay, err := p.overlaid(o.Root, directory)
	if err != nil {
		return nil, err
	}
	for _, s := range p.suites(o.CLI != "") {
		passed, out, err := s.passes(ctx, o, overlay)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", p.Name, err)
		}
		if !passed {
			s.noticed = append(failed.FindStringSubmatch(string(out)), "", "no single test")[1]
			return &s, nil
		}
	}
	return nil, nil
}
