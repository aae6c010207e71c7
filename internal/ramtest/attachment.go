// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"strings"
	"time"
)

var attachmentActions = table{
	"Ram/AttachPolicyToUser":    {run: attachPolicy, write: true},
	"Ram/AttachPolicyToGroup":   {run: attachPolicy, write: true},
	"Ram/AttachPolicyToRole":    {run: attachPolicy, write: true},
	"Ram/DetachPolicyFromUser":  {run: detachPolicy, write: true},
	"Ram/DetachPolicyFromGroup": {run: detachPolicy, write: true},
	"Ram/DetachPolicyFromRole":  {run: detachPolicy, write: true},
	"Ram/ListPoliciesForUser":   {run: listPoliciesForPrincipal},
	"Ram/ListPoliciesForGroup":  {run: listPoliciesForPrincipal},
	"Ram/ListPoliciesForRole":   {run: listPoliciesForPrincipal},
	"Ram/ListEntitiesForPolicy": {run: listEntitiesForPolicy},
}

// principal is a user, group or role to which policies are attached.
type principal struct {
	kind          string // User, Group, Role
	policies      *[]string
	dates         *map[string]time.Time
	groupPolicies *[]GroupPolicy
	quota         int // maximum number of custom policies
}

// principal returns the principal that the request must name. The suffix of the action selects its kind. (documented)
func (r *request) principal() (principal, error) {
	q := r.account.Quotas
	switch {
	case strings.HasSuffix(r.action, "User"):
		user, err := r.named()
		if err != nil {
			return principal{}, err
		}
		return principal{"User", &user.Policies, &user.AttachDates, &user.GroupPolicies, q.AttachedPoliciesPerUser}, nil
	case strings.HasSuffix(r.action, "Group"):
		group, err := r.group()
		if err != nil {
			return principal{}, err
		}
		return principal{"Group", &group.Policies, &group.AttachDates, &group.GroupPolicies, q.AttachedPoliciesPerGroup}, nil
	default:
		role, err := r.namedRole()
		if err != nil {
			return principal{}, err
		}
		return principal{"Role", &role.Policies, &role.AttachDates, &role.GroupPolicies, q.AttachedPoliciesPerRole}, nil
	}
}

// policy returns the policy that the request must name, in the form of [User.Policies]: Type/Name. (documented)
func (r *request) policy() (string, error) {
	kind, err := r.required("PolicyType")
	if err != nil {
		return "", err
	}
	name, err := r.required("PolicyName")
	if err != nil {
		return "", err
	}
	if kind != "System" && kind != "Custom" {
		return "", incorrect("PolicyType")
	}
	return kind + "/" + r.spelledPolicy(kind, name), nil
}

// policyAndPrincipal returns the policy and the principal that the request must name. The policy must exist. (documented)
func (r *request) policyAndPrincipal() (string, principal, error) {
	policy, err := r.policy()
	if err != nil {
		return "", principal{}, err
	}
	to, err := r.principal()
	if err == nil && !r.account.hasPolicy(policy) {
		err = noPolicy()
	}
	return policy, to, err
}

// attachPolicy attaches a policy at account level or, with ResourceGroupId, in a resource group. The numbers of attached
// custom and system policies are limited. (documented; ResourceGroupId since March 2026; that attachments in a resource
// group count is assumed).
func attachPolicy(r *request) (reply, error) {
	policy, to, err := r.policyAndPrincipal()
	if err != nil {
		return nil, err
	}
	group := r.text("ResourceGroupId")
	if to.attached(policy, group) {
		return nil, exists(to.kind+".Policy", "The indicate policy of the "+strings.ToLower(to.kind)+" does already EXIST.")
	}
	kind, limit := "Custom/", to.quota
	if strings.HasPrefix(policy, "System/") {
		kind, limit = "System/", r.account.Quotas.AttachedSystemPolicies
	}
	if to.count(kind) >= limit {
		return nil, exceeded(to.kind+".Policy", "The count of policies of the "+strings.ToLower(to.kind)+" beyond the current limits.")
	}
	if group != "" {
		*to.groupPolicies = append(*to.groupPolicies, GroupPolicy{policy, group, r.now})
		return reply{}, nil
	}
	*to.policies = append(*to.policies, policy)
	dated(to.dates, policy, r.now)
	return reply{}, nil
}

// detachPolicy detaches a policy at account level or in the named resource group. (documented)
func detachPolicy(r *request) (reply, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	from, err := r.principal()
	if err != nil {
		return nil, err
	}
	group := r.text("ResourceGroupId")
	if !from.attached(policy, group) {
		return nil, notExist(from.kind+".Policy", "The indicate policy of the "+strings.ToLower(from.kind)+" does not exist.")
	}
	if group != "" {
		*from.groupPolicies = slices.DeleteFunc(*from.groupPolicies, func(a GroupPolicy) bool {
			return a.Policy == policy && a.ResourceGroupID == group
		})
		return reply{}, nil
	}
	*from.policies = slices.DeleteFunc(*from.policies, samePolicy(policy))
	delete(*from.dates, policy)
	return reply{}, nil
}

func (p principal) attached(policy, group string) bool {
	if group == "" {
		return slices.ContainsFunc(*p.policies, samePolicy(policy))
	}
	return slices.ContainsFunc(*p.groupPolicies, func(a GroupPolicy) bool { return a.Policy == policy && a.ResourceGroupID == group })
}

func (p principal) count(kind string) int {
	n := 0
	for _, policy := range *p.policies {
		if k, _ := typedPolicy(policy); k+"/" == kind {
			n++
		}
	}
	for _, attached := range *p.groupPolicies {
		if strings.HasPrefix(attached.Policy, kind) {
			n++
		}
	}
	return n
}

// typedPolicy splits Type/Name. A test may omit the type of a system policy.
func typedPolicy(policy string) (kind, name string) {
	if kind, name, ok := strings.Cut(policy, "/"); ok {
		return kind, name
	}
	return "System", policy
}

func samePolicy(policy string) func(string) bool {
	return func(other string) bool {
		kind, name := typedPolicy(other)
		return policy == kind+"/"+name
	}
}

// listPoliciesForPrincipal returns the policies attached at account level on one page, with the dates of the attachments.
// (documented) It does not return those attached in a resource group. (documented for users;
// Behaviour.ListResourceGroupPolicies).
func listPoliciesForPrincipal(r *request) (reply, error) {
	of, err := r.principal()
	if err != nil {
		return nil, err
	}
	policies := slices.Clone(*of.policies)
	dates := map[string]time.Time{}
	for policy, at := range *of.dates {
		dates[policy] = at
	}
	if r.server.behaviour.ListResourceGroupPolicies {
		for _, attached := range *of.groupPolicies {
			policies, dates[attached.Policy] = append(policies, attached.Policy), attached.AttachDate
		}
	}
	return reply{"Policies": wrapped("Policy", shuffled(r, policies), func(policy string) reply {
		kind, name := typedPolicy(policy)
		shown := reply{"PolicyType": kind, "PolicyName": name, "AttachDate": stamp(dates[policy]), "DefaultVersion": "v1", "Description": ""}
		if custom := r.account.Policies[name]; kind == "Custom" && custom != nil {
			shown["DefaultVersion"], shown["Description"] = custom.DefaultVersion, custom.Description
		}
		return shown
	})}, nil
}

// listEntitiesForPolicy returns the users, groups and roles to which a policy is attached. (documented)
func listEntitiesForPolicy(r *request) (reply, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	if !r.account.hasPolicy(policy) {
		return nil, noPolicy()
	}
	var users, groups, roles []reply
	for _, user := range r.account.sortedUsers() {
		if slices.ContainsFunc(user.Policies, samePolicy(policy)) {
			users = append(users, reply{
				"UserId": user.ID, "UserName": user.Name, "DisplayName": user.DisplayName, "AttachDate": stamp(user.AttachDates[policy]),
			})
		}
	}
	for _, group := range r.account.sortedGroups() {
		if slices.ContainsFunc(group.Policies, samePolicy(policy)) {
			groups = append(groups, reply{"GroupName": group.Name, "Comments": group.Comments, "AttachDate": stamp(group.AttachDates[policy])})
		}
	}
	for _, role := range r.account.sortedRoles() {
		if slices.ContainsFunc(role.Policies, samePolicy(policy)) {
			roles = append(roles, reply{
				"RoleId": role.ID, "RoleName": role.Name, "Arn": arn(r.account.ID, "role", role.Name), "Description": role.Description,
				"AttachDate": stamp(role.AttachDates[policy]),
			})
		}
	}
	same := func(item reply) reply { return item }
	return reply{
		"Users": wrapped("User", shuffled(r, users), same), "Groups": wrapped("Group", shuffled(r, groups), same),
		"Roles": wrapped("Role", shuffled(r, roles), same),
	}, nil
}
