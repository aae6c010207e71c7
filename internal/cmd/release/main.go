// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command release checks the files of a release, and creates those that no available tool
// creates without a network.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// verbs are the subcommands.
var verbs = map[string]func(ctx context.Context, arguments []string, out, progress io.Writer) error{
	"check":  check,
	"gather": gather,
	"sbom":   sbom,
	"tag":    tag,
	"verify": verify,
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	if len(arguments) > 0 {
		if verb, ok := verbs[arguments[0]]; ok {
			return verb(ctx, arguments[1:], out, progress)
		}
	}
	return errors.New("usage: release check | gather | sbom | tag | verify")
}
