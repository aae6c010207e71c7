// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	listGroupsForUser   = operation{product: ramProduct, action: "ListGroupsForUser", repeat: read}
	removeUserFromGroup = operation{product: ramProduct, action: "RemoveUserFromGroup", repeat: set, pace: attachment}
)

type userGroupsResponse struct {
	IsTruncated flag
	Groups      struct{ Group []struct{ GroupName text } }
}

func (a *userGroupsResponse) missing() string {
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

// UserGroups returns the names of the groups that a user is a member of.
func (c *Client) UserGroups(ctx context.Context, userName string) ([]string, error) {
	if err := listGroupsForUser.require("user name", userName); err != nil {
		return nil, err
	}
	var response userGroupsResponse
	if err := c.call(ctx, listGroupsForUser, params{"UserName": userName}, &response); err != nil {
		return nil, err
	}
	groups := []string{}
	for _, group := range response.Groups.Group {
		groups = append(groups, string(group.GroupName))
	}
	return groups, nil
}
