// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"strings"
	"testing"
)

// SING-01, SING-03, SING-10, SING-11, F36, F38: the same sample of random runs each time.
// The piece settings of the campaign runs more of them.
func TestSettings_randomAccountsEditsAndResponses(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Run(t.Context(), &out, Options{Pieces: []string{"settings"}, Walks: 250, Seed: 17}); err != nil {
		t.Errorf("%s\n%s", err, out.String())
	}
	for _, outcome := range []string{"applied", "destroyed", "failed", "reverted between read and write"} {
		if !strings.Contains(out.String(), outcome) {
			t.Errorf("no run %s", outcome)
		}
	}
}
