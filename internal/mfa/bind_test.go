// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mfa

import (
	"strings"
	"testing"
	"time"
)

// Codes that are refused although the clocks agree within a time step belong to another seed. Otherwise the clock of the
// machine is the likely cause, and the sentence says by how much and in which direction.
func TestExplainOffset(t *testing.T) {
	t.Parallel()
	const seed = "so the seed may belong to another device."
	for offset, want := range map[time.Duration]string{
		0: seed, 30 * time.Second: seed, -30 * time.Second: seed,
		31 * time.Second:         "this machine is 31s behind that. Correct",
		-31 * time.Second:        "this machine is 31s ahead of that. Correct",
		90500 * time.Millisecond: "this machine is 1m31s behind that. Correct",
	} {
		if got := explainOffset(offset); !strings.Contains(got, want) || strings.Contains(got, seed) != (want == seed) {
			t.Errorf("%s: %s", offset, got)
		}
	}
}
