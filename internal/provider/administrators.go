// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// administratorAccess is the policy that makes administrators.
var administratorAccess = ram.Policy{Type: "System", Name: "AdministratorAccess"}

// administrator is who has the policy AdministratorAccess: a user, a user through a group, or a role. In a
// loss, an empty field means every value.
type administrator struct{ group, user, role string }

// administratorsThrough returns the administrators that a principal makes, or is.
func administratorsThrough(p ram.Principal) administrator {
	switch p.Kind {
	case ram.GroupPrincipal:
		return administrator{group: p.Name}
	case ram.RolePrincipal:
		return administrator{role: p.Name}
	case ram.UserPrincipal:
	}
	return administrator{group: noGroup, user: p.Name}
}

// noGroup is the group of a user who has the policy directly. It is not the name of a group.
const noGroup = "-"

// covers reports whether a loss takes the policy from an administrator.
func (loss administrator) covers(a administrator) bool {
	return (loss.group == "" || loss.group == a.group) && (loss.user == "" || loss.user == a.user) && (loss.role == "" || loss.role == a.role)
}

// plannedAccess has the planned changes of one run to the administrators.
type plannedAccess struct {
	mu            sync.Mutex
	losses, gains []administrator
}

// plannedAccessKey is the key of the planned access in its instance.
type plannedAccessKey struct{}

func plannedAccessOf(i *instance.Instance) *plannedAccess {
	shared, _ := i.Shared.LoadOrStore(plannedAccessKey{}, &plannedAccess{})
	return shared.(*plannedAccess) //nolint:forcetypeassert // stored in the line above
}

// gain records that this run makes an administrator.
func (p *plannedAccess) gain(a administrator) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gains = append(p.gains, a)
}

// recordLoss records a loss. It returns all that the run is planned to take away, and whether the run makes another
// administrator.
func (p *plannedAccess) recordLoss(loss administrator) (losses []administrator, gains bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.losses = append(p.losses, loss)
	p.gains = slices.DeleteFunc(p.gains, loss.covers)
	return slices.Clone(p.losses), len(p.gains) > 0
}

// warnOfLastAdministrator warns if after the planned losses of this run no user, role, or member of a group
// has the policy AdministratorAccess. A list that cannot be read is not evaluated.
func warnOfLastAdministrator(ctx context.Context, i *instance.Instance, account string, loss administrator, diags *diag.Diagnostics) {
	losses, gains := plannedAccessOf(i).recordLoss(loss)
	all, err := administrators(ctx, i.Client)
	if err != nil {
		warnNotEvaluated("The administrators of the account were not checked", err, diags)
		return
	}
	if gains || !slices.ContainsFunc(all, loss.covers) {
		return
	}
	for _, a := range all {
		if !slices.ContainsFunc(losses, func(loss administrator) bool { return loss.covers(a) }) {
			return
		}
	}
	diagnostics.AccessLost.Warn(diags, fmt.Sprintf("Account %s loses its last administrator", account),
		"This plan removes the policy AdministratorAccess from every user, role and group member that has it. After the apply, only the root account has all permissions in the account.")
}

// administrators returns who has the policy AdministratorAccess. A group without members makes none.
func administrators(ctx context.Context, client *ram.Client) (all []administrator, err error) {
	principals, err := client.PolicyPrincipals(ctx, administratorAccess)
	if err != nil {
		return nil, err
	}
	for _, p := range principals {
		if p.Kind != ram.GroupPrincipal {
			all = append(all, administratorsThrough(p))
			continue
		}
		members, err := client.GroupMembers(ctx, p.Name)
		if ram.IgnoreNotFound(err, "Group") != nil {
			return nil, err
		}
		for _, member := range members {
			all = append(all, administrator{group: p.Name, user: member.UserName})
		}
	}
	return all, nil
}

// warnNotEvaluated warns that the plan lacks a warning, because a read failed. A caller who may not read is
// not warned each time.
func warnNotEvaluated(summary string, err error, diags *diag.Diagnostics) {
	if !ram.Denied(err) {
		diags.AddWarning(summary, "The plan is complete, but the provider could not check whether it changes who can administer the account.\n\n"+diagnostics.Explain(err))
	}
}

// warnOfNewRights warns of policies that make an administrator of a principal or allow it to change RAM. A
// policy that does not exist yet, or that cannot be read, is not evaluated.
func warnOfNewRights(ctx context.Context, i *instance.Instance, attribute string, policies []ram.Policy, to string, diags *diag.Diagnostics) {
	for _, policy := range policies {
		rights, err := i.Client.PolicyRights(ctx, policy)
		switch {
		case ram.NotFound(err, "Policy"):
		case err != nil:
			warnNotEvaluated(fmt.Sprintf("The permissions of the policy %s were not checked", policy.Name), err, diags)
		case rights.Administrator:
			diagnostics.LessSecure.WarnAt(diags, path.Root(attribute), fmt.Sprintf("Policy %s makes an administrator of %s", policy.Name, to),
				"The policy allows every action on every resource of the account, also those that change the users, credentials and security settings.")
		case rights.ChangesRAM:
			diagnostics.LessSecure.WarnAt(diags, path.Root(attribute), fmt.Sprintf("Policy %s allows %s to change RAM", policy.Name, to),
				"The policy allows actions of RAM that are not reads. Whoever can change users, credentials or policies can become an administrator of the account.")
		}
	}
}
