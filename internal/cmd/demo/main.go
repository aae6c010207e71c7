// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command demo shows the provider at work on an account of the fake service, with
// a real CLI. Whatever it says has been checked: by exit codes, by the plan, and in
// the account. It exits 1 as soon as something does not go as told.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

func main() {
	var p program
	flag.StringVar(&p.cli, "cli", "terraform", "the `path` of terraform or tofu")
	flag.StringVar(&p.provider, "provider", "bin", "the `directory` of the provider's program")
	flag.StringVar(&p.examples, "examples", "examples", "the `directory` of the configurations to apply")
	flag.Parse()

	// A reader that went away (SIGPIPE) ends the demo as a person does, so that it
	// cleans up after itself all the same.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	os.Exit(p.run(ctx, os.Stdout, os.Stderr))
}

// A program is what the command line asks for.
type program struct {
	cli, provider, examples string
}

func (p program) run(ctx context.Context, out, complaints io.Writer) int {
	began := time.Now()
	err := p.demonstrate(ctx, out)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(complaints, "\nStopped. Nothing is left behind.")
		return 130
	case err != nil:
		fmt.Fprintf(complaints, "\nThe demo did not go as told.\n%s\n", err)
		return 1
	}
	fmt.Fprintf(out, ending, time.Since(began).Seconds())
	return 0
}

const ending = `
All of this was checked as it happened, in %.0f seconds; nothing is left behind.
Next: README.md shows the same for an account of yours.
`

// demonstrate sets the stage, plays the story and clears the stage again.
func (p program) demonstrate(ctx context.Context, out io.Writer) (err error) {
	account, err := open()
	if err != nil {
		return err
	}
	defer account.close()

	reader, err := newReader()
	if err != nil {
		return err
	}
	cli, err := install(p, append(account.environment(), "TF_VAR_pgp_key="+reader.public))
	if err != nil {
		return err
	}
	defer func() {
		if left := cli.remove(); err == nil {
			err = left
		}
	}()
	page := &page{out: out}
	err = story{account: account, reader: reader, cli: cli, out: page, began: time.Now()}.tell(ctx)
	if err == nil && page.widest > columns {
		err = mismatch{of: "the story", want: fmt.Sprintf("%d columns", columns), found: fmt.Sprintf("a line of %d", page.widest)}
	}
	return err
}

// columns is how wide a terminal is that nobody has made wider.
const columns = 80

// A page is written line by line, and remembers how wide its widest line is.
type page struct {
	out    io.Writer
	widest int
}

func (p *page) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		p.widest = max(p.widest, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
	}
	return p.out.Write(text)
}
