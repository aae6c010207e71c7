// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"testing"
)

// Every sixtieth case of the sweep, always the same ones; make campaign plays all.
func TestSweep(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Run(t.Context(), &out, Options{Pieces: []string{"sweep"}, Share: 60}); err != nil {
		t.Fatal(err, out.String())
	}
	t.Log(out.String())
}
