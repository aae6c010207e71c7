// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// PrincipalKind is a kind of object to which policies can be attached. Its value is part of
// the names of operations and parameters.
type PrincipalKind string

// The kinds of principals.
const (
	UserPrincipal  PrincipalKind = "User"
	GroupPrincipal PrincipalKind = "Group"
	RolePrincipal  PrincipalKind = "Role"
)

// Principal is a user, group or role to which policies are attached.
type Principal struct {
	Kind PrincipalKind
	Name string
}

// String names the principal in a message.
func (p Principal) String() string {
	return fmt.Sprintf("the %s %q", strings.ToLower(string(p.Kind)), p.Name)
}

// Object names the principal as an object that has members.
func (p Principal) Object() string { return strings.ToLower(string(p.Kind)) + " " + p.Name }

// PrincipalID returns the id of a user, group or role.
func (c *Client) PrincipalID(ctx context.Context, p Principal) (string, error) {
	switch p.Kind {
	case UserPrincipal:
		user, err := c.User(ctx, p.Name)
		return user.ID, err
	case GroupPrincipal:
		group, err := c.Group(ctx, p.Name)
		return group.ID, err
	case RolePrincipal:
	}
	return c.RoleID(ctx, p.Name)
}

// PrincipalName finds the name of a user or group by its id. The name of a role does not change.
func (c *Client) PrincipalName(ctx context.Context, kind PrincipalKind, id string) (name string, exists bool, err error) {
	switch {
	case id == "" || kind == RolePrincipal:
		return "", false, nil
	case kind == GroupPrincipal:
		group, found, err := c.GroupByID(ctx, id)
		return group.Name, found, err
	}
	user, err := c.RefreshUserByID(ctx, id)
	return user.Name, err == nil, IgnoreNotFound(err, "User")
}

// Policy identifies a policy of the account or of the service.
type Policy struct {
	Type string // System, Custom
	Name string
}

// Same reports whether two names are those of one policy. The service ignores the case of a
// name, and returns the name as it was created (observed, for a policy of the service).
func (p Policy) Same(other Policy) bool {
	return p.Type == other.Type && strings.EqualFold(p.Name, other.Name)
}

// attachmentOperations are the operations for one kind of principal.
type attachmentOperations struct{ attach, detach, list operation }

var attachmentsOf = map[PrincipalKind]attachmentOperations{
	UserPrincipal: {
		attach: operation{product: ramProduct, action: "AttachPolicyToUser", repeat: set, pace: attachment},
		detach: operation{product: ramProduct, action: "DetachPolicyFromUser", repeat: set, pace: attachment},
		list:   operation{product: ramProduct, action: "ListPoliciesForUser", repeat: read},
	},
	GroupPrincipal: {
		attach: operation{product: ramProduct, action: "AttachPolicyToGroup", repeat: set, pace: attachment},
		detach: operation{product: ramProduct, action: "DetachPolicyFromGroup", repeat: set, pace: attachment},
		list:   operation{product: ramProduct, action: "ListPoliciesForGroup", repeat: read},
	},
	RolePrincipal: {
		attach: operation{product: ramProduct, action: "AttachPolicyToRole", repeat: set, pace: attachment},
		detach: operation{product: ramProduct, action: "DetachPolicyFromRole", repeat: set, pace: attachment},
		list:   operation{product: ramProduct, action: "ListPoliciesForRole", repeat: read},
	},
}

var (
	getRole               = operation{product: ramProduct, action: "GetRole", repeat: read}
	listRoles             = operation{product: ramProduct, action: "ListRoles", repeat: read}
	listEntitiesForPolicy = operation{product: ramProduct, action: "ListEntitiesForPolicy", repeat: read}
)

// AttachPolicy attaches a policy to a principal, at account level or in a resource group.
// Exists(err) reports whether it is already attached.
func (c *Client) AttachPolicy(ctx context.Context, to Principal, policy Policy, resourceGroup string) error {
	return c.changeAttachment(ctx, attachmentsOf[to.Kind].attach, to, policy, resourceGroup)
}

// DetachPolicy detaches a policy from a principal, at account level or in a resource group.
func (c *Client) DetachPolicy(ctx context.Context, from Principal, policy Policy, resourceGroup string) error {
	return c.changeAttachment(ctx, attachmentsOf[from.Kind].detach, from, policy, resourceGroup)
}

func (c *Client) changeAttachment(ctx context.Context, op operation, p Principal, policy Policy, resourceGroup string) error {
	if err := op.require("name of the principal", p.Name); err != nil {
		return err
	}
	in := params{string(p.Kind) + "Name": p.Name, "PolicyType": policy.Type, "PolicyName": policy.Name}
	in.text("ResourceGroupId", text(resourceGroup).optional())
	defer c.caches.attached.invalidateAround(p.key())()
	defer c.caches.entities.invalidateAround()()
	return c.call(ctx, op, in, nil)
}

// key is the name of the principal in the caches.
func (p Principal) key() string { return string(p.Kind) + " " + p.Name }

type policiesResponse struct {
	page

	Policies struct {
		Policy []struct{ PolicyType, PolicyName text }
	}
}

// missing refuses an incomplete list, because a policy that is not in the list counts as
// detached.
func (a *policiesResponse) missing() string {
	if a.Policies.Policy == nil && !a.ends() {
		return "Policies"
	}
	for _, policy := range a.Policies.Policy {
		if policy.PolicyType == "" || policy.PolicyName == "" {
			return "PolicyName"
		}
	}
	return ""
}

// AttachedPolicies returns the policies that are attached to a principal at account level.
// The service does not list attachments in a resource group (documented for users). The
// list comes from the cache unless this client has changed it since it was read.
func (c *Client) AttachedPolicies(ctx context.Context, to Principal) ([]Policy, error) {
	policies, err := c.caches.attached.get(ctx, to.key(), c.attachedReader(to))
	return slices.Clone(policies), err
}

// RefreshAttachedPolicies returns the policies that are attached to a principal at account
// level. It bypasses the cache.
func (c *Client) RefreshAttachedPolicies(ctx context.Context, to Principal) ([]Policy, error) {
	policies, err := c.caches.attached.refresh(ctx, to.key(), c.attachedReader(to))
	return slices.Clone(policies), err
}

func (c *Client) attachedReader(to Principal) func(context.Context) ([]Policy, error) {
	return func(ctx context.Context) ([]Policy, error) {
		op := attachmentsOf[to.Kind].list
		if err := op.require("name of the principal", to.Name); err != nil {
			return nil, err
		}
		var response policiesResponse
		if err := c.call(ctx, op, params{string(to.Kind) + "Name": to.Name}, &response); err != nil {
			return nil, err
		}
		policies := []Policy{}
		for _, policy := range response.Policies.Policy {
			policies = append(policies, Policy{Type: string(policy.PolicyType), Name: string(policy.PolicyName)})
		}
		return policies, nil
	}
}

type roleResponse struct {
	Role *struct {
		ID text `json:"RoleId"`
	}
}

func (a *roleResponse) missing() string {
	if a.Role == nil || a.Role.ID == "" {
		return "RoleId"
	}
	return ""
}

// NamedRole is the id and the name of a RAM role.
type NamedRole struct{ ID, Name string }

type rolesResponse struct {
	page

	Roles *struct {
		Role *[]struct {
			ID   text `json:"RoleId"`
			Name text `json:"RoleName"`
		}
	}
}

func (a *rolesResponse) missing() string {
	if a.Roles == nil || a.Roles.Role == nil {
		return "Roles"
	}
	for _, role := range *a.Roles.Role {
		if role.ID == "" || role.Name == "" {
			return "RoleId"
		}
	}
	return ""
}

// Roles yields all roles, page by page. An error is yielded at most once, as the last item:
// the list is then incomplete.
func (c *Client) Roles(ctx context.Context) iter.Seq2[NamedRole, error] {
	return paged(listRoles, func(marker string) (page, []NamedRole, error) {
		var response rolesResponse
		if err := c.call(ctx, listRoles, withMarker(params{"MaxItems": largestPage}, marker), &response); err != nil {
			return page{}, nil, err
		}
		roles := []NamedRole{}
		for _, role := range *response.Roles.Role {
			roles = append(roles, NamedRole{ID: string(role.ID), Name: string(role.Name)})
		}
		return response.page, roles, nil
	}, func(role NamedRole) string { return role.ID })
}

// RoleID returns the id of a role.
func (c *Client) RoleID(ctx context.Context, name string) (string, error) {
	if err := getRole.require("role name", name); err != nil {
		return "", err
	}
	var response roleResponse
	if err := c.call(ctx, getRole, params{"RoleName": name}, &response); err != nil {
		return "", err
	}
	return string(response.Role.ID), nil
}

type entitiesResponse struct {
	Users  *struct{ User []struct{ UserName text } }
	Groups *struct{ Group []struct{ GroupName text } }
	Roles  *struct{ Role []struct{ RoleName text } }
}

// missing allows the service to leave out empty lists, but not all lists.
func (a *entitiesResponse) missing() string {
	if a.Users == nil && a.Groups == nil && a.Roles == nil {
		return "Users"
	}
	return ""
}

// PolicyPrincipals returns the users, groups and roles to which a policy is attached at
// account level. The list comes from the cache unless this client has changed an attachment
// since it was read.
func (c *Client) PolicyPrincipals(ctx context.Context, policy Policy) ([]Principal, error) {
	principals, err := c.caches.entities.get(ctx, policy.Type+" "+policy.Name, func(ctx context.Context) ([]Principal, error) { return c.readPolicyPrincipals(ctx, policy) })
	return slices.Clone(principals), err
}

func (c *Client) readPolicyPrincipals(ctx context.Context, policy Policy) ([]Principal, error) {
	if err := listEntitiesForPolicy.require("policy name", policy.Name); err != nil {
		return nil, err
	}
	var response entitiesResponse
	if err := c.call(ctx, listEntitiesForPolicy, params{"PolicyType": policy.Type, "PolicyName": policy.Name}, &response); err != nil {
		return nil, err
	}
	principals := []Principal{}
	if response.Users != nil {
		for _, user := range response.Users.User {
			principals = append(principals, Principal{UserPrincipal, string(user.UserName)})
		}
	}
	if response.Groups != nil {
		for _, group := range response.Groups.Group {
			principals = append(principals, Principal{GroupPrincipal, string(group.GroupName)})
		}
	}
	if response.Roles != nil {
		for _, role := range response.Roles.Role {
			principals = append(principals, Principal{RolePrincipal, string(role.RoleName)})
		}
	}
	return principals, nil
}
