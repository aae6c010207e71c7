// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
)

func TestGroups_membership(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c := still(t)
		inhabited(s, "alice")
		c.ok(product, "CreateGroup", "GroupName", "staff", "Comments", "all of us")
		c.refused("EntityAlreadyExists.Group", product, "CreateGroup", "GroupName", "staff")
		c.ok(product, "CreateGroup", "GroupName", "other")
		c.ok(product, "AddUserToGroup", of(product, "alice", "GroupName", "staff")...)
		c.refused("EntityAlreadyExists.User.Group", product, "AddUserToGroup", of(product, "alice", "GroupName", "staff")...)
		c.refused("EntityNotExist.Group", product, "AddUserToGroup", of(product, "alice", "GroupName", "none")...)
		c.refused("EntityNotExist.User", product, "AddUserToGroup", of(product, "bob", "GroupName", "staff")...)

		groups := c.ok(product, "ListGroupsForUser", of(product, "alice")...).list("Groups.Group", "GroupName")
		equal(t, "groups", column(groups, "GroupName"), []string{"staff"})
		equal(t, "joined", groups[0]["JoinDate"], "2026-01-12T09:12:00Z")
		members := c.ok(product, "ListUsersForGroup", "GroupName", "staff").list("Users.User", "UserId")
		equal(t, "members", column(members, "JoinDate"), []string{"2026-01-12T09:12:00Z"})
		want := reply{
			"GroupId": groups[0]["GroupId"], "GroupName": "staff", "Comments": "all of us",
			"CreateDate": "2026-01-12T09:12:00Z", "UpdateDate": "2026-01-12T09:12:00Z",
		}
		if product == "Ims" {
			want["DisplayName"] = ""
		}
		equal(t, "group", c.ok(product, "GetGroup", "GroupName", "staff").at("Group"), want)

		c.refused("DeleteConflict.User.Group", product, "DeleteUser", of(product, "alice")...)
		c.refused("DeleteConflict.Group.User", product, "DeleteGroup", "GroupName", "staff")
		c.ok(product, "RemoveUserFromGroup", of(product, "alice", "GroupName", "staff")...)
		c.refused("EntityNotExist.User.Group", product, "RemoveUserFromGroup", of(product, "alice", "GroupName", "staff")...)
		c.ok(product, "DeleteGroup", "GroupName", "staff")
		c.refused("EntityNotExist.Group", product, "DeleteGroup", "GroupName", "staff")
		c.refused("EntityNotExist.Group", product, "GetGroup", "GroupName", "staff")
		s.Change(func(a *Account) { a.Groups["other"].Policies = []string{"ReadOnlyAccess"} })
		c.refused("DeleteConflict.Group.Policy", product, "DeleteGroup", "GroupName", "other")
	})
}

func TestGroups_limits(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		for name, code := range map[string]string{
			"": "MissingGroupName", strings.Repeat("x", 65): "InvalidParameter.GroupName.Length", "a b": "InvalidParameter.GroupName.InvalidChars",
		} {
			c.refused(code, product, "CreateGroup", "GroupName", name)
		}
		s.Change(func(a *Account) { a.Quotas.Groups, a.Quotas.GroupsPerUser = 3, 2 })
		for _, name := range []string{"a", "b", "c"} {
			c.ok(product, "CreateGroup", "GroupName", name)
		}
		c.refused("LimitExceeded.Group", product, "CreateGroup", "GroupName", "d")
		c.ok(product, "AddUserToGroup", of(product, "admin", "GroupName", "a")...)
		c.ok(product, "AddUserToGroup", of(product, "admin", "GroupName", "b")...)
		c.refused("LimitExceeded.User.Group", product, "AddUserToGroup", of(product, "admin", "GroupName", "c")...)
		items, pages := c.pages("Groups.Group", "GroupName", product, "ListGroups")
		equal(t, "groups", column(items, "GroupName"), []string{"a", "b", "c"})
		equal(t, "pages", pages, 2)
	})
}
