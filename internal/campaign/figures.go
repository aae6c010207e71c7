// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// figures are what one piece of the campaign came to.
type figures struct {
	piece string
	took  time.Duration

	mu     sync.Mutex
	lines  []figure
	counts map[string]int
	wrong  []finding
}

type figure struct{ name, value string }

// finding is something that must never be, and how to see it again.
type finding struct{ what, again string }

func newFigures(piece string) *figures { return &figures{piece: piece, counts: map[string]int{}} }

// add notes a figure.
func (f *figures) add(name string, value any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, figure{name, fmt.Sprint(value)})
}

// count counts an outcome.
func (f *figures) count(outcome string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[outcome]++
}

// forbid notes what must never be.
func (f *figures) forbid(again, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrong = append(f.wrong, finding{fmt.Sprintf(format, args...), again})
}

// total is how many outcomes were counted.
func (f *figures) total() (n int) {
	for _, m := range f.counts {
		n += m
	}
	return n
}

// meanings are the outcomes, in the words of the fault matrix.
var meanings = map[string]string{
	converged: "converged in the same apply",
	warned:    "converged, with a warning that says what is odd",
	companion: "converged, and names what came up beside it",
	nothing0:  "error, nothing was changed",
	kept:      "error, the state is as it was",
	tracked:   "error, what exists is in the state",
	removed:   "error, what was made was removed again",
	named:     "error that names what is left",
	partly:    "error, part is done, the next apply does the rest",
	killed:    "killed, the next apply converges",
	killedN:   "killed, the next apply names what is left, or the import",
	killedL:   "killed, the values to restore are lost, the next plan says so",
}

// Write prints the table of all pieces.
func write(w io.Writer, all []*figures) {
	for _, f := range all {
		fmt.Fprintf(w, "\n%s (%s)\n", f.piece, f.took.Round(100*time.Millisecond))
		for _, line := range f.lines {
			fmt.Fprintf(w, "  %-58s %12s\n", line.name, line.value)
		}
		if len(f.counts) > 0 {
			fmt.Fprintf(w, "  %-58s %12d\n", "cases", f.total())
		}
		for _, outcome := range slices.Sorted(maps.Keys(f.counts)) {
			fmt.Fprintf(w, "    %-56s %12d\n", strings.TrimSpace(outcome+"  "+meanings[outcome]), f.counts[outcome])
		}
		fmt.Fprintf(w, "  %-58s %12d\n", "forbidden outcomes", len(f.wrong))
		for _, wrong := range f.wrong {
			fmt.Fprintf(w, "\n  FORBIDDEN: %s\n  See it again: %s\n", strings.ReplaceAll(strings.TrimSpace(wrong.what), "\n", "\n    "), wrong.again)
		}
	}
}
