// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shell stands in for a CLI.
func shell(t *testing.T) *cli {
	t.Helper()
	return &cli{path: "/bin/sh", directory: t.TempDir(), environment: []string{"PATH=/usr/bin:/bin"}, patience: 100 * time.Millisecond}
}

func TestRun_exitCode(t *testing.T) {
	t.Parallel()
	c := shell(t)
	if out, err := c.run(t.Context(), 2, "-c", "echo drift; exit 2"); err != nil || out != "drift\n" {
		t.Errorf("got %q, %v", out, err)
	}
	_, err := c.run(t.Context(), 0, "-c", "echo refused >&2; exit 1")
	var wrong mismatch
	if !errors.As(err, &wrong) {
		t.Fatalf("got %v", err)
	}
	if wrong.want != "exit code 0" || !strings.Contains(wrong.found, "exit code 1") || !strings.Contains(wrong.found, "refused") {
		t.Errorf("got %+v", wrong)
	}
}

// A CLI that is stopped at the wrong moment leaves its provider behind.
func TestRun_cancelledLeavesNoProcess(t *testing.T) {
	t.Parallel()
	c := shell(t)
	pipe := filepath.Join(c.directory, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := c.run(ctx, 0, "-c", `sh -c 'trap "" INT; exec 3> pipe; echo alive >&3; while :; do sleep 1; done' & wait`)
		done <- err
	}()
	child, err := os.Open(pipe) // waits until the child opens it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Close() }()
	words := bufio.NewReader(child)
	if word, err := words.ReadString('\n'); err != nil || word != "alive\n" {
		t.Fatalf("the child says %q, %v", word, err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// The pipe ends with the last process that has it open.
	if err := child.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if word, err := words.ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Errorf("the child still runs: %q, %v", word, err)
	}
}
