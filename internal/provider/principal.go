// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// principalNames are the attributes that name a user, group or role, of which one is set.
type principalNames struct {
	UserName  types.String `tfsdk:"user_name"`
	GroupName types.String `tfsdk:"group_name"`
	RoleName  types.String `tfsdk:"role_name"`
}

// attribute is the one that names a principal of a kind.
func (n *principalNames) attribute(kind ram.PrincipalKind) *types.String {
	switch kind {
	case ram.UserPrincipal:
		return &n.UserName
	case ram.GroupPrincipal:
		return &n.GroupName
	case ram.RolePrincipal:
	}
	return &n.RoleName
}

// Principal is the user, group or role. Its name is empty while it is unknown.
func (n *principalNames) Principal() ram.Principal {
	for _, kind := range principalKinds {
		if name := n.attribute(kind); !name.IsNull() {
			return ram.Principal{Kind: kind, Name: name.ValueString()}
		}
	}
	return ram.Principal{}
}

// rename sets the name of the principal.
func (n *principalNames) rename(name string) {
	*n.attribute(n.Principal().Kind) = types.StringValue(name)
}

// namesOne reports whether exactly one principal is named, for an import.
func (n *principalNames) namesOne() bool {
	named := 0
	for _, kind := range principalKinds {
		if n.attribute(kind).ValueString() != "" {
			named++
		}
	}
	return named == 1
}

// parsePrincipal reads the kind of a principal in an import id, such as "user", and its name.
func parsePrincipal(kind, name string) (n principalNames, valid bool) {
	for _, known := range principalKinds {
		if kind == strings.ToLower(string(known)) {
			*n.attribute(known) = types.StringValue(name)
			return n, true
		}
	}
	return n, false
}

var principalKinds = []ram.PrincipalKind{ram.UserPrincipal, ram.GroupPrincipal, ram.RolePrincipal}

// isOwnPrincipal reports whether the credentials of the provider have the permissions of a principal: it is
// the user that Terraform runs as, a group of that user, or the role of the session.
func isOwnPrincipal(ctx context.Context, i *instance.Instance, p ram.Principal, id string) (bool, error) {
	if p.Kind == ram.RolePrincipal {
		caller, err := i.Client.Caller(ctx)
		return err == nil && caller.RoleID != "" && caller.RoleID == id, err
	}
	own, err := owner.OwnUserIDs(ctx, i)
	if err != nil || p.Kind == ram.UserPrincipal || len(own) == 0 {
		return slices.Contains(own, id), err
	}
	members, err := i.Client.GroupMembers(ctx, p.Name)
	return slices.ContainsFunc(members, func(member ram.GroupMember) bool { return slices.Contains(own, member.UserID) }), ram.IgnoreNotFound(err, "Group")
}

// groupNamePattern matches the name of a group: letters, digits and hyphens (documented), dots and
// underscores (assumed).
var groupNamePattern = tf.NewLazyRegexp(`^[a-zA-Z0-9._-]{1,64}$`)

// groupNameValidators accept the name of a group.
func groupNameValidators() []validator.String {
	return []validator.String{groupNamePattern.Validator("must be 1 to 64 letters, digits, dots, hyphens and underscores")}
}

// formatPolicy names a policy in a declaration.
func formatPolicy(policy ram.Policy) string { return policy.Type + ":" + policy.Name }

func parsePolicy(s string) ram.Policy {
	kind, name, _ := strings.Cut(s, ":")
	return ram.Policy{Type: kind, Name: name}
}

// allowSelfAttribute permits a resource to remove permissions of the provider itself.
func allowSelfAttribute(docs string) schema.Attribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: docs + " The default is `false`: the plan then ends with an error. The value of the last apply is used. It is never sent to the service.",
	}
}

// planGroupName plans a changed group_name: an update in place if the same group was renamed, a
// replacement if the name belongs to another group.
func planGroupName(ctx context.Context, i *instance.Instance, before, id, after types.String, resp *resource.ModifyPlanResponse) {
	if after.IsUnknown() || after.Equal(before) || id.ValueString() == "" {
		return
	}
	group, err := i.Client.Group(ctx, after.ValueString())
	switch {
	case ram.NotFound(err, "Group"): // the group is renamed in this run
	case diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "plan the change of group_name", State: "Nothing was changed."}, err):
	case group.ID != id.ValueString():
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("group_name"))
	}
}

// Patterns of names (documented; those of roles are assumed where the references differ).
var (
	policyNamePattern = tf.NewLazyRegexp(`^[A-Za-z0-9-]{1,128}$`)
	roleNamePattern   = tf.NewLazyRegexp(`^[A-Za-z0-9._-]{1,64}$`)
)

// nameIdentity reports which user it is. The name may change, the user stays.
type nameIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	Name      types.String `tfsdk:"name"`
}
