// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package campaign

import (
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

// providerOf finds the provider that a CLI has started.
func providerOf(ctx context.Context, parent int) (int, error) {
	if pid := childOf(parent); pid != 0 {
		return pid, nil
	}
	list, err := exec.CommandContext(ctx, "ps", "-A", "-o", "pid=,ppid=,args=").Output() // without /proc, or one that does not tell children
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(list)) {
		var pid, ppid int
		var program string
		if n, _ := fmt.Sscan(line, &pid, &ppid, &program); n == 3 && ppid == parent && strings.HasSuffix(program, providerProgram) {
			return pid, nil
		}
	}
	return 0, errors.New("the CLI runs no provider")
}

// childOf asks Linux, which tells the children of each thread; 0: it does not know.
func childOf(parent int) int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent)) // the pattern is a good one
	for _, list := range lists {
		children, _ := os.ReadFile(list) // a thread may end meanwhile
		for child := range strings.FieldsSeq(string(children)) {
			var pid int
			program, _ := os.Readlink("/proc/" + child + "/exe")
			if n, _ := fmt.Sscan(child, &pid); n == 1 && filepath.Base(program) == providerProgram {
				return pid
			}
		}
	}
	return 0
}

// orphan waits for a provider that outlives its CLI: it is given the time to end
// what it does.
func (s *scene) orphan() {
	if s.leftover == 0 {
		return
	}
	deadline := time.Now().Add(10 * time.Second)
	for quiet := -1; quiet != len(s.srv.Calls()) && time.Now().Before(deadline); {
		quiet = len(s.srv.Calls())
		wait := time.NewTimer(2 * held)
		<-wait.C
	}
}

// endProvider ends the provider that a killed CLI could not end: it would wait for
// its CLI for ever.
func (s *scene) endProvider() {
	if s.leftover != 0 {
		_ = syscall.Kill(s.leftover, syscall.SIGKILL) // it may have ended by itself
	}
}
