// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Rank is what the cause of a warning puts at risk. A CLI prints the diagnostics of an object
// in the order of their ranks.
type Rank int

// The ranks, with the most severe one first. A warning without a rank has the rank Other.
const (
	AccessLost    Rank = iota // users, keys or administrators may lose access
	LessSecure                // a protection gets weaker, or a credential is not under control
	ObjectRemoved             // an object or a credential is removed
	Other
)

// ranked is a warning with its rank.
type ranked struct {
	diag.Diagnostic

	rank Rank
}

// rankedAt is a warning on an attribute with its rank.
type rankedAt struct {
	diag.DiagnosticWithPath

	rank Rank
}

// Equal implements [diag.Diagnostic].
func (r ranked) Equal(other diag.Diagnostic) bool { return r.Diagnostic.Equal(withoutRank(other)) }

// Equal implements [diag.Diagnostic].
func (r rankedAt) Equal(other diag.Diagnostic) bool {
	return r.DiagnosticWithPath.Equal(withoutRank(other))
}

// Warn adds a warning of the rank.
func (r Rank) Warn(diags *diag.Diagnostics, summary, detail string) {
	diags.Append(ranked{diag.NewWarningDiagnostic(summary, detail), r})
}

// WarnAt adds a warning of the rank on an attribute.
func (r Rank) WarnAt(diags *diag.Diagnostics, at path.Path, summary, detail string) {
	diags.Append(rankedAt{diag.NewAttributeWarningDiagnostic(at, summary, detail), r})
}

// Sort puts errors first, and then the warnings in the order of their ranks. It removes the
// ranks, which the protocol does not transfer.
func Sort(diags *diag.Diagnostics) {
	slices.SortStableFunc(*diags, func(x, y diag.Diagnostic) int { return cmp.Compare(position(x), position(y)) })
	for n, d := range *diags {
		(*diags)[n] = withoutRank(d)
	}
}

// position returns the rank of a warning, and a smaller value for an error.
func position(d diag.Diagnostic) Rank {
	if d.Severity() == diag.SeverityError {
		return AccessLost - 1
	}
	switch d := d.(type) {
	case ranked:
		return d.rank
	case rankedAt:
		return d.rank
	}
	return Other
}

// withoutRank returns the warning that a ranked one contains.
func withoutRank(d diag.Diagnostic) diag.Diagnostic {
	switch d := d.(type) {
	case ranked:
		return d.Diagnostic
	case rankedAt:
		return d.DiagnosticWithPath
	}
	return d
}
