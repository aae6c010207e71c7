// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// The order follows the ranks, whatever the summaries say, and the rest of a diagnostic is
// unchanged.
func TestSort_errorsThenRanks(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	diags.AddWarning("locked", "a warning without a rank")
	ObjectRemoved.WarnAt(&diags, path.Root("a"), "removed", "")
	LessSecure.Warn(&diags, "weaker", "")
	AccessLost.Warn(&diags, "first access", "")
	Other.Warn(&diags, "other", "")
	AccessLost.WarnAt(&diags, path.Root("b"), "second access", "")
	AccessLost.WarnAt(&diags, path.Root("b"), "second access", "") // a repetition
	diags.AddError("error", "")
	Sort(&diags)
	got := []string{}
	for _, d := range diags {
		got = append(got, d.Summary())
	}
	if want := "error; first access; second access; weaker; removed; locked; other"; strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	if at, is := diags[2].(diag.DiagnosticWithPath); !is || !at.Path().Equal(path.Root("b")) {
		t.Errorf("the second warning is %#v", diags[2])
	}
	if !diags[3].Equal(diag.NewWarningDiagnostic("weaker", "")) {
		t.Errorf("the third warning is %#v", diags[3])
	}
}
