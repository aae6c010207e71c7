// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
	"time"
)

// other starts a server with alice and one switch set to the other side, and a client.
func other(t *testing.T, f func(*Behaviour)) (*Server, *client) {
	t.Helper()
	s := New(t, WithBehaviour(f))
	inhabited(s, "alice")
	return s, admin(t, s)
}

func TestDefaults_dependOnTheFirstUse(t *testing.T) {
	t.Parallel()
	change := time.Date(2026, 4, 8, 0, 0, 0, 0, time.UTC)
	before, after := DefaultsAt(change.Add(-time.Second)), DefaultsAt(change)
	equal(t, "before", before.Preference.MaxIdleDaysForUsers, 730)
	equal(t, "after", after.Preference.MaxIdleDaysForAccessKeys, 365)
	equal(t, "lower case and digits", after.Policy.RequireLowercaseCharacters && after.Policy.RequireNumbers, true)
	equal(t, "console", ConsoleDefaults().Preference.MFAOperationForLogin, "mandatory")
	equal(t, "console keys", ConsoleDefaults().Preference.MaxIdleDaysForAccessKeys, 730)
	newer := NewAccountAt(defaultAccountID, change)
	newer.Users["admin"] = &User{ID: "1", Name: "admin", Keys: []*AccessKey{{ID: "LTAIadmin", Secret: "s", Status: "Active"}}}
	s := New(t, WithAccounts(newer))
	c := admin(t, s)
	c.ok("Ims", "SetPasswordPolicy", "MinimumPasswordLength", "10")
	equal(t, "reset to the newer default", s.defaultAccount().Policy.RequireNumbers, true)
	c.ok("Ims", "SetSecurityPreference", "LoginSessionDuration", "3")
	equal(t, "reset to the newer default", s.defaultAccount().Preference.MaxIdleDaysForUsers, 365)
}

func TestExtraFields(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	extra := []string{"ExtraFlag", "true", "ExtraNumber", "7", "ExtraText", "x"}
	want := ExtraFields{true, 7, "x"}
	for _, set := range []string{"SetSecurityPreference", "SetPasswordPolicy", "SetUserSsoSettings"} {
		c.ok("Ims", set, extra...)
	}
	a := s.defaultAccount()
	equal(t, "set", []ExtraFields{a.Preference.Extra, a.Policy.Extra, a.UserSso.Extra}, []ExtraFields{want, want, want})
	got := c.ok("Ims", "GetSecurityPreference")
	equal(t, "in an object of its own", got.at("SecurityPreference.ExtraPreference.ExtraNumber"), 7)
	equal(t, "in a known object", got.at("SecurityPreference.LoginProfilePreference.ExtraText"), "x")
	for _, set := range []string{"SetSecurityPreference", "SetPasswordPolicy", "SetUserSsoSettings"} {
		c.ok("Ims", set)
	}
	a, none := s.defaultAccount(), ExtraFields{}
	equal(t, "reset", []ExtraFields{a.Preference.Extra, a.Policy.Extra, a.UserSso.Extra}, []ExtraFields{none, none, none})
}

func TestSecurityPreference_longMasks(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	many := strings.TrimSuffix(strings.Repeat("192.0.2.111;", 200), ";")
	c.refused("InvalidParameter.LoginNetworkMasks", "Ims", "SetSecurityPreference", "LoginNetworkMasks", many)
	c.refused("InvalidParameter.LoginNetworkMasks", "Ims", "SetSecurityPreference", "LoginNetworkMasks", "192.0.2.1, 192.0.2.2")
	s.SetBehaviour(func(b *Behaviour) { b.LongMasks, b.AcceptMaskSeparators = true, true })
	c.ok("Ims", "SetSecurityPreference", "LoginNetworkMasks", many)
	c.refused("InvalidParameter.LoginNetworkMasks", "Ims", "SetSecurityPreference", "LoginNetworkMasks", many+";192.0.2.1")
	got := c.ok("Ims", "SetSecurityPreference", "LoginNetworkMasks", "192.0.2.1, 192.0.2.2")
	equal(t, "as sent", got.at("SecurityPreference.LoginProfilePreference.LoginNetworkMasks"), "192.0.2.1, 192.0.2.2")
}

func TestMissingFieldsAndEmptyLists(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.MissingFields = "LoginNetworkMasks, UpdateDate" })
	equal(t, "missing", c.ok("Ims", "GetSecurityPreference").at("SecurityPreference.LoginProfilePreference.LoginNetworkMasks"), nil)
	_, there := c.ok("Ims", "ListAccessKeys").list("AccessKeys.AccessKey", "AccessKeyId")[0]["UpdateDate"]
	equal(t, "missing in a list", there, false)
	s.SetBehaviour(func(b *Behaviour) { b.MissingFields, b.OmitEmptyLists = "", true })
	equal(t, "no keys", c.ok("Ims", "ListAccessKeys", of("Ims", "alice")...).at("AccessKeys"), nil)
	equal(t, "no passkeys", c.ok("Ims", "ListPasskeys", of("Ims", "alice")...).at("Passkeys"), nil)
	equal(t, "one key", len(c.ok("Ims", "ListAccessKeys").list("AccessKeys.AccessKey", "AccessKeyId")), 1)
}

func TestShortEntityCodes(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.ShortEntityCodes = true })
	c.refused("EntityNotExist.LoginProfile", "Ims", "GetLoginProfile", of("Ims", "alice")...)
	c.refused("EntityNotExist.User", "Ims", "GetLoginProfile", of("Ims", "bob")...)
	s.SetBehaviour(func(b *Behaviour) { b.ShortEntityCodes = false })
	c.refused("EntityNotExist.User.LoginProfile", "Ims", "GetLoginProfile", of("Ims", "alice")...)
}

func TestUnpublishedCodes(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.UnpublishedCodes = true })
	c.refused("EntityNotExist", "Ims", "GetLoginProfile", of("Ims", "alice")...)
	c.refused("EntityNotExist.User", "Ims", "GetLoginProfile", of("Ims", "bob")...)
	c.refused("EntityNotExist.PasskeyInfo", "Ims", "DeletePasskey", of("Ims", "alice", "PasskeyId", "none")...)
	s.SetBehaviour(func(b *Behaviour) { b.UnpublishedCodes = false })
	c.refused("EntityNotExist.User.LoginProfile", "Ims", "GetLoginProfile", of("Ims", "alice")...)
	c.refused("EntityNotExist.Passkey", "Ims", "DeletePasskey", of("Ims", "alice", "PasskeyId", "none")...)
}

func TestVerification_notFound(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.VerificationNotFound = true })
	c.refused("EntityNotExist.User.Verification", "Ims", "GetVerificationInfo", of("Ims", "alice")...)
	c.ok("Ims", "SetVerificationInfo", of("Ims", "alice", "VerifyType", "email", "Email", "a@example.com")...)
	c.ok("Ims", "GetVerificationInfo", of("Ims", "alice")...)
	s.SetBehaviour(func(b *Behaviour) { b.VerificationNotFound = false })
	c.ok("Ims", "GetVerificationInfo", of("Ims", "admin")...)
}

func TestUpdateUser_contactsAndClearing(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.IgnoreContacts = true })
	c.ok("Ims", "UpdateUser", of("Ims", "alice", "NewEmail", "a@example.com", "NewMobilePhone", "86-13900001234", "NewComments", "x")...)
	equal(t, "ignored", s.defaultAccount().Users["alice"].Email+s.defaultAccount().Users["alice"].MobilePhone, "")
	equal(t, "kept", s.defaultAccount().Users["alice"].Comments, "x")
	s.SetBehaviour(func(b *Behaviour) { b.IgnoreContacts, b.RefuseClearing = false, true })
	for _, name := range []string{"NewComments", "NewEmail", "NewMobilePhone"} {
		c.refused("InvalidParameter."+name+".Length", "Ims", "UpdateUser", of("Ims", "alice", name, "")...)
	}
	c.ok("Ram", "UpdateUser", of("Ram", "alice", "NewComments", "")...)
	equal(t, "cleared", s.defaultAccount().Users["alice"].Comments, "")
}

func TestTags_anyValue(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(*Behaviour) {})
	tag := func(value string) []string {
		return []string{"ResourceType", "user", "ResourcePrincipalName.1", of("Ims", "alice")[1], "Tag.1.Key", "k", "Tag.1.Value", value}
	}
	for _, value := range []string{"acs:x", "see https://example.com"} {
		c.refused("InvalidParameter.Tag", "Ims", "TagResources", tag(value)...)
		s.SetBehaviour(func(b *Behaviour) { b.AcceptAnyTagValue = true })
		c.ok("Ims", "TagResources", tag(value)...)
		s.SetBehaviour(func(b *Behaviour) { b.AcceptAnyTagValue = false })
	}
}

func TestDeleteUser_otherSides(t *testing.T) {
	t.Parallel()
	for side, code := range map[string]string{"": "DeleteConflict.User.AccessKey", "documented": "DeleteConflict.User.Policy", "none": ""} {
		s, c := other(t, func(b *Behaviour) { b.UserConflicts = side })
		s.Change(func(a *Account) {
			u := a.Users["alice"]
			u.Keys, u.LoginProfile = []*AccessKey{{ID: "LTAIalice", Status: "Active"}}, &LoginProfile{Status: "Active"}
			u.MFASerial = "serial"
			u.GroupPolicies = []GroupPolicy{{Policy: "System/ReadOnlyAccess", ResourceGroupID: "rg-1"}}
		})
		if code == "" {
			c.ok("Ims", "DeleteUser", of("Ims", "alice")...)
			equal(t, "recycled keys", len(s.defaultAccount().RecycledUsers[0].User.Keys), 1)
			continue
		}
		c.refused(code, "Ims", "DeleteUser", of("Ims", "alice")...)
	}
}

func TestDeleteLoginProfile_unbindsMFA(t *testing.T) {
	t.Parallel()
	for _, unbinds := range []bool{false, true} {
		s, c := other(t, func(b *Behaviour) { b.DeleteProfileUnbindsMFA = unbinds })
		s.Change(func(a *Account) {
			a.Users["alice"].LoginProfile, a.Users["alice"].MFASerial = &LoginProfile{Status: "Active"}, "serial"
		})
		c.ok("Ims", "DeleteLoginProfile", of("Ims", "alice")...)
		equal(t, "bound", s.defaultAccount().Users["alice"].MFASerial == "", unbinds)
	}
}

func TestSecurityPreference_hidePublicKeys(t *testing.T) {
	t.Parallel()
	s, c := other(t, func(b *Behaviour) { b.HidePublicKeys = true })
	got := c.ok("Ram", "SetSecurityPreference", "AllowUserToManagePublicKeys", "true")
	equal(t, "hidden", got.at("SecurityPreference.PublicKeyPreference"), nil)
	equal(t, "ignored", s.defaultAccount().Preference.AllowUserToManagePublicKeys, false)
}

func TestUpdateGroup_rename(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c := other(t, func(*Behaviour) {})
		c.ok(product, "CreateGroup", "GroupName", "staff")
		c.ok(product, "CreateGroup", "GroupName", "ops")
		c.ok(product, "AddUserToGroup", of(product, "alice", "GroupName", "staff")...)
		c.refused("EntityAlreadyExists.Group", product, "UpdateGroup", "GroupName", "staff", "NewGroupName", "ops")
		c.ok(product, "UpdateGroup", "GroupName", "staff", "NewGroupName", "people", "NewComments", "all")
		equal(t, "member", s.defaultAccount().Users["alice"].Groups, []string{"people"})
		equal(t, "members", len(c.ok(product, "ListUsersForGroup", "GroupName", "people").list("Users.User", "UserId")), 1)
		c.refused("EntityNotExist.Group", product, "GetGroup", "GroupName", "staff")
	})
}
