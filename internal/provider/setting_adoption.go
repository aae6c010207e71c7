// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// adoption is what the provider remembers of a setting in private state: which
// attributes the configuration managed when it was last applied, and what each had
// when it first became managed.
type adoption struct {
	Managed []string       `json:"managed"`
	Before  map[string]any `json:"before"`
}

// adoptionKey names the adoption in private state.
const adoptionKey = "adoption"

// adoptionIn returns what is remembered; nil if nothing is, as after an import.
func adoptionIn(ctx context.Context, private privateState, diags *diag.Diagnostics) *adoption {
	return recall[adoption](ctx, private, adoptionKey, "setting", diags)
}

// keep writes down what is remembered.
func (a *adoption) keep(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	remember(ctx, private, adoptionKey, a, diags)
}

// before returns what an attribute had when it first became managed.
func (a *adoption) before(name string) (value any, captured bool) {
	if a == nil {
		return nil, false
	}
	value, captured = a.Before[name]
	return value, captured
}

// with returns an adoption in which these attributes are managed. Those that
// were not before are captured with what the account has.
func (a *adoption) with(managed []string, live func(name string) any) *adoption {
	next := &adoption{Managed: managed, Before: map[string]any{}}
	for _, name := range managed {
		next.Before[name] = live(name)
	}
	if a != nil {
		for name, v := range a.Before {
			next.Before[name] = v
		}
	}
	return next
}
