// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// programs are what a measurement needs, all built before.
type programs struct{ cli, provider, floor, fake string }

// absolute finds each, from whatever directory they are started later.
func (p programs) absolute() (programs, error) {
	for _, program := range []*string{&p.cli, &p.provider, &p.floor, &p.fake} {
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

// version is what the CLI calls itself.
func (p programs) version(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, p.cli, "version") //nolint:gosec // chosen by the person who measures
	cmd.Env = []string{"CHECKPOINT_DISABLE=1", "PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	first, _, _ := strings.Cut(string(out), "\n")
	return first, err
}

// workspace is a configuration with its state, and how the CLI is run on it.
type workspace struct {
	cli, directory string
	environment    []string
}

// workspace lays out a directory in which the CLI takes a provider from the
// witness, which starts the real one.
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
	w := &workspace{cli: p.cli, directory: directory, environment: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + directory, "TMPDIR=" + directory, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, "cli.tfrc"), witnessed + "=" + provider, recordsAt + "=" + filepath.Join(directory, "records"),
	}}
	return w, errors.Join(
		w.put("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n  direct {}\n}\n", "ram-security/"+name, plugins)),
		w.put("main.tf", configuration),
	)
}

func (w *workspace) put(name, content string) error {
	return os.WriteFile(filepath.Join(w.directory, name), []byte(content), 0o600)
}

// sample is what one run has cost.
type sample struct {
	Wall        time.Duration `json:"wall"`
	CLICPU      time.Duration `json:"cli_cpu"`
	ProviderCPU time.Duration `json:"provider_cpu"`
	ProviderRSS int64         `json:"provider_rss"`
	LiveHeap    int64         `json:"live_heap"`
}

// run runs the CLI, which has to succeed.
func (w *workspace) run(ctx context.Context, environment []string, arguments ...string) (s sample, err error) {
	records := filepath.Join(w.directory, "records")
	if err := os.RemoveAll(records); err != nil {
		return s, err
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, w.cli, append(arguments, "-no-color")...) //nolint:gosec // as above
	cmd.Dir, cmd.Env = w.directory, slices.Concat(w.environment, environment)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = time.Minute
	start := time.Now()
	err = cmd.Run()
	s.Wall = time.Since(start)
	if err != nil {
		return s, fmt.Errorf("%s: %w\n%s", strings.Join(arguments, " "), err, out.String())
	}
	provider, err := costs(records)
	if err != nil {
		return s, fmt.Errorf("%s: the provider left no record: %w", strings.Join(arguments, " "), err)
	}
	// The time of a process has that of those it waited for in it.
	whole := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.CLICPU, s.ProviderCPU = max(whole-provider.CPU, 0), provider.CPU
	s.ProviderRSS, s.LiveHeap = provider.RSS, provider.LiveHeap
	return s, nil
}
