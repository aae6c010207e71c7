// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// A failed walk is reported with its seed, which runs it again.
func TestWalks_reportAFailedWalkAndItsSeed(t *testing.T) {
	t.Parallel()
	fall := func(t *rapid.T) {
		if steps := rapid.IntRange(0, 1000).Draw(t, "steps"); steps > 900 {
			t.Fatalf("the trail\nit fell at step %d", steps)
		}
	}
	first := newFigures("walks")
	if err := repeatWalk(1000, 5, fall, first); err != nil {
		t.Fatal(err)
	}
	if len(first.wrong) != 1 || first.wrong[0].What != "the trail\nit fell at step 901" {
		t.Fatalf("the report is %q", first.wrong)
	}
	seed, err := strconv.ParseUint(regexp.MustCompile(`-walks 1 -seed (\d+)$`).FindStringSubmatch(first.wrong[0].Replay)[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	second := newFigures("walks")
	if err := repeatWalk(1, seed, fall, second); err != nil {
		t.Fatal(err)
	}
	if len(second.wrong) != 1 || second.wrong[0].What != first.wrong[0].What {
		t.Errorf("of the seed %d, the report is %q", seed, second.wrong)
	}
}

// Two workers that begin at once use their own seeds.
func TestWalks_eachWorkerHasItsOwnSeed(t *testing.T) {
	t.Parallel()
	drawn := make([]uint64, 2)
	var walks sync.WaitGroup
	for n := range drawn {
		walks.Go(func() {
			if err := repeatWalk(1, uint64(n+1), func(t *rapid.T) { drawn[n] = rapid.Uint64Min(1).Draw(t, "a number") }, newFigures("walks")); err != nil {
				t.Error(err)
			}
		})
	}
	walks.Wait()
	if drawn[0] == drawn[1] {
		t.Errorf("both drew %d", drawn[0])
	}
}

// A walk that panics, or fails only once, is reported without the drawn values.
func TestRecorder_storyWithoutTheDraws(t *testing.T) {
	t.Parallel()
	r := &recorder{lines: []string{"[rapid] panic after 3 tests: oh -rapid.seed=77", "[rapid] draw steps: 4", "at a line"}}
	if r.seed() != "77" || strings.Contains(r.summary(), "draw") || !strings.Contains(r.summary(), "oh") || !strings.Contains(r.summary(), "at a line") {
		t.Error(r.seed(), r.summary())
	}
}
