// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"strings"
)

// Rights summarizes what a policy allows.
type Rights struct {
	Administrator bool // every action on every resource
	ChangesRAM    bool // an action of RAM that is not a read, which is enough to become an administrator
}

// PolicyRights returns the rights that the default version of a policy grants. The document
// comes from the cache.
func (c *Client) PolicyRights(ctx context.Context, policy Policy) (Rights, error) {
	document, err := c.PolicyDocument(ctx, policy)
	if err != nil {
		return Rights{}, err
	}
	return rightsOf(document), nil
}

// oneOrMany is a string or a list of strings.
type oneOrMany []string

// UnmarshalJSON accepts both forms.
func (l *oneOrMany) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

type policyStatement struct {
	Effect    string
	Action    oneOrMany
	NotAction oneOrMany
	Resource  oneOrMany
	Condition map[string]any
}

// rightsOf evaluates the Allow statements of a document. It ignores Deny statements,
// conditions and resources, except that Administrator requires all resources and no
// condition: an unnecessary warning is better than a missing one. A document that cannot be
// parsed counts as allowing everything.
func rightsOf(document string) (rights Rights) {
	var policy struct{ Statement []policyStatement }
	if json.Unmarshal([]byte(document), &policy) != nil {
		return Rights{Administrator: true, ChangesRAM: true}
	}
	for _, statement := range policy.Statement {
		if !strings.EqualFold(statement.Effect, "Allow") {
			continue
		}
		everything := len(statement.Resource) == 0 || len(statement.Resource) == 1 && statement.Resource[0] == "*"
		for _, action := range statement.Action {
			rights.Administrator = rights.Administrator || everything && len(statement.Condition) == 0 && (action == "*" || action == "*:*")
			rights.ChangesRAM = rights.ChangesRAM || changesRAM(action)
		}
		rights.ChangesRAM = rights.ChangesRAM || len(statement.NotAction) > 0 && !coversRAM(statement.NotAction)
	}
	return rights
}

// changesRAM reports whether an action pattern matches a RAM action that is not a read. The
// names of reads begin with Get or List (documented).
func changesRAM(pattern string) bool {
	service, action, both := strings.Cut(strings.ToLower(pattern), ":")
	if !both {
		return service == "*"
	}
	if covers := service == "*" || service == "ram" || service == "ims" || strings.HasPrefix("ram", strings.TrimSuffix(service, "*")); !covers {
		return false
	}
	return !strings.HasPrefix(action, "get") && !strings.HasPrefix(action, "list")
}

// coversRAM reports whether a list of excluded actions contains all RAM actions.
func coversRAM(patterns []string) bool {
	for _, pattern := range patterns {
		if lower := strings.ToLower(pattern); lower == "*" || lower == "ram:*" || lower == "*:*" {
			return true
		}
	}
	return false
}
