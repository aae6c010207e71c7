// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"iter"
	"time"
)

var (
	listPolicies = operation{product: ramProduct, action: "ListPolicies", repeat: read}
	getPolicy    = operation{product: ramProduct, action: "GetPolicy", repeat: read}
)

// CustomPolicy is the type of a policy of the account. Other policies belong to the
// service.
const CustomPolicy = "Custom"

// PolicyDetails is a policy in the list of all policies, which returns no documents.
type PolicyDetails struct {
	Policy

	Description     string
	DefaultVersion  string
	AttachmentCount *int64 // number of users, groups and roles; nil if not returned
	CreateDate      time.Time
	UpdateDate      time.Time
}

type allPoliciesResponse struct {
	page

	Policies struct {
		Policy []struct {
			PolicyType, PolicyName, Description, DefaultVersion text

			AttachmentCount        number
			CreateDate, UpdateDate timestamp
		}
	}
}

func (a *allPoliciesResponse) missing() string {
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

// Policies yields the policies of one type, or of both types if policyType is empty, page
// by page. An error is yielded at most once, as the last item: the list is then incomplete.
func (c *Client) Policies(ctx context.Context, policyType string) iter.Seq2[PolicyDetails, error] {
	return paged(listPolicies, func(marker string) (page, []PolicyDetails, error) {
		in := withMarker(params{"MaxItems": largestPage}, marker)
		in.text("PolicyType", text(policyType).optional())
		var response allPoliciesResponse
		if err := c.call(ctx, listPolicies, in, &response); err != nil {
			return page{}, nil, err
		}
		policies := []PolicyDetails{}
		for _, policy := range response.Policies.Policy {
			policies = append(policies, PolicyDetails{
				Policy:      Policy{Type: string(policy.PolicyType), Name: string(policy.PolicyName)},
				Description: string(policy.Description), DefaultVersion: string(policy.DefaultVersion), AttachmentCount: policy.AttachmentCount.value,
				CreateDate: policy.CreateDate.value, UpdateDate: policy.UpdateDate.value,
			})
		}
		return response.page, policies, nil
	}, func(policy PolicyDetails) string { return policy.key() })
}

// key is the name of the policy in the caches.
func (p Policy) key() string { return p.Type + " " + p.Name }

type policyResponse struct {
	DefaultPolicyVersion *struct{ PolicyDocument text }
}

func (a *policyResponse) missing() string {
	if a.DefaultPolicyVersion == nil || a.DefaultPolicyVersion.PolicyDocument == "" {
		return "PolicyDocument"
	}
	return ""
}

// PolicyDocument returns the document of the default version of a policy. It comes from the
// cache.
func (c *Client) PolicyDocument(ctx context.Context, policy Policy) (string, error) {
	return c.caches.documents.get(ctx, policy.key(), func(ctx context.Context) (string, error) {
		if err := getPolicy.require("policy name", policy.Name); err != nil {
			return "", err
		}
		var response policyResponse
		if err := c.call(ctx, getPolicy, params{"PolicyType": policy.Type, "PolicyName": policy.Name}, &response); err != nil {
			return "", err
		}
		return string(response.DefaultPolicyVersion.PolicyDocument), nil
	})
}
