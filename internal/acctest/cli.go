// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// Source is the provider's address in a configuration.
	Source = "ram-security/ram"
	// Program is the file name of the built provider.
	Program = "terraform-provider-ram"
	// Header is the beginning of a configuration of the provider.
	Header = "terraform {\n  required_providers {\n    ram = { source = \"" + Source + "\" }\n  }\n}\n"

	configurationFile = "main.tf"
	cliConfiguration  = "cli.tfrc"
	stateFile         = "terraform.tfstate"
)

// CLI is Terraform or OpenTofu in its own directory and environment, isolated from those of the user. Each
// provider block of a configuration is a separate process, as in production. The framework for acceptance
// tests would serve all blocks from one process.
type CLI struct {
	Path        string
	Directory   string // home, temporary files and configuration
	Environment []string
	Timeout     time.Duration // how long the CLI may run after an interrupt
}

// NewCLI writes a CLI configuration with development overrides, so that no provider is installed. The keys
// of plugins are addresses such as [Source], the values are directories.
func NewCLI(path, directory string, plugins map[string]string, environment ...string) (*CLI, error) {
	c := &CLI{Path: path, Directory: directory, Timeout: time.Minute}
	c.Environment = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + directory, "TMPDIR=" + directory, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, cliConfiguration), "TF_IN_AUTOMATION=1",
	}, environment...)
	return c, c.Override(plugins)
}

// Override makes the CLI use providers from directories. It installs other providers from their registry.
func (c *CLI) Override(plugins map[string]string) error {
	overrides := ""
	for address, plugin := range plugins {
		overrides += fmt.Sprintf("    %q = %q\n", address, plugin)
	}
	return c.Write(cliConfiguration, "provider_installation {\n  dev_overrides {\n"+overrides+"  }\n  direct {}\n}\n")
}

// AccountEnvironment returns the environment variables that select the service and the account.
func AccountEnvironment(getenv func(string) string) (environment []string) {
	for _, name := range []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "RAM_ENDPOINT", "IMS_ENDPOINT", "STS_ENDPOINT"} {
		environment = append(environment, name+"="+getenv(name))
	}
	return environment
}

// BuildProvider builds the provider into a directory.
func BuildProvider(ctx context.Context, root, directory string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(directory, Program), ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the provider: %w: %s", err, out)
	}
	return nil
}

// Write writes a file to the CLI's directory.
func (c *CLI) Write(name, content string) error {
	return os.WriteFile(filepath.Join(c.Directory, name), []byte(content), 0o600)
}

// Configure writes a configuration of the provider. It needs no terraform init.
func (c *CLI) Configure(config string) error { return c.Write(configurationFile, Header+config) }

// Trace makes the CLI and the provider write trace logs to a file in the directory.
func (c *CLI) Trace() {
	c.Environment = append(c.Environment, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(c.Directory, "trace.log"))
}

// ReadState returns the state that the CLI wrote.
func (c *CLI) ReadState() ([]byte, error) { return os.ReadFile(filepath.Join(c.Directory, stateFile)) }

// WriteState writes the initial state.
func (c *CLI) WriteState(state []byte) error { return c.Write(stateFile, string(state)) }

// Command returns a command of the CLI without colours.
func (c *CLI) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, append(slices.Clone(arguments), "-no-color")...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = c.Directory, c.Environment, c.Timeout
	return cmd
}

// Result is the result of a run of a CLI.
type Result struct {
	Code   int
	Stdout string
	Output string // standard output and standard error
	Wall   time.Duration
	State  *os.ProcessState
}

// Run runs the CLI. It returns an error only if the CLI could not be started or was interrupted. The CLI and
// the provider processes form one process group, which is killed at the end.
func (c *CLI) Run(ctx context.Context, arguments ...string) (Result, error) {
	var stdout bytes.Buffer
	output := &sharedBuffer{}
	cmd := c.Command(ctx, arguments...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&stdout, output), output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("cannot start %s: %w", c.Path, err)
	}
	err := cmd.Wait()
	wall := time.Since(began)
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // kills what is still running
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case err != nil && !errors.As(err, &exit):
		return Result{}, fmt.Errorf("cannot run %s: %w", c.Path, err)
	}
	return Result{Code: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Output: output.String(), Wall: wall, State: cmd.ProcessState}, nil
}

// Version returns the first line of the CLI's version output.
func (c *CLI) Version(ctx context.Context) (string, error) {
	r, err := c.Run(ctx, "version")
	line, _, _ := strings.Cut(r.Stdout, "\n")
	return line, err
}

// ProviderOf returns the provider process of a running CLI.
func ProviderOf(ctx context.Context, parent int) (int, error) {
	if pid := childOf(parent); pid != 0 {
		return pid, nil
	}
	list, err := exec.CommandContext(ctx, "ps", "-A", "-o", "pid=,ppid=,args=").Output() // where /proc does not list children
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(list)) {
		var pid, ppid int
		var program string
		if n, _ := fmt.Sscan(line, &pid, &ppid, &program); n == 3 && ppid == parent && strings.HasSuffix(program, Program) {
			return pid, nil
		}
	}
	return 0, errors.New("the CLI runs no provider")
}

// childOf finds the provider process in Linux's list of the children of each thread. It returns 0 if there
// is none.
func childOf(parent int) int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent)) // the pattern is valid
	for _, list := range lists {
		children, _ := os.ReadFile(list) // a thread may end meanwhile
		for child := range strings.FieldsSeq(string(children)) {
			var pid int
			program, _ := os.Readlink("/proc/" + child + "/exe")
			if n, _ := fmt.Sscan(child, &pid); n == 1 && filepath.Base(program) == Program {
				return pid
			}
		}
	}
	return 0
}

// sharedBuffer is a buffer for standard output and standard error.
type sharedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sharedBuffer) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(text)
}

func (s *sharedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
