// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// cli runs a real CLI with the built provider, each block of it a process of its
// own as in life. The test framework cannot do that: it serves all blocks from
// one process, where the last one configured speaks for all.
type cli struct {
	t           *testing.T
	directory   string
	environment []string
}

// built is where binary put the provider, for TestMain to remove.
var built string

// binary builds the provider, once for all tests that need it, and returns its directory.
var binary = sync.OnceValues(func() (string, error) {
	directory, err := os.MkdirTemp("", "ram-provider-")
	if err != nil {
		return "", err
	}
	built = directory
	if out, err := exec.Command("go", "build", "-o", filepath.Join(directory, "terraform-provider-ram"), "../..").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return directory, nil
})

// newCLI lays out a configuration that needs no init.
func newCLI(t *testing.T, getenv func(string) string, config string) *cli {
	t.Helper()
	needsCLI(t)
	provider, err := binary()
	must(t, err)
	c := &cli{t: t, directory: t.TempDir()}
	c.write("main.tf", `terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}
`+config)
	c.write("dev.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides { \"ram-security/ram\" = %q }\n  direct {}\n}\n", provider))
	c.environment = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.directory, "TMPDIR=" + c.directory, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(c.directory, "dev.tfrc"), "TF_IN_AUTOMATION=1",
	}
	for _, name := range []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "RAM_ENDPOINT", "IMS_ENDPOINT", "STS_ENDPOINT"} {
		c.environment = append(c.environment, name+"="+getenv(name))
	}
	return c
}

func (c *cli) write(name, content string) {
	c.t.Helper()
	must(c.t, os.WriteFile(filepath.Join(c.directory, name), []byte(content), 0o600))
}

// command prepares a run of the CLI.
func (c *cli) command(arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), arguments...)
	cmd.Dir, cmd.Env = c.directory, c.environment
	return cmd
}

// run runs the CLI, and fails the test if it ends with another code. It returns what was printed.
func (c *cli) run(code int, arguments ...string) string {
	c.t.Helper()
	var out bytes.Buffer
	cmd := c.command(append(arguments, "-no-color")...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		c.t.Fatalf("%v ended with %d, want %d:\n%s", arguments, got, code, out.String())
	}
	return out.String()
}

// killed starts the CLI, waits until something is so, and kills the provider
// that it has started: at once, and without a word to anybody. It returns what
// the CLI had to say.
func (c *cli) killed(when func() bool, arguments ...string) string {
	c.t.Helper()
	var out bytes.Buffer
	cmd := c.command(append(arguments, "-no-color")...)
	cmd.Stdout, cmd.Stderr = &out, &out
	must(c.t, cmd.Start())
	waitFor(c.t, when)
	provider := c.childOf(cmd.Process.Pid)
	must(c.t, syscall.Kill(provider, syscall.SIGKILL))
	if err := cmd.Wait(); err == nil {
		c.t.Fatalf("the CLI did not notice that the provider was killed:\n%s", out.String())
	}
	return out.String()
}

// childOf finds the provider that a CLI has started.
func (c *cli) childOf(parent int) int {
	c.t.Helper()
	list, err := exec.CommandContext(c.t.Context(), "ps", "-A", "-o", "pid=,ppid=,args=").Output()
	must(c.t, err)
	for line := range strings.Lines(string(list)) {
		var pid, ppid int
		var program string
		if n, _ := fmt.Sscan(line, &pid, &ppid, &program); n == 3 && ppid == parent && strings.HasSuffix(program, "terraform-provider-ram") {
			return pid
		}
	}
	c.t.Fatal("the CLI runs no provider")
	return 0
}

// state is the state as the CLI wrote it.
func (c *cli) state() string {
	c.t.Helper()
	content, err := os.ReadFile(filepath.Join(c.directory, "terraform.tfstate"))
	must(c.t, err)
	return string(content)
}
