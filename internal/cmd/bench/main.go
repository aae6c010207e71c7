// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command bench measures the cost of large accounts. It runs Terraform with this provider
// against the fake service, and Terraform with a provider that does nothing.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if provider := os.Getenv(wrappedProgram); provider != "" {
		if err := wrapProvider(provider, os.Getenv(recordFile)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// arguments are the command-line flags.
type arguments struct {
	programs

	short, tiny, full bool
	alone             bool
	most              int
	json, guide       string
}

func parse(args []string, help io.Writer) (a arguments, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(help)
	flags.StringVar(&a.cli, "cli", "terraform", "`program` to run: Terraform or OpenTofu")
	flags.StringVar(&a.provider, "provider", "bin/bench/terraform-provider-ram", "the provider's `program`, stripped as in a release")
	flags.StringVar(&a.floor, "floor", "bin/bench/floor", "the `program` of the provider that does nothing")
	flags.StringVar(&a.peer, "peer", "", "the `program` of the provider aliyun/alicloud, to compare with; empty: none")
	flags.StringVar(&a.fake, "fake", "bin/bench/ramfake", "the `program` of the fake service")
	flags.BoolVar(&a.short, "short", false, "10 and 100 users, each cell once")
	flags.BoolVar(&a.tiny, "tiny", false, "three users, each cell once: to check that it works")
	flags.IntVar(&a.most, "most", 1000, "the most `users` of a plan: 10, 100, 1000 or 5000")
	flags.BoolVar(&a.full, "full", false, "1,000 users applied, destroyed and queried as well: hours")
	flags.BoolVar(&a.alone, "alone", false, "only the provider alone, over the protocol: 100, 1,000 and 5,000 users, without plans")
	flags.StringVar(&a.json, "json", "bench.json", "`file` to write the figures to; empty: none")
	flags.StringVar(&a.guide, "guide", "", "`file` to write the table into, between its marks; empty: none")
	if err = flags.Parse(args); err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is not expected", flags.Arg(0))
	}
	return a, err
}

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	a, err := parse(args, progress)
	if err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "ram-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(directory)) }()
	if a.programs, err = a.absolute(); err != nil {
		return err
	}
	version, err := a.version(ctx, directory)
	if err != nil {
		return err
	}
	l := &bench{
		programs: a.programs, directory: directory, host: hostOf(version), floors: map[string][]sample{},
		logf: func(format string, arguments ...any) { fmt.Fprintf(progress, format+"\n", arguments...) },
	}
	r, err := l.measureAll(ctx, a, version)
	if err != nil {
		return err
	}
	fmt.Fprint(out, r.table())
	return errors.Join(a.writeJSON(r), a.writeGuide(r))
}

// measureAll runs the selected measurements.
func (l *bench) measureAll(ctx context.Context, a arguments, version string) (r report, err error) {
	r = report{Date: time.Now().UTC(), CLI: version, CPUs: runtime.NumCPU(), Go: runtime.Version()}
	starts := 21
	if a.tiny {
		starts = 1
	}
	if r.Ours, r.Floor, err = l.startups(ctx, starts); err != nil {
		return r, err
	}
	for _, of := range a.cellsBySize() {
		results, err := l.measureSize(ctx, of.users, of.cells)
		if err != nil {
			return r, err
		}
		r.Results = append(r.Results, results...)
	}
	if a.peer != "" {
		r.Peers, err = l.measurePeer(ctx, a.peerUsers(), a.peerRuns())
	}
	return r, err
}

func (a arguments) writeJSON(r report) error {
	if a.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(a.json, append(text, '\n'), 0o600)
}

func (a arguments) writeGuide(r report) error {
	if a.guide == "" {
		return nil
	}
	return writeGuide(a.guide, r)
}
