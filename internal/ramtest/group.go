// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
)

// Groups are here as far as they keep a user from being deleted.
var groupActions = table{
	"Ram/CreateGroup":         {run: createGroup, write: true},
	"Ims/CreateGroup":         {run: createGroup, write: true},
	"Ram/GetGroup":            {run: getGroup},
	"Ims/GetGroup":            {run: getGroup},
	"Ram/ListGroups":          {run: listGroups},
	"Ims/ListGroups":          {run: listGroups},
	"Ram/DeleteGroup":         {run: deleteGroup, write: true},
	"Ims/DeleteGroup":         {run: deleteGroup, write: true},
	"Ram/AddUserToGroup":      {run: addUserToGroup, write: true},
	"Ims/AddUserToGroup":      {run: addUserToGroup, write: true},
	"Ram/RemoveUserFromGroup": {run: removeUserFromGroup, write: true},
	"Ims/RemoveUserFromGroup": {run: removeUserFromGroup, write: true},
	"Ram/ListGroupsForUser":   {run: listGroupsForUser},
	"Ims/ListGroupsForUser":   {run: listGroupsForUser},
}

// Letters, digits and '-', at most 64. (documented; '.' and '_' assumed)
var groupName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// Makes a group. (documented)
func createGroup(r *request) (reply, error) {
	name, err := r.required("GroupName")
	if err != nil {
		return nil, err
	}
	if len(name) > 64 {
		return nil, tooLong("GroupName")
	}
	if !groupName.MatchString(name) {
		return nil, invalidChars("GroupName")
	}
	if r.account.Groups[name] != nil {
		return nil, groupExists()
	}
	if len(r.account.Groups) >= r.account.Quotas.Groups {
		return nil, exceeded("Group", "The count of groups beyond the current limits.")
	}
	group := &Group{
		ID: "g-" + r.server.newUserID(), Name: name, DisplayName: r.text("DisplayName"), Comments: r.text("Comments"),
		CreateDate: r.now, UpdateDate: r.now,
	}
	r.account.Groups[name] = group
	return reply{"Group": r.showGroup(group)}, nil
}

// group is the group that the request has to name. (documented)
func (r *request) group() (*Group, error) {
	name, err := r.required("GroupName")
	if err != nil {
		return nil, err
	}
	if group := r.account.Groups[name]; group != nil {
		return group, nil
	}
	return nil, noGroup()
}

func (r *request) showGroup(group *Group) reply {
	shown := reply{
		"GroupId": group.ID, "GroupName": group.Name,
		"CreateDate": stamp(group.CreateDate), "UpdateDate": stamp(group.UpdateDate),
	}
	r.put(shown, "Comments", group.Comments)
	if r.product == "Ims" {
		r.put(shown, "DisplayName", group.DisplayName)
	}
	return shown
}

// One group. (documented)
func getGroup(r *request) (reply, error) {
	group, err := r.group()
	if err != nil {
		return nil, err
	}
	return reply{"Group": r.showGroup(group)}, nil
}

// A page of groups. (documented)
func listGroups(r *request) (reply, error) {
	page, answer, err := paged(r, r.account.sortedGroups(), 100, 1000)
	if err != nil {
		return nil, err
	}
	answer["Groups"] = wrapped("Group", page, r.showGroup)
	return answer, nil
}

func (a *Account) sortedGroups() []*Group {
	return slices.SortedFunc(maps.Values(a.Groups), func(x, y *Group) int { return cmp.Compare(x.Name, y.Name) })
}

// A group that has members or policies stays. (documented)
func deleteGroup(r *request) (reply, error) {
	group, err := r.group()
	if err != nil {
		return nil, err
	}
	for _, user := range r.account.Users {
		if slices.Contains(user.Groups, group.Name) {
			return nil, conflict("Group.User", "The group CAN NOT has any user while deleting the group.")
		}
	}
	if len(group.Policies) > 0 {
		return nil, conflict("Group.Policy", "The group CAN NOT has any attached policy while deleting the group.")
	}
	delete(r.account.Groups, group.Name)
	return reply{}, nil
}

// Lets a user join a group, and so many groups at most. (documented)
func addUserToGroup(r *request) (reply, error) {
	user, group, err := r.member()
	if err != nil {
		return nil, err
	}
	if slices.Contains(user.Groups, group.Name) {
		return nil, userInGroup()
	}
	if len(user.Groups) >= r.account.Quotas.GroupsPerUser {
		return nil, exceeded("User.Group", "The count of groups of the user beyond the current limits.")
	}
	user.Groups = append(user.Groups, group.Name)
	return reply{}, nil
}

// Lets a user leave a group. (documented)
func removeUserFromGroup(r *request) (reply, error) {
	user, group, err := r.member()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(user.Groups, group.Name) {
		return nil, userNotInGroup()
	}
	user.Groups = without(user.Groups, group.Name)
	return reply{}, nil
}

func (r *request) member() (*User, *Group, error) {
	user, err := r.named()
	if err != nil {
		return nil, nil, err
	}
	group, err := r.group()
	return user, group, err
}

// A user's groups, on one page. (documented)
func listGroupsForUser(r *request) (reply, error) {
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	groups := slices.DeleteFunc(r.account.sortedGroups(), func(group *Group) bool {
		return !slices.Contains(user.Groups, group.Name)
	})
	return reply{"Groups": wrapped("Group", shuffled(r, groups), r.showGroup)}, nil
}
