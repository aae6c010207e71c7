// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"os"
	"path/filepath"
	"testing"
)

// If the machine stalled, the input that was under way is no finding; one that fails again is.
func TestFuzz_singleTimeoutIsNoFinding(t *testing.T) {
	t.Parallel()
	const said = "    --- FAIL: FuzzX (309.00s)\n        fuzzing process hung or terminated unexpectedly: exit status 2\n        Failing input written to testdata/fuzz/FuzzX/17618e7b\n"
	for name, test := range map[string]struct {
		binary, out string
		want        bool
	}{
		"it passes now":       {"true", said, true},
		"it fails again":      {"false", said, false},
		"it failed by itself": {"true", "    --- FAIL: FuzzX (0.1s)\n        Failing input written to testdata/fuzz/FuzzX/17618e7b\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			input := filepath.Join(directory, "testdata", "fuzz", "FuzzX", "17618e7b")
			if err := os.MkdirAll(filepath.Dir(input), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(input, []byte("go test fuzz v1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := (target{name: "FuzzX"}).wasStalled(t.Context(), testBinary{binary: test.binary, directory: directory}, test.out); got != test.want {
				t.Errorf("the machine stalled: %t", got)
			}
			if _, err := os.Stat(input); (err != nil) != test.want {
				t.Errorf("the input is kept: %t", err == nil)
			}
		})
	}
}
