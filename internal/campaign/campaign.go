// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options choose what a campaign runs.
type Options struct {
	Pieces []string // of [Pieces]; none: all
	Only   string   // part of a case's name; "": all
	Share  uint32   // run every n-th case of the sweep and every n-th pair; 0: all
	Walks  int      // how many walks, and how many runs of the settings; twice as many cases of access
	Seed   uint64   // of the walks and the pairs; 0: a random one
	Kills  uint32   // run every n-th place of the kill sweep; 0: all
	Fuzz   string   // how long each target runs, such as 100000x
	Rounds int      // of the soak with a CLI
	Loops  int      // of the soak over the protocol
	Users  int      // of the load
	Root   string   // of the repository
	CLIs   []string // Terraform, OpenTofu or both; none: no piece that needs one
	CLI    string   // the one that a piece runs on
	Getenv func(string) string
	Keep   string // a file for the figures; its pieces of the same code are kept; "": none
	Guide  string // a guide to write them into; "": none
	Temp   string // a directory for the files of the pieces; it is not removed
}

// ErrForbidden reports an outcome that must never happen.
var ErrForbidden = errors.New("there are forbidden outcomes")

// piece is a part of the campaign.
type piece struct {
	name  string
	cli   bool // it runs once on each CLI
	tests bool // it runs tests of the repository
	run   func(context.Context, *Options, *figures) error
}

var pieces = []piece{
	{"sweep", false, false, runSweep},
	{"pairs", false, false, runPairs},
	{"shapes", false, false, runShapes},
	{"sessions", false, false, runSessions},
	{"walks", false, false, runWalks},
	{"settings", false, false, runSettings},
	{"access", false, false, runAccess},
	{"soak", false, false, runSoak},
	{"load", false, false, runLoad},
	{"rounds", true, false, runRounds},
	{"actors", true, false, runActors},
	{"kills", true, false, runKills},
	{"fuzz", false, true, runFuzz},
	{"mutants", false, true, runMutants},
}

// Pieces returns the names of all pieces.
func Pieces() (names []string) {
	for _, p := range pieces {
		names = append(names, p.name)
	}
	return names
}

// Run runs the campaign and prints its table. It returns [ErrForbidden] if there
// is a forbidden outcome.
func Run(ctx context.Context, out io.Writer, o Options) error {
	r, err := reportOf(ctx, &o)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if len(o.Pieces) > 0 && !slices.Contains(o.Pieces, p.name) {
			continue
		}
		all, err := p.runOnCLIs(ctx, o)
		for _, f := range all {
			err = errors.Join(err, r.note(out, &o, f))
		}
		if err != nil {
			r.write(out)
			return fmt.Errorf("cannot run the piece %s: %w", p.name, err)
		}
	}
	r.write(out)
	if o.Guide != "" {
		if err := r.publish(o.Guide); err != nil {
			return err
		}
	}
	if r.forbidden() > 0 {
		return ErrForbidden
	}
	return nil
}

// runOnCLIs runs a piece, on each CLI if it needs one.
func (p piece) runOnCLIs(ctx context.Context, o Options) (all []*figures, err error) {
	if !p.cli {
		o.CLI = append(slices.Clone(o.CLIs), "")[0]
		f := newFigures(p.name)
		return []*figures{f}, f.timed(func() error { return p.run(ctx, &o, f) })
	}
	for _, o.CLI = range o.CLIs {
		f := newFigures(p.name + " with " + filepath.Base(o.CLI))
		all = append(all, f)
		if err := f.timed(func() error { return p.run(ctx, &o, f) }); err != nil {
			return all, err
		}
	}
	return all, nil
}

// timed records how long a piece takes, and whether it was aborted.
func (f *figures) timed(do func() error) error {
	f.began = time.Now().UTC()
	err := do()
	f.took, f.aborted = time.Since(f.began), err != nil
	return err
}

// replayCommand returns the command that runs a case again.
func replayCommand(piece, only string, more ...string) string {
	return strings.TrimSpace(fmt.Sprintf("go run ./internal/cmd/campaign -pieces %s -only %q %s", piece, only, strings.Join(more, " ")))
}
