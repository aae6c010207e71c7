// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"strings"
	"testing"
)

// LOCK-06, LOCK-07: the same sample of random changes each time. The piece access of the campaign runs more of them.
func TestAccess_combinationsLockOutNoUserAndNoKey(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Run(t.Context(), &out, Options{Pieces: []string{"access"}, Walks: 100, Seed: 23}); err != nil {
		t.Errorf("%s\n%s", err, out.String())
	}
	for _, outcome := range []string{"applied", "refused: a lock-out", "lost, as allow_lock_out accepts"} {
		if !strings.Contains(out.String(), outcome) {
			t.Errorf("no case %s", outcome)
		}
	}
}
