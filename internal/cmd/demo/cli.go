// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A cli is Terraform or OpenTofu, with a directory and an environment of its own:
// nothing of the person who runs the demo reaches it. It works in the directory of
// one configuration at a time, each with a state of its own.
type cli struct {
	path        string
	directory   string
	examples    string
	environment []string
	patience    time.Duration // how long it may take to stop when it is interrupted
}

// install prepares a directory, and a CLI configuration that takes the provider from
// where it was built.
func install(p program, lead []string) (*cli, error) {
	path, err := exec.LookPath(p.cli)
	if err != nil {
		return nil, fmt.Errorf("there is no CLI: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	provider, err := filepath.Abs(p.provider)
	if err != nil {
		return nil, err
	}
	if _, err = exec.LookPath(filepath.Join(provider, "terraform-provider-ram")); err != nil {
		return nil, fmt.Errorf("the provider is not built: %w", err)
	}
	directory, err := os.MkdirTemp("", "ram-demo-")
	if err != nil {
		return nil, err
	}
	c := &cli{path: path, directory: directory, examples: p.examples, patience: 5 * time.Second, environment: append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + directory,
		"TMPDIR=" + directory,
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, "cli.tfrc"),
		"TF_IN_AUTOMATION=1",
		"CHECKPOINT_DISABLE=1",
	}, lead...)}
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"ram-security/ram\" = %q\n  }\n  direct {}\n}\n", provider)
	if err := os.WriteFile(filepath.Join(directory, "cli.tfrc"), []byte(overrides), 0o600); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return c, nil
}

// in is the CLI at work on one example, a copy of it, so that no state is written
// beside the original.
func (c *cli) in(example string) (*cli, error) {
	work := *c
	work.directory = filepath.Join(c.directory, example)
	if _, err := os.Stat(work.directory); err == nil {
		return &work, nil
	}
	files, err := filepath.Glob(filepath.Join(c.examples, example, "*.tf"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no configuration in %s", filepath.Join(c.examples, example))
	}
	if err := os.Mkdir(work.directory, 0o700); err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(work.directory, filepath.Base(file)), text, 0o600); err != nil {
			return nil, err
		}
	}
	return &work, nil
}

func (c *cli) remove() error { return os.RemoveAll(c.directory) }

// name is what a person would type.
func (c *cli) name() string { return filepath.Base(c.path) }

// version is the first line that the CLI says of itself.
func (c *cli) version(ctx context.Context) (string, error) {
	out, err := c.run(ctx, 0, "version")
	line, _, _ := strings.Cut(out, "\n")
	return line, err
}

// run runs the CLI and expects an exit code. Its output is part of the error.
func (c *cli) run(ctx context.Context, code int, arguments ...string) (string, error) {
	var out, complaint bytes.Buffer
	command := exec.CommandContext(ctx, c.path, arguments...) //nolint:gosec // the CLI is named on the command line
	command.Dir, command.Env = c.directory, c.environment
	command.Stdout, command.Stderr = &out, &complaint
	// The CLI and the provider that it starts are one process group. A Ctrl-C reaches
	// it through us alone, once; what is left after that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	command.WaitDelay = c.patience

	if err := command.Start(); err != nil {
		return "", fmt.Errorf("cannot start %s: %w", c.path, err)
	}
	err := command.Wait()
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)

	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil && !errors.As(err, &exit):
		return "", fmt.Errorf("cannot run %s: %w", c.path, err)
	case command.ProcessState.ExitCode() != code:
		return "", mismatch{
			of:    c.name() + " " + strings.Join(arguments, " "),
			want:  fmt.Sprintf("exit code %d", code),
			found: fmt.Sprintf("exit code %d\n\n%s%s", command.ProcessState.ExitCode(), out.String(), complaint.String()),
		}
	}
	return out.String(), nil
}

// A mismatch is what did not go as told.
type mismatch struct{ of, want, found string }

func (m mismatch) Error() string {
	return fmt.Sprintf("%s\nexpected: %s\nfound:    %s", m.of, m.want, m.found)
}
