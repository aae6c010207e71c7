// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// describePrincipal names a principal in a message.
func describePrincipal(p ram.Principal) string {
	return fmt.Sprintf("the %s %q", strings.ToLower(string(p.Kind)), p.Name)
}

// capitalized returns a text with a capital letter at its beginning.
func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// principalID returns the id of a user, group or role.
func principalID(ctx context.Context, client *ram.Client, p ram.Principal) (string, error) {
	switch p.Kind {
	case ram.UserPrincipal:
		user, err := client.User(ctx, p.Name)
		return user.ID, err
	case ram.GroupPrincipal:
		group, err := client.Group(ctx, p.Name)
		return group.ID, err
	case ram.RolePrincipal:
	}
	return client.RoleID(ctx, p.Name)
}

// preparePrincipal returns the id of a user, group or role, and reports one that does not exist.
func preparePrincipal(ctx context.Context, i *instance.Instance, f diagnostics.Operation, account string, p ram.Principal, diags *diag.Diagnostics) (id string, ok bool) {
	id, err := principalID(ctx, i.Client, p)
	if ram.NotFound(err, string(p.Kind)) {
		diags.AddAttributeError(path.Root(strings.ToLower(string(p.Kind))+"_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Account %s does not have %s. %s\n\nCreate it first, and refer to its name, so that Terraform knows the order.\n\n%s", account, describePrincipal(p), f.State, diagnostics.Explain(err)))
		return "", false
	}
	return id, !diagnostics.Report(diags, f, err)
}

// principalName finds the name of a user or group by its id. The name of a role does not change.
func principalName(ctx context.Context, client *ram.Client, kind ram.PrincipalKind, id string) (name string, exists bool, err error) {
	switch {
	case id == "" || kind == ram.RolePrincipal:
		return "", false, nil
	case kind == ram.GroupPrincipal:
		group, found, err := client.GroupByID(ctx, id)
		return group.Name, found, err
	}
	user, err := client.RefreshUserByID(ctx, id)
	return user.Name, err == nil, ignoreNotFound(err, "User")
}

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
	return slices.ContainsFunc(members, func(member ram.GroupMember) bool { return slices.Contains(own, member.UserID) }), ignoreNotFound(err, "Group")
}
