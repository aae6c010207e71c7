// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"maps"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Adoption is the private state of a setting: which
// attributes the configuration managed when it was last applied, and what each had
// when it first became managed.
type Adoption struct {
	Managed []string       `json:"managed"`
	Before  map[string]any `json:"before"`
	claim.Writes
}

// adoptionKey names the adoption in private state.
const adoptionKey = "adoption"

// ReadAdoption returns what is remembered; nil if nothing is, as after an import.
func ReadAdoption(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) *Adoption {
	return tf.ReadPrivate[Adoption](ctx, private, adoptionKey, "setting", diags)
}

// Save writes down what is remembered.
func (a *Adoption) Save(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, adoptionKey, a, diags)
}

// Captured returns what an attribute had when it first became managed.
func (a *Adoption) Captured(name string) (value any, captured bool) {
	if a == nil {
		return nil, false
	}
	value, captured = a.Before[name]
	return value, captured
}

// With returns an adoption in which these attributes are managed. Those that
// were not before are captured with what the account has.
func (a *Adoption) With(managed []string, live tf.Values) *Adoption {
	next := &Adoption{Managed: managed, Before: map[string]any{}, Writes: claim.Writes{Replaced: map[string]any{}}}
	for _, name := range managed {
		next.Before[name] = tf.JSONValue(live[name])
	}
	if a != nil {
		for name, v := range a.Before {
			next.Before[name] = v
		}
		maps.Copy(next.Replaced, a.Replaced)
	}
	return next
}

// written records what an apply wrote, and what the attributes had before it.
func (a *Adoption) written(plan, before tf.Values) *Adoption {
	a.Written = map[string]any{}
	for _, name := range a.Managed {
		a.Written[name] = tf.JSONValue(plan[name])
		if was := tf.JSONValue(before[name]); !reflect.DeepEqual(was, a.Written[name]) {
			a.Replaced[name] = was
		}
	}
	return a
}
