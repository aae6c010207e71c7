// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"testing"
	"time"
)

// deleteKey moves a key of alice to the recycle bin and returns its id.
func deleteKey(t *testing.T, c *client) string {
	t.Helper()
	id := c.ok("Ram", "CreateAccessKey", "UserName", "alice").at("AccessKey.AccessKeyId").(string)
	c.ok("Ram", "DeleteAccessKey", "UserName", "alice", "UserAccessKeyId", id)
	return id
}

func idOf(s *Server, name string) string { return s.defaultAccount().Users[name].ID }

func TestRecycleBin_key(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	id := deleteKey(t, c)
	recycled := reply{"AccessKeyId": id, "CreateDate": "2026-01-12T09:12:00Z", "RecycleDate": "2026-01-12T09:12:00Z", "DeleteDate": "2026-02-11T09:12:00Z"}
	equal(t, "listed", c.ok("Ims", "ListAccessKeysInRecycleBin", "UserId", idOf(s, "alice")).list("AccessKeys.AccessKey", "AccessKeyId"), []reply{recycled})
	recycled["UserId"], recycled["UserRecycled"], recycled["UserPrincipalName"] = idOf(s, "alice"), false, of("Ims", "alicia")[1]
	c.ok("Ram", "UpdateUser", "UserName", "alice", "NewUserName", "alicia")
	equal(t, "read", c.ok("Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", id).at("AccessKey"), recycled)

	s.Advance(31 * 24 * time.Hour)
	c.refused("EntityNotExist.User.AccessKey", "Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", id)
	c.refused("EntityNotExist.User.AccessKey", "Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "alicia"))
	equal(t, "listed later", c.ok("Ims", "ListAccessKeysInRecycleBin", "UserId", idOf(s, "alicia")).at("AccessKeys"), reply{"AccessKey": []any{}})
}

func TestRecycleBin_threeKeys(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice", "bob")
	first := deleteKey(t, c)
	others := []string{deleteKey(t, c), deleteKey(t, c), deleteKey(t, c)}
	c.refused("EntityNotExist.User.AccessKey", "Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", first)
	for _, id := range others {
		c.ok("Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", id)
	}
	id := c.ok("Ram", "CreateAccessKey", "UserName", "bob").at("AccessKey.AccessKeyId").(string)
	c.ok("Ram", "DeleteAccessKey", "UserName", "bob", "UserAccessKeyId", id)
	equal(t, "alice's", len(c.ok("Ims", "ListAccessKeysInRecycleBin", "UserId", idOf(s, "alice")).list("AccessKeys.AccessKey", "AccessKeyId")), 3)
}

func TestRecycleBin_restoredKey(t *testing.T) {
	t.Parallel()
	for _, switched := range []bool{false, true} {
		s := New(t, WithBehaviour(func(b *Behaviour) { b.RestoreKeysActive, b.RestoreKeysWithoutPolicy = switched, switched }))
		c := admin(t, s)
		inhabited(s, "alice")
		alice := aliceOf(t, s)
		id := alice.key.AccessKeyID
		c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, openPolicy)...)
		c.ok("Ram", "DeleteAccessKey", "UserName", "alice", "UserAccessKeyId", id)
		c.refused("EntityNotExist.User.AccessKey", "Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "admin"))
		c.ok("Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "alice"))
		status, policy := "Inactive", openPolicy
		if switched {
			status, policy = "Active", ""
		}
		key := keysOf(s, "alice")[0]
		equal(t, "status", key.Status, status)
		equal(t, "policy", key.Policy, policy)
		equal(t, "secret", key.Secret, alice.key.AccessKeySecret)
		c.refused("EntityNotExist.User.AccessKey", "Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", id)
	}
}

func TestRecycleBin_restoredKeyQuota(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	id := deleteKey(t, c)
	c.ok("Ram", "CreateAccessKey", "UserName", "alice")
	c.ok("Ram", "CreateAccessKey", "UserName", "alice")
	c.refused("LimitExceeded.User.AccessKey", "Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "alice"))
	c.ok("Ims", "DeleteAccessKeyInRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "alice"))
	c.refused("EntityNotExist.User.AccessKey", "Ims", "DeleteAccessKeyInRecycleBin", "UserAccessKeyId", id, "UserId", idOf(s, "alice"))
}

func TestRecycleBin_ownerOfKeys(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	id := deleteKey(t, c)
	alice, root, session := aliceOf(t, s), rootOf(t, s), sessionOf(t, s)
	equal(t, "alice's own", len(alice.ok("Ims", "ListAccessKeysInRecycleBin").list("AccessKeys.AccessKey", "AccessKeyId")), 1)
	root.refused("MissingUserId", "Ims", "ListAccessKeysInRecycleBin")
	session.refused("MissingUserId", "Ims", "ListAccessKeysInRecycleBin")
	c.refused("EntityNotExist.User", "Ims", "ListAccessKeysInRecycleBin", "UserId", "200000000000000000")
	alice.ok("Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id)

	id = root.ok("Ims", "CreateAccessKey").at("AccessKey.AccessKeyId").(string)
	root.ok("Ims", "DeleteAccessKey", "UserAccessKeyId", id)
	root.ok("Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", id, "UserId", defaultAccountID)
	equal(t, "root's keys", len(s.defaultAccount().Keys), 2)
}

func TestRecycleBin_user(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice", "bob")
	id, key := idOf(s, "alice"), deleteKey(t, c)
	c.ok("Ims", "DeleteUser", "UserId", id)
	c.ok("Ram", "DeleteUser", "UserName", "bob")
	recycled := reply{
		"UserId": id, "UserPrincipalName": of("Ims", "alice")[1], "DisplayName": "alice",
		"CreateDate": "2026-01-12T09:12:00Z", "RecycleDate": "2026-01-12T09:12:00Z", "DeleteDate": "2026-02-11T09:12:00Z",
	}
	equal(t, "read", c.ok("Ims", "GetUserInRecycleBin", "UserId", id).at("User"), recycled)
	equal(t, "read by key", c.ok("Ims", "GetUserInRecycleBin", "UserAccessKeyId", key).at("User"), recycled)
	equal(t, "key", c.ok("Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", key).at("AccessKey.UserRecycled"), true)
	c.refused("EntityNotExist.User", "Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", key, "UserId", id)
	c.refused("MissingUserId", "Ims", "GetUserInRecycleBin")
	c.refused("InvalidParameter.UserAccessKeyId", "Ims", "GetUserInRecycleBin", "UserId", id, "UserAccessKeyId", key)
	c.refused("EntityNotExist.User", "Ims", "GetUserInRecycleBin", "UserAccessKeyId", "LTAInone")

	filtered := c.ok("Ims", "ListUsersInRecycleBin", "Filter", "UserPrincipalName eq "+of("Ims", "alice")[1])
	equal(t, "filtered", filtered.list("Users.User", "DisplayName"), []reply{recycled})
	c.refused("InvalidParameter.Filter", "Ims", "ListUsersInRecycleBin", "Filter", "DisplayName eq alice")
	all, pages := c.pages("Users.User", "DisplayName", "Ims", "ListUsersInRecycleBin", "MaxItems", "1")
	equal(t, "listed", len(all), 2)
	equal(t, "pages", pages, 2)

	s.Advance(30 * 24 * time.Hour)
	c.refused("EntityNotExist.User", "Ims", "GetUserInRecycleBin", "UserId", id)
	c.refused("EntityNotExist.User", "Ims", "RestoreUserFromRecycleBin", "UserId", id)
}

func TestRecycleBin_restoreAndPurge(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	id, key := idOf(s, "alice"), deleteKey(t, c)
	c.ok("Ims", "DeleteUser", "UserId", id)
	inhabited(s, "alice")
	c.refused("EntityAlreadyExists.User", "Ims", "RestoreUserFromRecycleBin", "UserId", id)
	c.ok("Ram", "DeleteUser", "UserName", "alice")
	s.Change(func(a *Account) { a.Quotas.Users = 1 })
	c.refused("LimitExceeded.User", "Ims", "RestoreUserFromRecycleBin", "UserId", id)
	s.Change(func(a *Account) { a.Quotas.Users = 2 })
	c.ok("Ims", "RestoreUserFromRecycleBin", "UserId", id)
	equal(t, "id", c.ok("Ram", "GetUser", "UserName", "alice").at("User.UserId"), id)
	c.ok("Ims", "RestoreAccessKeyFromRecycleBin", "UserAccessKeyId", key, "UserId", id)
	c.ok("Ram", "DeleteAccessKey", "UserName", "alice", "UserAccessKeyId", key)

	c.ok("Ims", "DeleteUser", "UserId", id)
	c.ok("Ims", "DeleteUserInRecycleBin", "UserId", id)
	c.refused("EntityNotExist.User", "Ims", "DeleteUserInRecycleBin", "UserId", id)
	c.refused("EntityNotExist.User.AccessKey", "Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", key)
}

func TestRecycleBin_userWithDependants(t *testing.T) {
	t.Parallel()
	for _, logon := range []bool{false, true} {
		s := New(t, WithBehaviour(func(b *Behaviour) { b.UserConflicts, b.RestoreLogonActive = "none", logon }))
		c := admin(t, s)
		inhabited(s, "alice")
		alice := aliceOf(t, s)
		id, serial := idOf(s, "alice"), arn(defaultAccountID, "mfa", "phone")
		s.Change(func(a *Account) {
			a.Groups["staff"], a.Groups["old"] = &Group{Name: "staff"}, &Group{Name: "old"}
			a.MFADevices[serial] = &MFADevice{Name: "phone", Serial: serial, UserID: id, ActivateDate: s.now()}
			user := a.Users["alice"]
			user.Groups, user.MFASerial = []string{"staff", "old"}, serial
			user.LoginProfile = &LoginProfile{Status: "Active"}
		})
		c.ok("Ims", "DeleteUser", "UserId", id)
		alice.refused("InvalidAccessKeyId.NotFound", "Sts", "GetCallerIdentity")
		equal(t, "by its key", c.ok("Ims", "GetUserInRecycleBin", "UserAccessKeyId", alice.key.AccessKeyID).at("User.UserId"), id)
		equal(t, "its key", c.ok("Ims", "GetAccessKeyInfoInRecycleBin", "UserAccessKeyId", alice.key.AccessKeyID).at("AccessKey.UserRecycled"), true)
		equal(t, "its device", s.defaultAccount().MFADevices[serial].UserID, "")
		c.ok("Ram", "DeleteGroup", "GroupName", "old")

		c.ok("Ims", "RestoreUserFromRecycleBin", "UserId", id)
		alice.ok("Sts", "GetCallerIdentity")
		user := s.defaultAccount().Users["alice"]
		equal(t, "groups", user.Groups, []string{"staff"})
		equal(t, "device", user.MFASerial, "")
		status := map[bool]string{false: "Inactive", true: "Active"}[logon]
		equal(t, "logon", user.LoginProfile.Status, status)
	}
}

func TestRecycleBin_userCapacity(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice", "bob")
	s.Change(func(a *Account) { a.Quotas.RecycledUsers = 1 })
	c.ok("Ram", "DeleteUser", "UserName", "alice")
	c.ok("Ram", "DeleteUser", "UserName", "bob")
	equal(t, "recycled", column(c.ok("Ims", "ListUsersInRecycleBin").list("Users.User", "DisplayName"), "DisplayName"), []string{"bob"})
}
