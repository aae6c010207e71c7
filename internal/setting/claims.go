// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// claim is the claim of a resource to the setting.
func (s *Setting[S]) claim(v tf.Values, a *Adoption) claim.Claim {
	c := claim.Claim{Noun: s.Noun, Object: s.Object, Conflict: "Two resources for one setting revert each other at every apply."}
	switch tf.String(v["on_destroy"]) {
	case "": // a type without the argument
		c.Destroy = "which resets it"
	case Retain:
	default:
		c.Destroy = fmt.Sprintf("on_destroy = %q", tf.String(v["on_destroy"]))
	}
	if text, err := json.Marshal(a); err == nil && a != nil {
		c.Captured = text
	}
	return c
}

// ClaimCreate records a planned create, and refuses a second resource for one setting.
func (p *Plan[S]) ClaimCreate(ctx context.Context, private tf.PrivateState) {
	claim.PlanCreate(ctx, p.Instance, private, p.Diags, p.claims())
}

// ClaimUpdate records a resource that stays, and warns of a second one.
func (p *Plan[S]) ClaimUpdate(ctx context.Context, private tf.PrivateState) {
	claim.PlanUpdate(ctx, p.Instance, private, p.Diags, p.claims())
}

// ClaimDestroy records a planned destroy, and refuses one that could undo what another resource of the
// run sets.
func (p *Plan[S]) ClaimDestroy(ctx context.Context, private tf.PrivateState) {
	claim.PlanDestroy(ctx, p.Instance, private, p.Diags, p.claim(p.State, p.Adoption))
}

// claims is the claim of a planned create or update, with the values that it sets.
func (p *Plan[S]) claims() claim.Claim {
	c, values := p.claim(p.Plan, p.Adoption), []string{}
	for _, f := range p.ManagedFields(p.Config) {
		values = append(values, f.Name+" = "+tf.Display(p.Plan[f.Name]))
	}
	c.Values = strings.Join(values, ", ")
	return c
}

// RecordCaptured records what was read of a resource.
func (s *Setting[S]) RecordCaptured(a *Adoption) { claim.RecordCaptured(s.Instance, s.claim(nil, a)) }

// HandOver reports whether a destroy changes nothing, because the run creates another resource for the
// setting: that one gets the values from before adoption.
func (s *Setting[S]) HandOver(ctx context.Context, private tf.PrivateState, state tf.Values, diags *diag.Diagnostics) bool {
	return claim.HandOver(ctx, s.Instance, private, diags, s.claim(state, ReadAdoption(ctx, private, diags)))
}

// Create is Run for a new resource, with its private state. It reports whether it succeeded.
func (w *Write[S]) Create(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) bool {
	c := w.claim(w.Plan, nil)
	captured, ok := claim.Create(ctx, w.Instance, private, diags, c)
	if !ok {
		return false
	}
	if captured != nil && json.Unmarshal(captured, &w.Adoption) != nil {
		w.Adoption = nil
	}
	w.Run(ctx, diags)
	if diags.HasError() {
		claim.Release(w.Instance, c)
		return false
	}
	w.Adoption.Save(ctx, private, diags)
	w.recordFields(ctx, private, diags, w.Known...)
	return true
}
