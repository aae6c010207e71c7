// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command campaign shows what the provider does under faults, and counts it. It
// ends with 1 if anything happened that must never happen.
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
	list := flags.String("pieces", "", "the pieces to play, with commas between: "+strings.Join(campaign.Pieces(), ", ")+"; none: all")
	share := flags.Uint("share", 0, "play every how many-th case of the sweep and the pairs; 0: all")
	kills := flags.Uint("kills", 0, "play every how many-th place of the kill sweep; 0: all")
	flags.StringVar(&o.Only, "only", "", "play only the cases whose name holds this")
	flags.IntVar(&o.Walks, "walks", 300, "how many walks")
	flags.Uint64Var(&o.Seed, "seed", 0, "the seed of the walks and the pairs; 0: another one each time")
	flags.StringVar(&o.Fuzz, "fuzz", "100000x", "how often, or how long, each fuzz target runs")
	flags.IntVar(&o.Rounds, "rounds", 5, "rounds of the soak with a CLI")
	flags.IntVar(&o.Loops, "loops", 2000, "applies of the soak over the protocol")
	flags.IntVar(&o.Users, "users", 1000, "users of the load")
	clis := flags.String("cli", "", "Terraform, OpenTofu or both, with commas between; without one, the pieces that need it are left out")
	flags.StringVar(&o.Keep, "json", "", "a `file` to keep the figures in: pieces that were played of the same code stay in it")
	flags.StringVar(&o.Guide, "guide", "", "a `file` to put the table into, between the marks that are there")
	flags.StringVar(&o.Root, "root", ".", "the repository")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	o.Pieces, o.CLIs = parts(*list), parts(*clis)
	o.Share, o.Kills = uint32(*share), uint32(*kills) //nolint:gosec // small numbers of a person
	temp, err := os.MkdirTemp("", "ram-campaign-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	o.Temp = temp
	return campaign.Run(ctx, os.Stdout, o)
}

// parts are those of a list with commas, spaces or lines between.
func parts(list string) []string {
	return strings.FieldsFunc(list, func(letter rune) bool { return letter == ',' || unicode.IsSpace(letter) })
}
