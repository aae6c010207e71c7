// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// providerProgram is what the built provider is called.
const providerProgram = "terraform-provider-ram"

// stateFile is where a CLI keeps its state.
const stateFile = "terraform.tfstate"

// cli is a real CLI with the built provider, in a directory of its own.
type cli struct {
	path, directory string
	environment     []string
}

// built builds the provider, as people run it.
func built(ctx context.Context, o *Options) (directory string, err error) {
	directory = filepath.Join(o.Temp, "provider")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(directory, providerProgram), ".") //nolint:gosec // this repository
	cmd.Dir = o.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the provider: %w: %s", err, out)
	}
	return directory, nil
}

// newCLI lays out a configuration that needs no init. What leads to an account comes by getenv.
func newCLI(o *Options, provider, config string, getenv func(string) string) (*cli, error) {
	directory, err := os.MkdirTemp(o.Temp, "run-")
	if err != nil {
		return nil, err
	}
	c := &cli{path: o.CLI, directory: directory}
	c.environment = []string{
		"PATH=" + o.Getenv("PATH"), "HOME=" + directory, "TMPDIR=" + directory, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, "dev.tfrc"), "TF_IN_AUTOMATION=1",
		"GOGC=400", // a run is short: memory for time
	}
	for _, name := range []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "RAM_ENDPOINT", "IMS_ENDPOINT", "STS_ENDPOINT"} {
		c.environment = append(c.environment, name+"="+getenv(name))
	}
	for name, content := range map[string]string{
		"dev.tfrc": fmt.Sprintf("provider_installation {\n  dev_overrides { \"ram-security/ram\" = %q }\n  direct {}\n}\n", provider),
		"main.tf":  "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n" + config,
	} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// remove takes the directory away.
func (c *cli) remove() { _ = os.RemoveAll(c.directory) }

// command prepares a run of the CLI.
func (c *cli) command(ctx context.Context, out *bytes.Buffer, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.path, append(arguments, "-no-color")...) //nolint:gosec // the CLI that a person chose
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.directory, c.environment, out, out
	cmd.WaitDelay = time.Minute
	return cmd
}

// run runs the CLI, and tells its exit code and what it printed.
func (c *cli) run(ctx context.Context, arguments ...string) (code int, printed string, err error) {
	var out bytes.Buffer
	cmd := c.command(ctx, &out, arguments...)
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		return 0, out.String(), errors.Join(err, ctx.Err())
	}
	return cmd.ProcessState.ExitCode(), out.String(), nil
}

// secretsIn are the secrets of the keys in a state.
func secretsIn(text []byte) map[string]string {
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes struct {
					AccessKeyID string `json:"access_key_id"`
					Secret      string `json:"secret"`
				}
			}
		}
	}
	secrets := map[string]string{}
	if json.Unmarshal(text, &state) != nil {
		return secrets
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == "ram_access_key" {
				secrets[instance.Attributes.AccessKeyID] = instance.Attributes.Secret
			}
		}
	}
	return secrets
}
