// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

var groupActions = table{
	"Ram/CreateGroup":         {run: createGroup, write: true},
	"Ims/CreateGroup":         {run: createGroup, write: true},
	"Ram/GetGroup":            {run: getGroup},
	"Ims/GetGroup":            {run: getGroup},
	"Ram/UpdateGroup":         {run: updateGroup, write: true},
	"Ims/UpdateGroup":         {run: updateGroup, write: true},
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
	"Ram/ListUsersForGroup":   {run: listUsersForGroup},
	"Ims/ListUsersForGroup":   {run: listUsersForGroup},
}

// groupName matches letters, digits and '-' (documented), '.' and '_'. (assumed)
var groupName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// createGroup creates a group whose name is not taken. (documented)
func createGroup(r *request) (reply, error) {
	name, err := r.newGroupName("GroupName", nil)
	if err != nil {
		return nil, err
	}
	if len(r.account.Groups) >= r.account.Quotas.Groups {
		return nil, exceeded("Group", "The count of groups beyond the current limits.")
	}
	group := &Group{ID: "g-" + r.server.newUserID(), Name: name, CreateDate: r.now, UpdateDate: r.now}
	if err := r.describeGroup(group, ""); err != nil {
		return nil, err
	}
	r.account.Groups[name] = group
	return reply{"Group": r.showGroup(group)}, nil
}

// newGroupName returns the new name: at most 64 characters, and not the name of another group. (documented)
func (r *request) newGroupName(parameter string, group *Group) (string, error) {
	name, err := r.required(parameter)
	if err != nil {
		return "", err
	}
	if len(name) > 64 {
		return "", tooLong(parameter)
	}
	if !groupName.MatchString(name) {
		return "", invalidChars(parameter)
	}
	if other := r.account.Groups[name]; other != nil && other != group {
		return "", groupExists()
	}
	return name, nil
}

// describeGroup reads the comments, at most 128 characters, and in Ims the display name, at most 24. (documented)
func (r *request) describeGroup(group *Group, prefix string) error {
	comments, displayName := prefix+"Comments", prefix+"DisplayName"
	if utf8.RuneCountInString(r.text(comments)) > 128 {
		return tooLong(comments)
	}
	if r.has(comments) {
		group.Comments = r.text(comments)
	}
	if r.product != "Ims" || !r.has(displayName) {
		return nil
	}
	if utf8.RuneCountInString(r.text(displayName)) > 24 {
		return tooLong(displayName)
	}
	group.DisplayName = r.text(displayName)
	return nil
}

// group returns the group that the request must name. (documented)
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

// getGroup returns one group. (documented)
func getGroup(r *request) (reply, error) {
	group, err := r.group()
	if err != nil {
		return nil, err
	}
	return reply{"Group": r.showGroup(group)}, nil
}

// updateGroup changes the values that the request passes. A renamed group keeps its id, members and policies. (documented)
func updateGroup(r *request) (reply, error) {
	group, err := r.group()
	if err != nil {
		return nil, err
	}
	if r.has("NewGroupName") {
		name, err := r.newGroupName("NewGroupName", group)
		if err != nil {
			return nil, err
		}
		r.renameGroup(group, name)
	}
	if err := r.describeGroup(group, "New"); err != nil {
		return nil, err
	}
	group.UpdateDate = r.now
	return reply{"Group": r.showGroup(group)}, nil
}

func (r *request) renameGroup(group *Group, name string) {
	for _, user := range r.account.Users {
		if at := slices.Index(user.Groups, group.Name); at >= 0 {
			user.Groups[at] = name
			if joined, ok := user.JoinDates[group.Name]; ok {
				delete(user.JoinDates, group.Name)
				user.JoinDates[name] = joined
			}
		}
	}
	delete(r.account.Groups, group.Name)
	group.Name = name
	r.account.Groups[name] = group
}

// listGroups returns a page of groups. (documented)
func listGroups(r *request) (reply, error) {
	page, body, err := paged(r, r.account.sortedGroups(), 100, 1000)
	if err != nil {
		return nil, err
	}
	body["Groups"] = wrapped("Group", page, r.showGroup)
	return body, nil
}

func (a *Account) sortedGroups() []*Group {
	return slices.SortedFunc(maps.Values(a.Groups), func(x, y *Group) int { return cmp.Compare(x.Name, y.Name) })
}

// deleteGroup deletes a group without members and policies. (documented)
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
	if len(group.Policies)+len(group.GroupPolicies) > 0 {
		return nil, conflict("Group.Policy", "The group CAN NOT has any attached policy while deleting the group.")
	}
	delete(r.account.Groups, group.Name)
	return reply{}, nil
}

// addUserToGroup adds a user to a group. The number of groups of a user is limited. (documented)
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
	dated(&user.JoinDates, group.Name, r.now)
	return reply{}, nil
}

// dated records a date under a name.
func dated(dates *map[string]time.Time, name string, at time.Time) {
	if *dates == nil {
		*dates = map[string]time.Time{}
	}
	(*dates)[name] = at
}

// removeUserFromGroup removes a user from a group. (documented)
func removeUserFromGroup(r *request) (reply, error) {
	user, group, err := r.member()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(user.Groups, group.Name) {
		return nil, userNotInGroup()
	}
	user.Groups = without(user.Groups, group.Name)
	delete(user.JoinDates, group.Name)
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

// listGroupsForUser returns a user's groups on one page, with the date on which the user joined. (documented)
func listGroupsForUser(r *request) (reply, error) {
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	groups := slices.DeleteFunc(r.account.sortedGroups(), func(group *Group) bool {
		return !slices.Contains(user.Groups, group.Name)
	})
	return reply{"Groups": wrapped("Group", shuffled(r, groups), func(group *Group) reply {
		shown := reply{"GroupId": group.ID, "GroupName": group.Name, "JoinDate": stamp(user.JoinDates[group.Name])}
		r.put(shown, "Comments", group.Comments)
		if r.product == "Ims" {
			r.put(shown, "DisplayName", group.DisplayName)
		}
		return shown
	})}, nil
}

// listUsersForGroup returns a page of a group's members, with the date on which each joined. (documented)
func listUsersForGroup(r *request) (reply, error) {
	group, err := r.group()
	if err != nil {
		return nil, err
	}
	users := slices.DeleteFunc(r.account.sortedUsers(), func(user *User) bool { return !slices.Contains(user.Groups, group.Name) })
	page, body, err := paged(r, users, 100, 1000)
	if err != nil {
		return nil, err
	}
	body["Users"] = wrapped("User", page, func(user *User) reply {
		name, value := r.nameOf(user.Name)
		return reply{"UserId": user.ID, name: value, "DisplayName": user.DisplayName, "JoinDate": stamp(user.JoinDates[group.Name])}
	})
	return body, nil
}
