// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// cli is a real CLI with the built provider in a test: what goes wrong ends the test.
type cli struct {
	*acctest.CLI

	t *testing.T
}

// binary builds the provider once for all tests that need it, and returns its directory. It takes the
// one of RAM_TEST_PROVIDER if make has built it.
var binary = sync.OnceValues(func() (directory string, err error) {
	if directory = os.Getenv("RAM_TEST_PROVIDER"); directory != "" {
		return directory, nil
	}
	return programs, acctest.BuildProvider(context.Background(), "../..", programs)
})

// newCLI writes a configuration that needs no init.
func newCLI(t *testing.T, getenv func(string) string, config string) *cli {
	t.Helper()
	needsCLI(t)
	provider, err := binary()
	must(t, err)
	c, err := acctest.NewCLI(os.Getenv("TF_ACC_TERRAFORM_PATH"), t.TempDir(), map[string]string{acctest.Source: provider}, acctest.AccountEnvironment(getenv)...)
	must(t, err)
	must(t, c.Configure(config))
	return &cli{CLI: c, t: t}
}

func (c *cli) write(name, content string) {
	c.t.Helper()
	must(c.t, c.Write(name, content))
}

// command prepares a run of the CLI.
func (c *cli) command(arguments ...string) *exec.Cmd {
	return c.Command(c.t.Context(), arguments...)
}

// run runs the CLI, and fails the test if it ends with another code. It returns what was printed.
func (c *cli) run(code int, arguments ...string) string {
	c.t.Helper()
	r, err := c.Run(c.t.Context(), arguments...)
	must(c.t, err)
	if r.Code != code {
		c.t.Fatalf("%v ended with %d, want %d:\n%s", arguments, r.Code, code, r.Output)
	}
	return r.Output
}

// runAndKill starts the CLI, waits until something is so, and kills the provider that the CLI has
// started with SIGKILL. It returns what the CLI printed.
func (c *cli) runAndKill(when func() bool, arguments ...string) string {
	c.t.Helper()
	var out bytes.Buffer
	cmd := c.command(arguments...)
	cmd.Stdout, cmd.Stderr = &out, &out
	must(c.t, cmd.Start())
	waitFor(c.t, when)
	provider, err := acctest.ProviderOf(c.t.Context(), cmd.Process.Pid)
	must(c.t, err)
	must(c.t, syscall.Kill(provider, syscall.SIGKILL))
	if err := cmd.Wait(); err == nil {
		c.t.Fatalf("the CLI did not notice that the provider was killed:\n%s", out.String())
	}
	return out.String()
}

// state returns the state as the CLI wrote it.
func (c *cli) state() string {
	c.t.Helper()
	content, err := c.ReadState()
	must(c.t, err)
	return string(content)
}

// trace makes the CLI and the provider log everything into a file that scan searches.
func (c *cli) trace() *cli {
	c.Trace()
	return c
}

// scan searches for a secret in what was printed, in the URLs that the fake received, and in every file of
// the CLI's directory but for main.tf and those for which allowed returns true.
func (c *cli) scan(srv *ramtest.Server, printed, secret string, allowed func(path string) bool) {
	c.t.Helper()
	if len(acctest.FindSecret([]byte(secret), secret)) == 0 {
		c.t.Fatalf("%q is too short to be searched for", secret)
	}
	for _, form := range acctest.FindSecret([]byte(printed), secret) {
		c.t.Errorf("the secret was printed, %s:\n%s", form, printed)
	}
	for _, call := range srv.Calls() {
		for _, form := range acctest.FindSecret([]byte(call.URL), secret) {
			c.t.Errorf("the secret is in a URL, %s: %s", form, call.URL)
		}
	}
	found, err := acctest.ScanFiles(c.Directory, secret, allowed)
	must(c.t, err)
	for _, at := range found {
		c.t.Errorf("the secret is in %s", at)
	}
}
