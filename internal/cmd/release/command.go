// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A command is how programs are run: where, with which environment, and who keeps
// what they say.
type command struct {
	directory   string
	environment []string // nil is ours
	log         io.Writer
}

// run returns what the program printed. An error ends with its last lines.
func (c command) run(ctx context.Context, program string, arguments ...string) (string, error) {
	fmt.Fprintf(c.log, "\n$ %s %s\n", program, strings.Join(arguments, " "))
	var out, all bytes.Buffer
	run := exec.CommandContext(ctx, program, arguments...) //nolint:gosec // all programs are named here
	run.Dir, run.Env = c.directory, c.environment
	// Asked first, so that what it started ends as well.
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	run.Stdout = io.MultiWriter(&out, &all, c.log)
	run.Stderr = io.MultiWriter(&all, c.log)
	if err := run.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, tail(all.String()))
	}
	return out.String(), nil
}

func tail(text string) string {
	const most = 12
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return strings.Join(lines, "\n")
}
