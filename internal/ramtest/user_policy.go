// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"strings"
)

// Policies are here as far as they keep a user from being deleted.
var userPolicyActions = table{
	"Ram/AttachPolicyToUser":   {run: attachPolicyToUser, write: true},
	"Ram/DetachPolicyFromUser": {run: detachPolicyFromUser, write: true},
	"Ram/ListPoliciesForUser":  {run: listPoliciesForUser},
}

// policy is the policy that the request names, as a user has it in its list: Type/Name. Which policies exist is not
// modelled: every name does. (assumed)
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
	return kind + "/" + name, nil
}

// Gives a user a policy, and so many at most. (documented)
func attachPolicyToUser(r *request) (reply, error) {
	user, policy, err := r.bearer()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(user.Policies, samePolicy(policy)) {
		return nil, userHasPolicy()
	}
	if len(user.Policies) >= r.account.Quotas.AttachedPoliciesPerUser {
		return nil, exceeded("User.Policy", "The count of policies of the user beyond the current limits.")
	}
	user.Policies = append(user.Policies, policy)
	return reply{}, nil
}

// Takes a policy off a user. (documented)
func detachPolicyFromUser(r *request) (reply, error) {
	user, policy, err := r.bearer()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(user.Policies, samePolicy(policy)) {
		return nil, noUserPolicy()
	}
	user.Policies = slices.DeleteFunc(user.Policies, samePolicy(policy))
	return reply{}, nil
}

func (r *request) bearer() (*User, string, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, "", err
	}
	user, err := r.named()
	return user, policy, err
}

// A policy without a type in a test's data is the vendor's own.
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

// A user's own policies, on one page. (documented)
func listPoliciesForUser(r *request) (reply, error) {
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	return reply{"Policies": wrapped("Policy", shuffled(r, user.Policies), func(policy string) reply {
		kind, name := typedPolicy(policy)
		return reply{"PolicyType": kind, "PolicyName": name, "Description": "", "DefaultVersion": "v1"}
	})}, nil
}
