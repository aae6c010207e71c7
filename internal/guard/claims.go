// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package guard

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Claims describe a type of which there must not be two resources for one object.
type Claims struct {
	Noun      string
	Parts     [][2]string // attributes that name the object, with a noun for each
	Shows     string      // the attribute by which a person finds the other resource
	Conflict  string      // what two resources do to each other
	Destroy   string      // what the destroy of one does to the object
	Recreates bool        // whether a create adds again what a destroy in the same run removed
}

// claim returns the claim of a resource to its object. The object is unknown while a part of its name is.
func (t Claims) claim(ctx context.Context, from planOrState, diags *diag.Diagnostics) claim.Claim {
	c := claim.Claim{Noun: t.Noun, Conflict: t.Conflict, Destroy: t.Destroy, Recreates: t.Recreates}
	words := []string{}
	for _, part := range t.Parts {
		var value types.String
		diags.Append(from.GetAttribute(ctx, path.Root(part[0]), &value)...)
		if value.IsUnknown() {
			return c
		}
		if value.ValueString() != "" {
			words = append(words, strings.TrimSpace(part[1]+" "+value.ValueString()))
		}
	}
	if len(words) > 0 {
		c.Object = t.Noun + " " + strings.Join(words, " ")
	}
	if t.Shows != "" {
		var allowed types.Set
		diags.Append(from.GetAttribute(ctx, path.Root(t.Shows), &allowed)...)
		c.Values = t.Shows + " = " + tf.Display(allowed)
	}
	return c
}

// claimsOf returns the claims of the resource's type; false if the guard does not handle them.
func (g guard) claimsOf(ctx context.Context) (Claims, bool) {
	t, is := g.claims[g.typeName(ctx)]
	return t, is
}

// claimPlan records what is planned for the object of the resource.
func (g guard) claimPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	t, is := g.claimsOf(ctx)
	if !is {
		return
	}
	var state, plan claim.Claim
	if req.Plan.Raw.IsNull() {
		state = t.claim(ctx, req.State, &resp.Diagnostics)
	} else {
		plan = t.claim(ctx, resp.Plan, &resp.Diagnostics)
	}
	claim.Plan(ctx, g.ProviderInstance(), req, resp, state, plan)
}

// turn waits for another create or destroy of the object in this run, where a create repairs what a destroy
// removed: a create that runs during the destroy would find the object and not add it again.
func (g guard) turn(ctx context.Context, t Claims, c claim.Claim, verb string, diags *diag.Diagnostics) (done func(), ok bool) {
	if !t.Recreates || c.Object == "" {
		return func() {}, true
	}
	done, err := g.ProviderInstance().Client.Lock(ctx, "create or destroy of the "+c.Object)
	return done, !diagnostics.Report(diags, diagnostics.Operation{Name: verb + " the " + t.Noun, State: "Nothing was changed."}, err)
}

// claimCreate creates a resource, unless this run created another one for the object.
func (g guard) claimCreate(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	t, is := g.claimsOf(ctx)
	if !is {
		g.managed.Create(ctx, req, resp)
		return
	}
	c := t.claim(ctx, req.Plan, &resp.Diagnostics)
	done, ok := g.turn(ctx, t, c, "create", &resp.Diagnostics)
	if !ok {
		return
	}
	defer done()
	if _, ok := claim.Create(ctx, g.ProviderInstance(), resp.Private, &resp.Diagnostics, c); !ok {
		return
	}
	g.managed.Create(ctx, req, resp)
	if resp.Diagnostics.HasError() && resp.State.Raw.IsNull() {
		claim.Release(g.ProviderInstance(), c)
	}
}

// claimDelete deletes a resource, unless this run created another one for the object.
func (g guard) claimDelete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if t, is := g.claimsOf(ctx); is {
		c := t.claim(ctx, req.State, &resp.Diagnostics)
		done, ok := g.turn(ctx, t, c, "delete", &resp.Diagnostics)
		if !ok {
			return
		}
		defer done()
		if claim.Leave(ctx, g.ProviderInstance(), req.Private, &resp.Diagnostics, c) {
			return
		}
	}
	g.managed.Delete(ctx, req, resp)
}
