// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// programs are the previously built programs of a measurement.
type programs struct {
	cli, provider, floor, fake string
	peer                       string // empty: none
}

// absolute returns the absolute paths.
func (p programs) absolute() (programs, error) {
	for _, program := range []*string{&p.cli, &p.provider, &p.floor, &p.fake, &p.peer} {
		if *program == "" {
			continue
		}
		found, err := exec.LookPath(*program)
		if err == nil {
			found, err = filepath.Abs(found)
		}
		if err != nil {
			return p, fmt.Errorf("cannot find a program: %w", err)
		}
		*program = found
	}
	return p, nil
}

// version returns the version that the CLI prints.
func (p programs) version(ctx context.Context, directory string) (string, error) {
	c, err := acctest.NewCLI(p.cli, directory, nil)
	if err != nil {
		return "", err
	}
	return c.Version(ctx)
}

// workspace is a configuration with its state, and the CLI for it.
type workspace struct{ *acctest.CLI }

// workspace prepares a directory in which the CLI starts this program, which starts the
// provider.
func (p programs) workspace(directory, name, provider, configuration string) (*workspace, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	plugins := filepath.Join(directory, "plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(plugins, "terraform-provider-"+name)); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	c, err := acctest.NewCLI(p.cli, directory, map[string]string{"ram-security/" + name: plugins}, wrappedProgram+"="+provider, recordFile+"="+filepath.Join(directory, "records"))
	if err != nil {
		return nil, err
	}
	return &workspace{c}, c.Write("main.tf", configuration)
}

// sample is the cost of one run.
type sample struct {
	Wall        time.Duration `json:"wall"`
	CLICPU      time.Duration `json:"cli_cpu"`
	ProviderCPU time.Duration `json:"provider_cpu"`
	ProviderRSS int64         `json:"provider_rss"`
	LiveHeap    int64         `json:"live_heap"`
}

// run runs the CLI, which must succeed.
func (w *workspace) run(ctx context.Context, environment []string, arguments ...string) (s sample, err error) {
	records := filepath.Join(w.Directory, "records")
	if err := os.RemoveAll(records); err != nil {
		return s, err
	}
	with := *w.CLI
	with.Environment = slices.Concat(w.Environment, environment)
	r, err := with.Run(ctx, arguments...)
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("exit code %d\n%s", r.Code, r.Output)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", strings.Join(arguments, " "), err)
	}
	provider, err := costs(records)
	if err != nil {
		return s, fmt.Errorf("%s: the provider left no record: %w", strings.Join(arguments, " "), err)
	}
	// The time of a process includes that of the child processes for which it waited.
	whole := r.State.UserTime() + r.State.SystemTime()
	s.Wall, s.CLICPU, s.ProviderCPU = r.Wall, max(whole-provider.CPU, 0), provider.CPU
	s.ProviderRSS, s.LiveHeap = provider.RSS, provider.LiveHeap
	return s, nil
}
