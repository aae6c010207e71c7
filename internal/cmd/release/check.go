// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// checkup is one run of all checks.
type checkup struct {
	root string // root of the repository
	head string // commit that is checked
	work string // directory of the clones
	last string // facts of the last release
	log  io.Writer

	record, warm, strict bool // command-line flags

	first, second layout
	keyring       string
	gpg           []string // environment of the temporary key; empty without gpg
}

// row is one check. Its finding is printed in the table.
type row struct {
	name string
	run  func(*checkup, context.Context) (string, error)
}

var rows = []row{
	{"commit", (*checkup).commit},
	{"configuration", (*checkup).configuration},
	{"go vet", (*checkup).vet},
	{"race tests", (*checkup).race},
	{"snapshot build", (*checkup).build},
	{"second build", (*checkup).rebuild},
	{"same hashes", (*checkup).compare},
	{"registry layout", (*checkup).layout},
	{"signing key", (*checkup).key},
	{"signature", (*checkup).signature},
	{"attacks", (*checkup).attacks},
	{"published keys", (*checkup).keys},
	{"mirror", (*checkup).mirror},
	{"licenses", (*checkup).licenses},
	{"growth", (*checkup).growth},
	{"FIPS 140-3", (*checkup).fips},
	{"vulnerabilities", (*checkup).vulnerabilities},
	{"attestation", (*checkup).attestation},
}

// errNotRun means that a check cannot run here. It is printed and does not fail the
// release.
var errNotRun = errors.New("not run")

// errLeftOut means that a check was excluded with -skip.
var errLeftOut = errors.New("left out by -skip")

func notRun(why string) error { return fmt.Errorf("%w: %s", errNotRun, why) }

// check runs all checks, prints the table, and fails if one of the checks failed.
func check(ctx context.Context, arguments []string, out, progress io.Writer) error {
	c := &checkup{last: "internal/cmd/release/facts.json"}
	flags := flag.NewFlagSet("release check", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.BoolVar(&c.record, "record", false, "write what was weighed as the facts of the last release")
	flags.BoolVar(&c.warm, "warm", false, "let the second build use the first one's cache: quicker, and weaker")
	skip := flags.String("skip", "", "`names` of checks to leave out, separated by commas")
	flags.BoolVar(&c.strict, "strict", false, "fail if a check cannot run here, and was not left out, or if files are not committed")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	done, err := c.open()
	if err != nil {
		return err
	}
	defer done()
	results := c.all(ctx, strings.Split(*skip, ","), progress)
	show(out, results)
	return verdict(results, c.strict)
}

// open creates the directories and the log.
func (c *checkup) open() (func(), error) {
	var err error
	if c.root, err = os.Getwd(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(c.root, ".goreleaser.yml")); err != nil {
		return nil, errors.New("run it in the directory of .goreleaser.yml: make release-check")
	}
	if err := os.MkdirAll("bin", 0o750); err != nil {
		return nil, err
	}
	log, err := os.Create("bin/release-check.log")
	if err != nil {
		return nil, err
	}
	c.log = log
	if c.work, err = os.MkdirTemp("", "ram-release-"); err != nil {
		return nil, err
	}
	return func() {
		c.forget()
		_ = os.RemoveAll(c.work)
		_ = log.Close()
	}, nil
}

// result is the result of one check.
type result struct {
	row   row
	took  time.Duration
	found string
	err   error
}

func (r result) word() string {
	switch {
	case errors.Is(r.err, errNotRun):
		return "not run"
	case errors.Is(r.err, errLeftOut):
		return "left out"
	case r.err != nil:
		return "FAILED"
	default:
		return "ok"
	}
}

func (c *checkup) all(ctx context.Context, skip []string, progress io.Writer) (results []result) {
	for _, r := range rows {
		fmt.Fprintf(progress, "== %s\n", r.name)
		began := time.Now()
		one := result{row: r}
		switch {
		case ctx.Err() != nil:
			one.err = notRun("interrupted")
		case contains(skip, r.name):
			one.err = errLeftOut
		default:
			one.found, one.err = r.run(c, ctx)
		}
		one.took = time.Since(began)
		if one.err != nil {
			fmt.Fprintf(progress, "   %s\n", one.err)
		}
		results = append(results, one)
	}
	return results
}

func contains(list []string, name string) bool {
	for _, one := range list {
		if strings.TrimSpace(one) == name {
			return true
		}
	}
	return false
}

// show prints the table with one line per check. It breaks lines between words.
func show(out io.Writer, results []result) {
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHECK\tRESULT\tTIME\tFOUND")
	for _, r := range results {
		found := r.found
		if r.err != nil {
			found, _, _ = strings.Cut(strings.TrimPrefix(r.err.Error(), errNotRun.Error()+": "), "\n")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.row.name, r.word(), r.took.Round(time.Second/10), found)
	}
	_ = table.Flush()
	fmt.Fprintln(out)
}

func verdict(results []result, strict bool) error {
	var failed []string
	for _, r := range results {
		if r.word() == "FAILED" || strict && r.word() == "not run" {
			failed = append(failed, r.row.name)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("this is no release: %s (bin/release-check.log has all of it)", strings.Join(failed, ", "))
	}
	return nil
}
