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
	"sync"
	"time"
)

// command describes how programs are run: directory, environment and log.
type command struct {
	directory   string
	environment []string // nil selects the environment of this process
	log         io.Writer
}

// run returns the output of the program. An error ends with the last lines of the output.
func (c command) run(ctx context.Context, program string, arguments ...string) (string, error) {
	fmt.Fprintf(c.log, "\n$ %s %s\n", program, strings.Join(arguments, " "))
	var out, all bytes.Buffer
	run := exec.CommandContext(ctx, program, arguments...) //nolint:gosec // all programs are named here
	run.Dir, run.Env = c.directory, c.environment
	// An interrupt first lets the program stop the processes that it started.
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	// os/exec copies the two streams concurrently.
	both := &lockedWriter{w: io.MultiWriter(&all, c.log)}
	run.Stdout = io.MultiWriter(&out, both)
	run.Stderr = both
	if err := run.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, tail(all.String()))
	}
	return out.String(), nil
}

// lockedWriter lets several goroutines write to one writer.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// tail returns the last lines of an output.
func tail(text string) string {
	const most = 12
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return strings.Join(lines, "\n")
}
