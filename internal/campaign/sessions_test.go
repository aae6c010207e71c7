// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// F23, F35: the session ends before each call of a key's create and destroy. With a new session
// the run converges; without one, or with one of another account, no object is left unnamed.
func TestSessions_endBeforeEachCall(t *testing.T) {
	t.Parallel()
	for _, only := range []string{"ram_access_key/create", "ram_access_key/delete"} {
		t.Run(only, func(t *testing.T) {
			t.Parallel()
			f := newFigures("sessions")
			if err := runSessions(t.Context(), &Options{Only: only}, f); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range f.wrong {
				t.Error(wrong.What)
			}
			failed := f.counts[nothing0] + f.counts[kept] + f.counts[partly] + f.counts[tracked] + f.counts[warned]
			if f.counts[converged] < 4 || failed < 8 {
				t.Errorf("too few cases: %v", f.counts)
			}
		})
	}
}

// A case whose session did not end is a forbidden outcome.
func TestSessions_detectASessionThatDidNotEnd(t *testing.T) {
	t.Parallel()
	base := newBase(t.Context())
	f := newFigures("sessions")
	s := &sessionSweep{&Options{}, f, base}
	plain := testCase{subject: acctest.Subjects()[0], operation: reads}
	p, err := (&sessionGate{}).execute(t.Context(), s, plain)
	if err != nil {
		t.Fatal(err)
	}
	free := p.baseline()
	p.close()
	late := injection{&sessionFaults()[0], place{nth: 1000, phase: before, repeat: once}}
	if err := s.runCase(t.Context(), plain.with(late), free); err != nil {
		t.Fatal(err)
	}
	if len(f.wrong) != 1 {
		t.Errorf("%v", f.wrong)
	}
}
