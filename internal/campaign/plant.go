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
	"slices"
	"strings"
	"time"
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

// errNotBuilt is a planted bug that is no Go.
var errNotBuilt = errors.New("it does not compile")

// suites are the tests that a bug meets, the cheap ones first: those of its own package, of
// the others, of the campaign, and those that need a CLI.
func (p plant) suites(cli bool) [][]string {
	own := "./" + path.Dir(p.File)
	all := [][]string{{"-skip", "^TestAcc[A-Z]", own}}
	for _, other := range []string{"./internal/ram", "./internal/provider"} {
		if other != own {
			all = append(all, []string{"-skip", "^TestAcc[A-Z]", other})
		}
	}
	all = append(all, []string{"-run", "^TestSweep", "./internal/campaign"})
	if cli {
		all = append(all, []string{"-run", "^TestAcc[A-Z]", "./internal/provider"})
	}
	return all
}

// killer is the suite that notices the bug; "" if none does.
func (p plant) killer(ctx context.Context, o *Options, directory string) (string, error) {
	overlay, err := p.overlaid(o.Root, directory)
	if err != nil {
		return "", err
	}
	for _, suite := range p.suites(o.CLI != "") {
		arguments := append([]string{"test", "-vet=off", "-failfast", "-count=1", "-timeout=20m", "-overlay", overlay}, suite...)
		cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the tests of this repository
		cmd.Dir = o.Root
		if o.CLI != "" {
			cmd.Env = append(cmd.Environ(), "TF_ACC_TERRAFORM_PATH="+o.CLI)
		}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		switch {
		case err == nil:
			continue
		case !errors.As(err, &exit) || ctx.Err() != nil:
			return "", err
		case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
			return "", fmt.Errorf("%q: %w: %s", p.Name, errNotBuilt, out)
		}
		return suite[len(suite)-1], nil
	}
	return "", nil
}

// playPlants plants one bug after the other. One that nobody notices must not be.
func playPlants(ctx context.Context, o *Options, f *figures) error {
	list, err := plants()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p plant) bool { return !strings.Contains(p.Name, o.Only) })
	slowest := time.Duration(0)
	for _, p := range list {
		began := time.Now()
		killer, err := p.killer(ctx, o, o.Temp)
		if err != nil {
			return err
		}
		slowest = max(slowest, time.Since(began))
		if killer == "" {
			f.count("survived")
			f.forbid(again("plants", p.Name), "no test notices the planted bug %q, which breaks %s: in %s, %q for %q", p.Name, p.Promise, p.File, p.New, p.Old)
			continue
		}
		f.count("killed by the tests of " + killer)
	}
	f.add("planted bugs", len(list))
	f.add("the slowest took", slowest.Round(time.Second))
	return nil
}
