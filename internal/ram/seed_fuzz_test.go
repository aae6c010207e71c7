// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"strings"
	"testing"
)

// FuzzSeed computes MFA codes of arbitrary seeds. It must not panic, a code has six digits,
// and no error contains the seed.
func FuzzSeed(f *testing.F) {
	for _, seed := range []string{"", "GEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq", "=", "A", "ä", strings.Repeat("A", 1000), "GEZDGNBVGY3TQOJQ======"} {
		f.Add(seed, int64(59))
	}
	f.Fuzz(func(t *testing.T, seed string, step int64) {
		code, err := TOTP(seed, step)
		switch {
		case err != nil && len(seed) > 8 && strings.Contains(err.Error(), seed):
			t.Errorf("the seed is in %q", err)
		case err == nil && (len(code) != 6 || strings.Trim(code, "0123456789") != ""):
			t.Errorf("the code of %q is %q", seed, code)
		}
	})
}
