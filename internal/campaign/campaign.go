// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options are what a campaign is to do.
type Options struct {
	Pieces []string // of [Pieces]; none: all
	Only   string   // part of a case's name; "": all
	Share  uint32   // every how many-th case of the sweep; 0: all
	Walks  int      // sequences
	Seed   uint64   // of the walks; 0: another one each time
	Kills  uint32   // every how many-th place of the kill sweep; 0: all
	Fuzz   string   // for how long each target, such as 100000x
	Rounds int      // of the soak with a CLI
	Loops  int      // of the soak over the protocol
	Root   string   // of the repository
	CLI    string   // Terraform or OpenTofu; "": no piece that needs one
	Getenv func(string) string
	Temp   string // a directory for what the pieces leave; it is not removed
}

// ErrForbidden is that something happened which must never happen.
var ErrForbidden = errors.New("there are forbidden outcomes")

// piece is a part of the campaign.
type piece struct {
	name string
	play func(context.Context, *Options, *figures) error
}

var pieces = []piece{
	{"sweep", playSweep},
	{"walks", playWalks},
	{"soak", playSoak},
	{"rounds", playRounds},
	{"fuzz", playFuzz},
	{"plants", playPlants},
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
	all, began, wrong := []*figures{}, time.Now(), 0
	for _, p := range pieces {
		if len(o.Pieces) > 0 && !slices.Contains(o.Pieces, p.name) {
			continue
		}
		f, start := newFigures(p.name), time.Now()
		if err := p.play(ctx, &o, f); err != nil {
			write(out, append(all, f))
			return fmt.Errorf("cannot go on with %s: %w", p.name, err)
		}
		f.took = time.Since(start)
		wrong += len(f.wrong)
		all = append(all, f)
	}
	write(out, all)
	fmt.Fprintf(out, "\n%-60s %12s\n%-60s %12d\n", "wall time", time.Since(began).Round(time.Second), "forbidden outcomes", wrong)
	if wrong > 0 {
		return ErrForbidden
	}
	return nil
}

// again is the command that plays a case once more.
func again(piece, only string, more ...string) string {
	return strings.TrimSpace(fmt.Sprintf("go run ./internal/cmd/campaign -pieces %s -only %q %s", piece, only, strings.Join(more, " ")))
}

// playSweep plays the sweep of all faults.
func playSweep(ctx context.Context, o *Options, f *figures) error {
	schemas, err := schemaOf(ctx)
	if err != nil {
		return err
	}
	rows, err := faults()
	if err != nil {
		return err
	}
	var waited time.Duration
	recovered := 0
	s := &sweep{schemas: schemas, rows: rows, only: o.Only, share: o.Share, workers: runtime.NumCPU(), report: func(v verdict) {
		f.count(v.class)
		waited = max(waited, v.waited)
		if v.recovered {
			recovered++
		}
		if v.fails() {
			f.forbid(again("sweep", v.trial), "%s → %s: %s\n%s", v.trial, v.class, strings.Join(v.forbidden, "\n"), v.said)
		}
	}}
	f.add("resources, and operations of each", fmt.Sprintf("%d, %d", len(subjects()), len(operations)))
	f.add("rows of the fault matrix", len(rows))
	err = s.run(ctx)
	f.add("cases in which a further apply had something to do", recovered)
	f.add("longest wait of one operation, by the clock", waited.Round(time.Second))
	return err
}
