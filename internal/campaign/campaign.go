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

// Options are what a campaign is to do.
type Options struct {
	Pieces []string // of [Pieces]; none: all
	Only   string   // part of a case's name; "": all
	Share  uint32   // every how many-th case of the sweep, and pair; 0: all
	Walks  int      // sequences
	Seed   uint64   // of the walks and the pairs; 0: another one each time
	Kills  uint32   // every how many-th place of the kill sweep; 0: all
	Fuzz   string   // for how long each target, such as 100000x
	Rounds int      // of the soak with a CLI
	Loops  int      // of the soak over the protocol
	Users  int      // of the load
	Root   string   // of the repository
	CLIs   []string // Terraform, OpenTofu or both; none: no piece that needs one
	CLI    string   // the one that is being played with
	Getenv func(string) string
	Keep   string // a file for the figures, to go on with if it is of the same code; "": none
	Guide  string // a guide to put them into; "": none
	Temp   string // a directory for what the pieces leave; it is not removed
}

// ErrForbidden is that something happened which must never happen.
var ErrForbidden = errors.New("there are forbidden outcomes")

// piece is a part of the campaign.
type piece struct {
	name  string
	cli   bool // it is played once on each CLI
	tests bool // it plays the tests of the repository
	run   func(context.Context, *Options, *figures) error
}

var pieces = []piece{
	{"sweep", false, false, runSweep},
	{"pairs", false, false, runPairs},
	{"shapes", false, false, runShapes},
	{"sessions", false, false, runSessions},
	{"walks", false, false, runWalks},
	{"soak", false, false, runSoak},
	{"load", false, false, runLoad},
	{"rounds", true, false, runRounds},
	{"actors", true, false, runActors},
	{"kills", true, false, runKills},
	{"fuzz", false, true, runFuzz},
	{"plants", false, true, playPlants},
}

// Pieces are the names of all parts.
func Pieces() (names []string) {
	for _, p := range pieces {
		names = append(names, p.name)
	}
	return names
}

// Run plays the campaign and prints its table. The error is [ErrForbidden] if
// anything happened that must never happen.
func Run(ctx context.Context, out io.Writer, o Options) error {
	r, err := reportOf(ctx, &o)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if len(o.Pieces) > 0 && !slices.Contains(o.Pieces, p.name) {
			continue
		}
		played, err := p.runOnCLIs(ctx, o)
		for _, f := range played {
			err = errors.Join(err, r.note(out, &o, f))
		}
		if err != nil {
			r.write(out)
			return fmt.Errorf("cannot go on with %s: %w", p.name, err)
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

// run plays a piece, on each CLI if it needs one.
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

// timed notes how long something takes, and whether it comes to its end.
func (f *figures) timed(do func() error) error {
	f.began = time.Now().UTC()
	err := do()
	f.took, f.aborted = time.Since(f.began), err != nil
	return err
}

// again is the command that plays a case once more.
func replayCommand(piece, only string, more ...string) string {
	return strings.TrimSpace(fmt.Sprintf("go run ./internal/cmd/campaign -pieces %s -only %q %s", piece, only, strings.Join(more, " ")))
}
