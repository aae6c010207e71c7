// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"errors"
	"os/exec"
	"syscall"
	"testing"
)

func TestKills_leaveNoProviderBehind(t *testing.T) {
	t.Parallel()
	provider := exec.CommandContext(t.Context(), "sleep", "10")
	if err := provider.Start(); err != nil {
		t.Fatal(err)
	}
	(&killRun{}).killOrphan() // the process 0 would be the process group of this test
	(&killRun{orphan: provider.Process.Pid}).killOrphan()
	exit := new(exec.ExitError)
	if err := provider.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it ends by itself: %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Errorf("it ends otherwise: %v", exit)
	}
}
