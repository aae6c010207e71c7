// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"iter"
	"slices"
	"time"
)

// Only Ims returns display names and the ids of members. The Ram operations address a user
// by name, which a change of the account alias does not affect. Source: documented.
var (
	createGroup       = operation{product: imsProduct, action: "CreateGroup", repeat: once}
	getGroup          = operation{product: imsProduct, action: "GetGroup", repeat: read}
	updateGroup       = operation{product: imsProduct, action: "UpdateGroup", repeat: set}
	deleteGroup       = operation{product: imsProduct, action: "DeleteGroup", repeat: set}
	listGroups        = operation{product: imsProduct, action: "ListGroups", repeat: read}
	listUsersForGroup = operation{product: imsProduct, action: "ListUsersForGroup", repeat: read}
	addUserToGroup    = operation{product: ramProduct, action: "AddUserToGroup", repeat: set, pace: attachment}
)

// largestPage is the largest page size of groups and members (documented).
const largestPage = "1000"

// Group is a group of RAM users.
type Group struct {
	ID          string // does not change when the group is renamed
	Name        string
	DisplayName string
	Comments    string
	CreateDate  time.Time
	UpdateDate  time.Time
}

// GroupChange holds the changes of UpdateGroup. Nil leaves a value unchanged and "" clears
// it. The name cannot be cleared.
type GroupChange struct{ Name, DisplayName, Comments *string }

// GroupMember is a RAM user in a group.
type GroupMember struct{ UserID, UserName string }

type groupFields struct {
	ID          text `json:"GroupId"`
	Name        text `json:"GroupName"`
	DisplayName text
	Comments    text
	CreateDate  timestamp
	UpdateDate  timestamp
}

func (s *groupFields) missing() string {
	switch {
	case s.ID == "":
		return "GroupId"
	case s.Name == "":
		return "GroupName"
	}
	return ""
}

func (s *groupFields) group() Group {
	return Group{
		ID: string(s.ID), Name: string(s.Name), DisplayName: string(s.DisplayName), Comments: string(s.Comments),
		CreateDate: s.CreateDate.value, UpdateDate: s.UpdateDate.value,
	}
}

type groupResponse struct{ Group *groupFields }

func (a *groupResponse) missing() string {
	if a.Group == nil {
		return "Group"
	}
	return a.Group.missing()
}

// CreateGroup creates a group. The service assigns the id and the dates.
func (c *Client) CreateGroup(ctx context.Context, g Group) (Group, error) {
	if err := createGroup.require("group name", g.Name); err != nil {
		return Group{}, err
	}
	defer c.caches.groups.invalidateAround()()
	in := params{"GroupName": g.Name}
	in.text("DisplayName", text(g.DisplayName).optional())
	in.text("Comments", text(g.Comments).optional())
	var response groupResponse
	if err := c.call(ctx, createGroup, in, &response); err != nil {
		return Group{}, err
	}
	return response.Group.group(), nil
}

// Group returns a group by name. The group comes from the cache unless this client has
// changed a group since it was read.
func (c *Client) Group(ctx context.Context, name string) (Group, error) {
	return c.caches.groups.get(ctx, name, c.groupReader(name))
}

// RefreshGroup returns a group by name. It bypasses the cache.
func (c *Client) RefreshGroup(ctx context.Context, name string) (Group, error) {
	return c.caches.groups.refresh(ctx, name, c.groupReader(name))
}

func (c *Client) groupReader(name string) func(context.Context) (Group, error) {
	return func(ctx context.Context) (Group, error) {
		if err := getGroup.require("group name", name); err != nil {
			return Group{}, err
		}
		var response groupResponse
		if err := c.call(ctx, getGroup, params{"GroupName": name}, &response); err != nil {
			return Group{}, err
		}
		return response.Group.group(), nil
	}
}

// GroupByID finds a group by id in the list of all groups, which is the only way to find a
// renamed group. It bypasses the cache.
func (c *Client) GroupByID(ctx context.Context, id string) (group Group, found bool, err error) {
	for group, err := range c.Groups(ctx) {
		if err != nil || group.ID == id {
			return group, err == nil, err
		}
	}
	return Group{}, false, nil
}

type groupsResponse struct {
	page

	Groups struct{ Group []groupFields }
}

func (a *groupsResponse) missing() string {
	if a.Groups.Group == nil && !a.ends() {
		return "Groups"
	}
	for _, group := range a.Groups.Group {
		if missing := group.missing(); missing != "" {
			return missing
		}
	}
	return ""
}

// Groups yields all groups, page by page. An error is yielded at most once, as the last
// item: the list is then incomplete.
func (c *Client) Groups(ctx context.Context) iter.Seq2[Group, error] {
	return paged(listGroups, func(marker string) (page, []Group, error) {
		var response groupsResponse
		if err := c.call(ctx, listGroups, withMarker(params{"MaxItems": largestPage}, marker), &response); err != nil {
			return page{}, nil, err
		}
		groups := []Group{}
		for _, group := range response.Groups.Group {
			groups = append(groups, group.group())
		}
		return response.page, groups, nil
	}, func(group Group) string { return group.ID })
}

// UpdateGroup changes a group. A renamed group keeps its id, members and policies
// (documented).
func (c *Client) UpdateGroup(ctx context.Context, name string, change GroupChange) error {
	if err := updateGroup.require("group name", name); err != nil {
		return err
	}
	in := params{"GroupName": name}
	if change.Name != nil {
		if err := updateGroup.require("new group name", *change.Name); err != nil {
			return err
		}
		// After a rename, everything that is addressed by the group's name has another
		// address.
		defer c.caches.members.invalidateAround()()
		defer c.caches.attached.invalidateAround()()
		defer c.caches.entities.invalidateAround()()
	}
	defer c.caches.groups.invalidateAround()()
	in.text("NewGroupName", change.Name)
	in.text("NewDisplayName", change.DisplayName)
	in.text("NewComments", change.Comments)
	return c.call(ctx, updateGroup, in, nil)
}

// DeleteGroup deletes a group. Conflict(err) reports whether it still has members or
// policies.
func (c *Client) DeleteGroup(ctx context.Context, name string) error {
	if err := deleteGroup.require("group name", name); err != nil {
		return err
	}
	defer c.caches.groups.invalidateAround()()
	return c.call(ctx, deleteGroup, params{"GroupName": name}, nil)
}

type membersResponse struct {
	page

	Users struct {
		User []struct {
			UserID        text `json:"UserId"`
			UserName      text
			PrincipalName text `json:"UserPrincipalName"`
		}
	}
}

// missing refuses an incomplete list, because a user who is not in the list counts as
// removed.
func (a *membersResponse) missing() string {
	if a.Users.User == nil && !a.ends() {
		return "Users"
	}
	for _, user := range a.Users.User {
		switch {
		case user.UserID == "":
			return "UserId"
		case user.UserName == "" && user.PrincipalName == "":
			return "UserPrincipalName"
		}
	}
	return ""
}

// GroupMembers returns all members of a group. The list comes from the cache unless this
// client has changed a group since it was read.
func (c *Client) GroupMembers(ctx context.Context, group string) ([]GroupMember, error) {
	members, err := c.caches.members.get(ctx, group, c.membersReader(group))
	return slices.Clone(members), err
}

// RefreshGroupMembers returns all members of a group. It bypasses the cache. Callers that
// wait for their own changes of the same group share a read.
func (c *Client) RefreshGroupMembers(ctx context.Context, group string) ([]GroupMember, error) {
	members, err := c.caches.members.refreshCoalesced(ctx, group, c.membersReader(group))
	return slices.Clone(members), err
}

func (c *Client) membersReader(group string) func(context.Context) ([]GroupMember, error) {
	return func(ctx context.Context) ([]GroupMember, error) {
		if err := listUsersForGroup.require("group name", group); err != nil {
			return nil, err
		}
		members := []GroupMember{}
		for member, err := range paged(listUsersForGroup, func(marker string) (page, []GroupMember, error) {
			return c.membersPage(ctx, group, marker)
		}, func(member GroupMember) string { return member.UserID }) {
			if err != nil {
				return nil, err
			}
			members = append(members, member)
		}
		return members, nil
	}
}

func (c *Client) membersPage(ctx context.Context, group, marker string) (page, []GroupMember, error) {
	var response membersResponse
	in := withMarker(params{"GroupName": group, "MaxItems": largestPage}, marker)
	if err := c.call(ctx, listUsersForGroup, in, &response); err != nil {
		return page{}, nil, err
	}
	members := []GroupMember{}
	for _, user := range response.Users.User {
		name := string(user.UserName)
		if name == "" {
			name = nameIn(user.PrincipalName)
		}
		members = append(members, GroupMember{UserID: string(user.UserID), UserName: name})
	}
	return response.page, members, nil
}

// AddUserToGroup adds a user to a group. Exists(err) reports whether the user is already a
// member.
func (c *Client) AddUserToGroup(ctx context.Context, userName, group string) error {
	return c.changeMember(ctx, addUserToGroup, userName, group)
}

// RemoveUserFromGroup removes a user from a group.
func (c *Client) RemoveUserFromGroup(ctx context.Context, userName, group string) error {
	return c.changeMember(ctx, removeUserFromGroup, userName, group)
}

func (c *Client) changeMember(ctx context.Context, op operation, userName, group string) error {
	if err := op.require("user name", userName); err != nil {
		return err
	}
	if err := op.require("group name", group); err != nil {
		return err
	}
	defer c.caches.members.invalidateAround(group)()
	return c.call(ctx, op, params{"UserName": userName, "GroupName": group}, nil)
}
