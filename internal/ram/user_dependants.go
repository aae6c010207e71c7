// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	listGroupsForUser    = operation{product: ramProduct, action: "ListGroupsForUser", repeat: read}
	removeUserFromGroup  = operation{product: ramProduct, action: "RemoveUserFromGroup", repeat: set, pace: attachment}
	listPoliciesForUser  = operation{product: ramProduct, action: "ListPoliciesForUser", repeat: read}
	detachPolicyFromUser = operation{product: ramProduct, action: "DetachPolicyFromUser", repeat: set, pace: attachment}
)

// UserPolicy is a policy that is attached to a user directly, not through a group.
type UserPolicy struct {
	Type string // System, Custom
	Name string
}

type userGroupsAnswer struct {
	IsTruncated flag
	Groups      struct{ Group []struct{ GroupName text } }
}

func (a *userGroupsAnswer) missing() string {
	if a.Groups.Group == nil && a.IsTruncated.isTrue() {
		return "Groups"
	}
	for _, group := range a.Groups.Group {
		if group.GroupName == "" {
			return "GroupName"
		}
	}
	return ""
}

// UserGroups returns the names of the groups of a user.
func (c *Client) UserGroups(ctx context.Context, userName string) ([]string, error) {
	if err := listGroupsForUser.require("user name", userName); err != nil {
		return nil, err
	}
	var answer userGroupsAnswer
	if err := c.call(ctx, listGroupsForUser, params{"UserName": userName}, &answer); err != nil {
		return nil, err
	}
	groups := []string{}
	for _, group := range answer.Groups.Group {
		groups = append(groups, string(group.GroupName))
	}
	return groups, nil
}

// RemoveUserFromGroup removes a user from a group.
func (c *Client) RemoveUserFromGroup(ctx context.Context, userName, group string) error {
	if err := removeUserFromGroup.require("user name", userName); err != nil {
		return err
	}
	return c.call(ctx, removeUserFromGroup, params{"UserName": userName, "GroupName": group}, nil)
}

type userPoliciesAnswer struct {
	IsTruncated flag
	Policies    struct {
		Policy []struct{ PolicyType, PolicyName text }
	}
}

func (a *userPoliciesAnswer) missing() string {
	if a.Policies.Policy == nil && a.IsTruncated.isTrue() {
		return "Policies"
	}
	for _, policy := range a.Policies.Policy {
		if policy.PolicyType == "" || policy.PolicyName == "" {
			return "PolicyName"
		}
	}
	return ""
}

// UserPolicies returns the policies that are attached to a user directly.
func (c *Client) UserPolicies(ctx context.Context, userName string) ([]UserPolicy, error) {
	if err := listPoliciesForUser.require("user name", userName); err != nil {
		return nil, err
	}
	var answer userPoliciesAnswer
	if err := c.call(ctx, listPoliciesForUser, params{"UserName": userName}, &answer); err != nil {
		return nil, err
	}
	policies := []UserPolicy{}
	for _, policy := range answer.Policies.Policy {
		policies = append(policies, UserPolicy{Type: string(policy.PolicyType), Name: string(policy.PolicyName)})
	}
	return policies, nil
}

// DetachPolicy detaches a policy from a user.
func (c *Client) DetachPolicy(ctx context.Context, userName string, policy UserPolicy) error {
	if err := detachPolicyFromUser.require("user name", userName); err != nil {
		return err
	}
	in := params{"UserName": userName, "PolicyType": policy.Type, "PolicyName": policy.Name}
	return c.call(ctx, detachPolicyFromUser, in, nil)
}
