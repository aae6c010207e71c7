// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acctest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// shell returns a shell in place of a CLI.
func shell(t *testing.T) *CLI {
	t.Helper()
	return &CLI{Path: "/bin/sh", Directory: t.TempDir(), Environment: []string{"PATH=/usr/bin:/bin"}, Timeout: 100 * time.Millisecond}
}

func TestCLI_runReturnsExitCodeAndOutput(t *testing.T) {
	t.Parallel()
	r, err := shell(t).Run(t.Context(), "-c", "echo drift; echo refused >&2; exit 2")
	if err != nil || r.Code != 2 || r.Stdout != "drift\n" || len(r.Output) != len("drift\nrefused\n") {
		t.Errorf("got %+v, %v", r, err)
	}
}

// An interrupted CLI leaves no process behind.
func TestCLI_interruptedLeavesNoProcess(t *testing.T) {
	t.Parallel()
	c := shell(t)
	pipe := filepath.Join(c.Directory, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, "-c", `sh -c 'trap "" INT; exec 3> pipe; echo alive >&3; while :; do sleep 1; done' & wait`)
		done <- err
	}()
	child, err := os.Open(pipe) // returns when the child opens it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Close() }()
	words := bufio.NewReader(child)
	if word, err := words.ReadString('\n'); err != nil || word != "alive\n" {
		t.Fatalf("the child writes %q, %v", word, err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// The pipe is closed when the last process that has it open ends.
	if err := child.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if word, err := words.ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Errorf("the child still runs: %q, %v", word, err)
	}
}
