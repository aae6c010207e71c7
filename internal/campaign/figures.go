// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"sync"
	"time"
)

// figures are the results of one piece.
type figures struct {
	piece    string
	headline string // the result in a few words; "": how many cases
	began    time.Time
	took     time.Duration
	aborted  bool // it did not run to its end

	mu     sync.Mutex
	lines  []figure
	counts map[string]int
	wrong  []finding
}

// figure is a line of the table.
type figure struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// finding is a forbidden outcome, and the command that shows it again.
type finding struct {
	What   string `json:"what"`
	Replay string `json:"again"`
}

func newFigures(piece string) *figures { return &figures{piece: piece, counts: map[string]int{}} }

// add adds a figure.
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

// forbid records a forbidden outcome.
func (f *figures) forbid(again, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrong = append(f.wrong, finding{fmt.Sprintf(format, args...), again})
}

// outcomeMeanings explains the outcomes of the fault matrix.
var outcomeMeanings = map[string]string{
	converged: "converged in the same apply",
	warned:    "converged, with a warning about the difference",
	companion: "converged, and a warning names objects that it does not manage",
	nothing0:  "error, nothing was changed",
	kept:      "error, the state is unchanged",
	tracked:   "error, what exists is in the state",
	removed:   "error, the created object was removed again",
	named:     "error that names what it left",
	partly:    "error, part is done, the next apply does the rest",
	killed:    "killed, the next apply converges",
	killedN:   "killed, the next apply names what was left, or the command that imports it",
	killedL:   "killed, the captured values are lost, the next plan reports it",
}
