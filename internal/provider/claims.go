// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

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

// claimedType is a type of which there must not be two resources for one object.
type claimedType struct {
	noun      string
	parts     [][2]string // attributes that name the object, with a noun for each
	shows     string      // the attribute by which a person finds the other resource
	conflict  string
	destroy   string
	recreates bool
}

const (
	revert  = "Each apply of one reverts what the other one sets."
	declare = "Each of them reports, and with another value of enforce removes, what only the other one declares."
	deletes = "which deletes it"
)

// claimed are the types whose claims the guard handles, by name. A setting, the policy of a key and a
// verification claim their objects themselves, because the service always has them: a destroy and a create
// of one run hand them over.
var claimed = map[string]claimedType{
	"ram_user":                         {noun: "user", parts: [][2]string{{"name", ""}}, conflict: revert, destroy: deletes},
	"ram_group":                        {noun: "group", parts: [][2]string{{"name", ""}}, conflict: revert, destroy: deletes},
	"ram_login_profile":                {noun: "login profile", parts: [][2]string{{"user_name", "of the user"}}, conflict: revert, destroy: deletes},
	"ram_access_key":                   {noun: "AccessKey pair", parts: [][2]string{{"access_key_id", ""}}, conflict: revert, destroy: deletes},
	"ram_service_credential":           {noun: "service credential", parts: [][2]string{{"service_credential_id", ""}}, conflict: revert, destroy: deletes},
	"ram_access_key_rotation":          {noun: "AccessKey rotation", parts: [][2]string{{"user_name", "of the user"}}, conflict: "Both slots of the user are taken by one of them.", destroy: "which deletes its keys"},
	"ram_virtual_mfa_device":           {noun: "virtual MFA device", parts: [][2]string{{"virtual_mfa_device_name", ""}}, conflict: revert, destroy: deletes},
	"ram_mfa_binding":                  {noun: "MFA binding", parts: [][2]string{{"user_name", "of the user"}}, conflict: revert, destroy: "which unbinds the device"},
	"ram_group_membership":             {noun: "group membership", parts: [][2]string{{"user_name", "of the user"}, {"group_name", "in the group"}}, conflict: "A destroy of one ends the membership that the other one manages.", destroy: "which removes the user", recreates: true},
	"ram_policy_attachment":            {noun: "policy attachment", parts: [][2]string{{"policy_name", "of"}, {"policy_type", "of type"}, {"user_name", "to the user"}, {"group_name", "to the group"}, {"role_name", "to the role"}, {"resource_group_id", "in the resource group"}}, conflict: "A destroy of one detaches the policy that the other one attaches.", destroy: "which detaches the policy", recreates: true},
	"ram_user_credentials_exclusive":   {noun: "exclusive credentials", parts: [][2]string{{"user_name", "of the user"}}, shows: "allowed_access_key_ids", conflict: declare},
	"ram_group_members_exclusive":      {noun: "exclusive group members", parts: [][2]string{{"group_name", "of the group"}}, shows: "allowed_user_names", conflict: declare},
	"ram_policy_attachments_exclusive": {noun: "exclusive policy attachments", parts: [][2]string{{"user_name", "of the user"}, {"group_name", "of the group"}, {"role_name", "of the role"}}, shows: "allowed_policies", conflict: declare},
}

// claim returns the claim of a resource to its object. The object is unknown while a part of its name is.
func (t claimedType) claim(ctx context.Context, from planOrState, diags *diag.Diagnostics) claim.Claim {
	c := claim.Claim{Noun: t.noun, Conflict: t.conflict, Destroy: t.destroy, Recreates: t.recreates}
	words := []string{}
	for _, part := range t.parts {
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
		c.Object = t.noun + " " + strings.Join(words, " ")
	}
	if t.shows != "" {
		var allowed types.Set
		diags.Append(from.GetAttribute(ctx, path.Root(t.shows), &allowed)...)
		c.Values = t.shows + " = " + tf.Display(allowed)
	}
	return c
}

// claimedType returns the claims of the resource's type; false if the guard does not handle them.
func (g guard) claimedType(ctx context.Context) (claimedType, bool) {
	t, is := claimed[g.typeName(ctx)]
	return t, is
}

// claimPlan records what is planned for the object of the resource.
func (g guard) claimPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	t, is := g.claimedType(ctx)
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
func (g guard) turn(ctx context.Context, t claimedType, c claim.Claim, verb string, diags *diag.Diagnostics) (done func(), ok bool) {
	if !t.recreates || c.Object == "" {
		return func() {}, true
	}
	done, err := g.ProviderInstance().Client.Lock(ctx, "create or destroy of the "+c.Object)
	return done, !diagnostics.Report(diags, diagnostics.Operation{Name: verb + " the " + t.noun, State: "Nothing was changed."}, err)
}

// claimCreate creates a resource, unless this run created another one for the object.
func (g guard) claimCreate(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	t, is := g.claimedType(ctx)
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
	if t, is := g.claimedType(ctx); is {
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
