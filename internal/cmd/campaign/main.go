// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command campaign injects faults into runs of the provider and counts the outcomes. It
// exits with 1 if an outcome is forbidden.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/ram-security/terraform-provider-ram/internal/campaign"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("campaign", flag.ContinueOnError)
	o := campaign.Options{Getenv: os.Getenv}
	list := flags.String("pieces", "", "the pieces to run, separated by commas: "+strings.Join(campaign.Pieces(), ", ")+"; none: all")
	share := flags.Uint("share", 0, "run every n-th case of the sweep and the pairs; 0: all")
	kills := flags.Uint("kills", 0, "run every n-th place of the kill sweep; 0: all")
	flags.StringVar(&o.Only, "only", "", "run only the cases whose name contains this")
	flags.IntVar(&o.Walks, "walks", 300, "how many walks, and how many runs of the settings; twice as many cases of access")
	flags.Uint64Var(&o.Seed, "seed", 0, "the seed of the walks, the settings and the pairs; 0: a random one")
	flags.StringVar(&o.Fuzz, "fuzz", "100000x", "how often, or how long, each fuzz target runs")
	flags.IntVar(&o.Rounds, "rounds", 5, "rounds of the soak with a CLI")
	flags.IntVar(&o.Loops, "loops", 2000, "applies of the soak over the protocol")
	flags.IntVar(&o.Users, "users", 1000, "users of the load")
	clis := flags.String("cli", "", "Terraform, OpenTofu or both, separated by commas; without one, the pieces that need it are skipped")
	flags.StringVar(&o.Keep, "json", "", "a `file` for the figures; its pieces of the same code are kept")
	flags.StringVar(&o.Guide, "guide", "", "a `file` to write the tables into, between its marks")
	flags.StringVar(&o.Root, "root", ".", "the repository")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	o.Pieces, o.CLIs = parts(*list), parts(*clis)
	o.Share, o.Kills = uint32(*share), uint32(*kills) //nolint:gosec // small numbers
	temp, err := os.MkdirTemp("", "ram-campaign-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	o.Temp = temp
	return campaign.Run(ctx, os.Stdout, o)
}

// parts splits a list at commas, blanks and line breaks.
func parts(list string) []string {
	return strings.FieldsFunc(list, func(character rune) bool { return character == ',' || unicode.IsSpace(character) })
}
