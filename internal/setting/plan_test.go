// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

// A weaker value among several puts a warning before those that only say what happens.
func TestDifferences_rank(t *testing.T) {
	t.Parallel()
	same, weaker := Difference{Name: "a"}, Difference{Name: "b", Weaker: true}
	for _, test := range []struct {
		changes Differences
		want    diagnostics.Rank
	}{
		{nil, diagnostics.Other}, {Differences{same}, diagnostics.Other}, {Differences{weaker}, diagnostics.LessSecure}, {Differences{same, weaker}, diagnostics.LessSecure},
	} {
		if got := test.changes.rank(diagnostics.Other); got != test.want {
			t.Errorf("%v: %v, want %v", test.changes, got, test.want)
		}
	}
}
