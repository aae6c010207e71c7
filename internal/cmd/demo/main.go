// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command demo applies the examples to an account of the fake with a real CLI. It checks
// the exit codes, the output, the account and the state, and exits with 1 at the first
// difference.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func main() {
	cli := flag.String("cli", "terraform", "the `path` of terraform or tofu")
	provider := flag.String("provider", "bin", "the `directory` of the provider's program")
	examples := flag.String("examples", "examples", "the `directory` of the configurations to apply")
	flag.Parse()

	// SIGPIPE, if the reader of the output ends, must also remove the files of the demo.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	began := time.Now()
	err := run(ctx, *cli, *provider, *examples)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
	fmt.Printf("\nEach line above was checked in the account. The demo took %.0f seconds and removed its files.\nNext: README.md describes the same steps for your account.\n", time.Since(began).Seconds())
}

// run prepares the fake, the CLI and a PGP key, and runs all steps.
func run(ctx context.Context, cli, provider, examples string) error {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Strict())
	if err != nil {
		return fmt.Errorf("cannot start the fake service: %w", err)
	}
	defer srv.Close()
	directory, err := os.MkdirTemp("", "ram-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(directory) }()
	if provider, err = filepath.Abs(provider); err != nil {
		return err
	}
	if _, err := exec.LookPath(filepath.Join(provider, acctest.Program)); err != nil {
		return fmt.Errorf("the provider is not built: %w", err)
	}
	if cli, err = exec.LookPath(cli); err != nil {
		return err
	}
	if cli, err = filepath.Abs(cli); err != nil {
		return err
	}
	key, err := publicKey()
	if err != nil {
		return err
	}
	c, err := acctest.NewCLI(cli, directory, map[string]string{acctest.Source: provider}, append(acctest.AccountEnvironment(srv.Getenv), "TF_VAR_pgp_key="+key)...)
	if err != nil {
		return err
	}
	c.Timeout = 5 * time.Second
	d := &demo{ctx: ctx, srv: srv, cli: c, examples: examples}
	return d.run()
}
