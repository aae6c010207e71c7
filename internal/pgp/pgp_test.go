// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package pgp

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// A CLI quotes the configuration at the attribute of a diagnostic: the diagnostic of a private key has none.
func TestReportKeyError_quotesNoPrivateKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err      error
		reported bool
		located  bool
	}{
		{nil, false, false},
		{fmt.Errorf("wrapped: %w", ErrPrivateKey), true, false},
		{errors.New("no key"), true, true},
	} {
		var diags diag.Diagnostics
		if reported := ReportKeyError(&diags, test.err); reported != test.reported || diags.HasError() != test.reported {
			t.Errorf("%v: %v, %v", test.err, reported, diags)
		}
		for _, d := range diags {
			at, located := d.(diag.DiagnosticWithPath)
			if located != test.located || located && !at.Path().Equal(path.Root("pgp_key")) {
				t.Errorf("%v: %v", test.err, d)
			}
		}
	}
}
