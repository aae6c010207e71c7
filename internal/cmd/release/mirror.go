// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// hosts are the registries that the CLIs use for addresses without a host.
var hosts = []string{"registry.terraform.io", "registry.opentofu.org"}

const address = "ram-security/ram"

// mirror arranges the archives in the layout of a filesystem mirror.
func (l layout) mirror(directory string) error {
	if err := os.RemoveAll(directory); err != nil {
		return err
	}
	for _, host := range hosts {
		into := filepath.Join(directory, host, filepath.FromSlash(address))
		if err := os.MkdirAll(into, 0o750); err != nil {
			return err
		}
		for _, p := range platforms {
			if err := copyFile(l.path(l.archive(p)), filepath.Join(into, l.archive(p))); err != nil {
				return err
			}
		}
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

// install runs a CLI that installs the provider from the mirror, as users do, and starts
// it. It copies the unpacked provider into a directory.
func (l layout) install(ctx context.Context, cli, mirror, into string, log io.Writer) error {
	directory, err := os.MkdirTemp("", "ram-mirror-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory) //nolint:errcheck // it is below the system's temporary directory
	absolute, err := filepath.Abs(mirror)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", absolute),
		"main.tf": fmt.Sprintf("terraform {\n  required_providers {\n    ram = {\n      source  = %q\n      version = %q\n    }\n  }\n}\n"+
			"provider \"ram\" {}\n", address, l.version),
	} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + directory, "TMPDIR=" + directory, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(directory, "cli.tfrc"), "TF_IN_AUTOMATION=1",
	}
	for _, arguments := range [][]string{{"init", "-no-color"}, {"providers", "schema", "-json"}} {
		c := command{directory: directory, environment: environment, log: log}
		out, err := c.run(ctx, cli, arguments...)
		if err != nil {
			return err
		}
		if arguments[0] == "providers" && !strings.Contains(out, "ram_security_preference") {
			return fmt.Errorf("%s shows no schema of the provider that it installed", cli)
		}
	}
	return l.keep(directory, into)
}

// keep copies the binary that a CLI unpacked.
func (l layout) keep(from, into string) error {
	if err := os.MkdirAll(into, 0o750); err != nil {
		return err
	}
	found := false
	err := filepath.WalkDir(filepath.Join(from, ".terraform"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != l.executable(runtime.GOOS) {
			return err
		}
		found = true
		target := filepath.Join(into, project)
		if err := copyFile(path, target); err != nil {
			return err
		}
		return os.Chmod(target, 0o700) //nolint:gosec // a program has to be executable
	})
	if err == nil && !found {
		err = fmt.Errorf("the CLI unpacked no %s", l.executable(runtime.GOOS))
	}
	return err
}
