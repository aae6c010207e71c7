// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command mutants applies small bugs to copies of the code, one at a time, and runs the
// tests. It exits with 1 if a mutant survives without a reason in accepted.json.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/ram-security/terraform-provider-ram/internal/mutants"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	var o mutants.Options
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	flags.StringVar(&o.Only, "only", "", "run only the mutants whose name, declaration or place contains one of these lines")
	packages := flags.String("packages", "", "packages below internal, separated by commas, such as ram,provider; none: all")
	rules := flags.String("rules", "", "rules, separated by commas: listed, "+strings.Join(mutants.Rules(), ", ")+"; none: all")
	flags.BoolVar(&o.All, "all", false, "also code that neither refuses, warns, removes nor handles a secret")
	flags.StringVar(&o.Tests, "tests", "", "a pattern of the tests that may detect a mutant of a rule; none: all without a CLI")
	flags.DurationVar(&o.Budget, "budget", 0, "begin no mutant after this time; 0: no limit")
	flags.Uint64Var(&o.Seed, "seed", 0, "the order of the mutants; 0: a random one")
	flags.IntVar(&o.Workers, "workers", 0, "how many mutants run at a time; 0: one for each CPU")
	flags.StringVar(&o.CLI, "cli", "", "Terraform or OpenTofu, for the tests that need one")
	flags.StringVar(&o.Root, "root", ".", "the repository")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	comma := func(r rune) bool { return r == ',' }
	o.Packages, o.Rules = strings.FieldsFunc(*packages, comma), strings.FieldsFunc(*rules, comma)
	temp, err := os.MkdirTemp("", "ram-mutants-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	o.Temp = temp
	results, err := mutants.Run(ctx, os.Stdout, o)
	mutants.Print(os.Stdout, results)
	if err == nil && slices.ContainsFunc(results, func(r mutants.Result) bool {
		return r.Outcome == mutants.Survived || r.Outcome == mutants.Unreached || r.Outcome == mutants.Open
	}) {
		err = errors.New("mutants survived")
	}
	return err
}
