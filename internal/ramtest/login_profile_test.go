// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
	"time"
)

const password = "Correct-Horse-7"

func TestLoginProfile_inRam(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	want := reply{"UserName": "alice", "CreateDate": "2026-01-12T09:12:00Z", "PasswordResetRequired": true, "MFABindRequired": false}
	created := c.ok("Ram", "CreateLoginProfile", "UserName", "alice", "Password", password, "PasswordResetRequired", "true")
	equal(t, "made", created.at("LoginProfile"), want)
	equal(t, "read", c.ok("Ram", "GetLoginProfile", "UserName", "alice").at("LoginProfile"), want)
	changed := c.ok("Ram", "UpdateLoginProfile", "UserName", "alice", "MFABindRequired", "true")
	if _, there := changed.body["LoginProfile"]; there || len(changed.body) != 1 {
		t.Errorf("Ram returns more than RequestId: %s", changed.text)
	}
	want["MFABindRequired"] = true
	equal(t, "changed", c.ok("Ram", "GetLoginProfile", "UserName", "alice").at("LoginProfile"), want)
}

func TestLoginProfile_inIms(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	want := reply{
		"UserPrincipalName": of("Ims", "alice")[1], "Status": "Inactive", "PasswordResetRequired": false, "MFABindRequired": true,
		"PasswordStatus": "InitialValid", "UpdateDate": "2026-01-12T09:12:00Z",
	}
	equal(t, "made", c.ok("Ims", "CreateLoginProfile", of("Ims", "alice", "Password", password, "Status", "Inactive", "MFABindRequired", "True")...).at("LoginProfile"), want)
	s.Advance(time.Hour)
	want["AutoDisableLoginStatus"], want["Status"], want["UpdateDate"] = "true", "Active", "2026-01-12T10:12:00Z"
	equal(t, "changed", c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Status", "Active")...).at("LoginProfile"), want)
	s.SetBehaviour(func(b *Behaviour) { b.HideNewerFields = true })
	delete(want, "PasswordStatus")
	want["LastLoginTime"] = ""
	equal(t, "read", c.ok("Ims", "GetLoginProfile", of("Ims", "alice")...).at("LoginProfile"), want)
}

func TestLoginProfile_password(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		created := c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", password)...)
		c.ok(product, "UpdateLoginProfile", of(product, "alice", "PasswordResetRequired", "true")...)
		read := c.ok(product, "GetLoginProfile", of(product, "alice")...)
		for _, got := range []result{created, read} {
			if strings.Contains(got.text, password) {
				t.Errorf("the password is in %s", got.text)
			}
		}
		profile := s.defaultAccount().Users["alice"].LoginProfile
		equal(t, "password", profile.Password, password)
		equal(t, "reset", profile.PasswordResetRequired, true)
		c.ok(product, "UpdateLoginProfile", of(product, "alice", "Password", password+"x")...)
		profile = s.defaultAccount().Users["alice"].LoginProfile
		equal(t, "new password", profile.Password, password+"x")
		equal(t, "still reset", profile.PasswordResetRequired, true)
	})
}

func TestLoginProfile_missingAndExisting(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		for _, action := range []string{"GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"} {
			c.refused("EntityNotExist.User.LoginProfile", product, action, of(product, "alice")...)
			c.refused("EntityNotExist.User", product, action, of(product, "bob")...)
		}
		c.refused("EntityNotExist.User", product, "CreateLoginProfile", of(product, "bob", "Password", password)...)
		c.refused("InvalidParameter.MFABindRequired", product, "CreateLoginProfile", of(product, "alice", "Password", password, "MFABindRequired", "yes")...)
		c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", password)...)
		c.refused("EntityAlreadyExists.User.LoginProfile", product, "CreateLoginProfile", of(product, "alice", "Password", password)...)
		c.ok(product, "DeleteLoginProfile", of(product, "alice")...)
		c.refused("EntityNotExist.User.LoginProfile", product, "DeleteLoginProfile", of(product, "alice")...)
	})
}

func TestLoginProfile_status(t *testing.T) {
	t.Parallel()
	s := New(t)
	inhabited(s, "alice")
	admin(t, s).refused("InvalidParameter.Status", "Ims", "CreateLoginProfile", of("Ims", "alice", "Password", password, "Status", "On")...)
	equal(t, "profile", s.defaultAccount().Users["alice"].LoginProfile, nil)
}

func TestLoginProfile_passwordOptional(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		c.refused("MissingPassword", product, "CreateLoginProfile", of(product, "alice")...)
		s.SetBehaviour(func(b *Behaviour) { b.PasswordOptional = true })
		c.ok(product, "CreateLoginProfile", of(product, "alice")...)
		equal(t, "password", s.defaultAccount().Users["alice"].LoginProfile.Password, "")
	})
}

func TestLoginProfile_hideInactive(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	c.ok("Ims", "CreateLoginProfile", of("Ims", "alice", "Password", password, "Status", "Inactive")...)
	c.ok("Ram", "GetLoginProfile", "UserName", "alice")
	s.SetBehaviour(func(b *Behaviour) { b.HideInactiveProfiles = true })
	c.refused("EntityNotExist.User.LoginProfile", "Ram", "GetLoginProfile", "UserName", "alice")
	c.ok("Ims", "GetLoginProfile", of("Ims", "alice")...)
}

func TestLoginProfile_showMandatoryMFA(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		s.Change(func(a *Account) { a.Preference.MFAOperationForLogin = "mandatory" })
		c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", password)...)
		for _, shown := range []bool{false, true} {
			s.SetBehaviour(func(b *Behaviour) { b.ShowMandatoryMFA = shown })
			equal(t, "MFABindRequired", c.ok(product, "GetLoginProfile", of(product, "alice")...).at("LoginProfile.MFABindRequired"), shown)
		}
	})
}

func TestPassword_policy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name            string
		policy          func(*PasswordPolicy)
		refused, passes string
	}{
		{"length", func(p *PasswordPolicy) { p.MinimumPasswordLength = 10 }, "ninechars", "tencharact"},
		{"length in characters", func(p *PasswordPolicy) { p.MinimumPasswordLength = 8 }, "éééé", "éééééééé"},
		{"lower case", func(p *PasswordPolicy) { p.RequireLowercaseCharacters = true }, "UPPERCASE1", "UPPERCASe1"},
		{"upper case", func(p *PasswordPolicy) { p.RequireUppercaseCharacters = true }, "lowercase1", "lowercasE1"},
		{"numbers", func(p *PasswordPolicy) { p.RequireNumbers = true }, "lettersonly", "lettersonly1"},
		{"symbols", func(p *PasswordPolicy) { p.RequireSymbols = true }, "letters 123", "letters-123"},
		{"distinct", func(p *PasswordPolicy) { p.MinimumPasswordDifferentCharacter = 4 }, "abcabcabc", "abcdabcd"},
		{"name", func(p *PasswordPolicy) { p.PasswordNotContainUserName = true }, "xxALICExx", "xxalicxx"},
		{"risk", func(p *PasswordPolicy) { p.InterceptRiskPasswordOnAPI = true }, "P@ssw0rd", "P@ssw0rd-no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			inBoth(t, func(t *testing.T, product string) {
				s := New(t)
				c := admin(t, s)
				inhabited(s, "alice")
				s.Change(func(a *Account) { test.policy(&a.Policy) })
				c.refused("InvalidParameter.Password.TooWeak", product, "CreateLoginProfile", of(product, "alice", "Password", test.refused)...)
				c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", test.passes)...)
				c.refused("InvalidParameter.Password.TooWeak", product, "UpdateLoginProfile", of(product, "alice", "Password", test.refused)...)
				c.ok(product, "UpdateLoginProfile", of(product, "alice", "Password", test.passes)...)
			})
		})
	}
}

func TestPassword_policyAppliesToTheNext(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	c.ok("Ram", "CreateLoginProfile", "UserName", "alice", "Password", "lowercase")
	s.Change(func(a *Account) { a.Policy.RequireUppercaseCharacters = true })
	c.ok("Ram", "UpdateLoginProfile", "UserName", "alice", "MFABindRequired", "true")
	equal(t, "password", s.defaultAccount().Users["alice"].LoginProfile.Password, "lowercase")
}

func TestPassword_reusePrevention(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		s.Change(func(a *Account) { a.Policy.PasswordReusePrevention = 2 })
		c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", "password-1")...)
		set := func(text string) []string { return of(product, "alice", "Password", text) }
		c.refused("InvalidParameter.Password.ReusePrevention", product, "UpdateLoginProfile", set("password-1")...)
		c.ok(product, "UpdateLoginProfile", set("password-2")...)
		c.refused("InvalidParameter.Password.ReusePrevention", product, "UpdateLoginProfile", set("password-1")...)
		c.ok(product, "UpdateLoginProfile", set("password-3")...)
		c.ok(product, "UpdateLoginProfile", set("password-1")...)
	})
}

func TestPassword_reuseOfAPreparedPassword(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	s.Change(func(a *Account) {
		a.Policy.PasswordReusePrevention = 2
		a.Users["alice"].LoginProfile = &LoginProfile{Password: password, Status: "Active"}
	})
	c.refused("InvalidParameter.Password.ReusePrevention", "Ram", "UpdateLoginProfile", "UserName", "alice", "Password", password)
	c.ok("Ram", "UpdateLoginProfile", "UserName", "alice", "Password", "password-2")
	c.refused("InvalidParameter.Password.ReusePrevention", "Ram", "UpdateLoginProfile", "UserName", "alice", "Password", password)
	equal(t, "history", s.defaultAccount().Users["alice"].PasswordHistory, []string{password, "password-2"})
}

func TestPassword_historyLength(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	c.ok("Ram", "CreateLoginProfile", "UserName", "alice", "Password", "password-a")
	for letter := 'b'; letter <= 'z'; letter++ {
		c.ok("Ram", "UpdateLoginProfile", "UserName", "alice", "Password", "password-"+string(letter))
	}
	history := s.defaultAccount().Users["alice"].PasswordHistory
	equal(t, "kept", len(history), 24)
	equal(t, "oldest", history[0], "password-c")
}

func TestPassword_initial(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	c.ok("Ims", "CreateLoginProfile", of("Ims", "alice", "Password", password)...)
	alice := aliceOf(t, s)
	alice.signed = fixed
	status := func() any {
		return c.ok("Ims", "GetLoginProfile", of("Ims", "alice")...).at("LoginProfile.PasswordStatus")
	}
	s.Advance(14 * 24 * time.Hour)
	equal(t, "after 14 days", status(), "InitialValid")
	s.Advance(time.Second)
	equal(t, "a second later", status(), "InitialExpired")
	alice.refused("NoPermission", "Ims", "ChangePassword", "OldPassword", password, "NewPassword", password+"x")
	s.Change(func(a *Account) { a.Policy.InitialPasswordAge = 0 })
	equal(t, "when they do not expire", status(), "InitialValid")
	alice.ok("Ims", "ChangePassword", "OldPassword", password, "NewPassword", password+"x")
	equal(t, "changed by alice", status(), "NotInitial")
	c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Password", password)...)
	equal(t, "reset by an administrator", status(), "NotInitial")
	c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Status", "Inactive")...)
	c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Status", "Active")...)
	equal(t, "enabled again", status(), "InitialValid")
	s.SetBehaviour(func(b *Behaviour) { b.ResetPasswordsInitial = true })
	alice.ok("Ims", "ChangePassword", "OldPassword", password, "NewPassword", password+"x")
	c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Password", password)...)
	equal(t, "reset on the other side", status(), "InitialValid")
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		inhabited(s, "alice")
		alice := aliceOf(t, s)
		change := func(old, next string) []string { return []string{"OldPassword", old, "NewPassword", next} }
		alice.refused("EntityNotExist.User.LoginProfile", product, "ChangePassword", change("a", "b")...)
		c.ok(product, "CreateLoginProfile", of(product, "alice", "Password", password, "PasswordResetRequired", "true")...)
		s.Change(func(a *Account) { a.Policy.PasswordReusePrevention = 1 })
		alice.refused("InvalidParameter.OldPassword.Incorrect", product, "ChangePassword", change("wrong", "new-password")...)
		alice.refused("InvalidParameter.NewPassword.TooWeak", product, "ChangePassword", change(password, "short")...)
		alice.refused("InvalidParameter.NewPassword.ReusePrevention", product, "ChangePassword", change(password, password)...)
		alice.refused("MissingOldPassword", product, "ChangePassword", "NewPassword", "new-password", "OldPassword", "")
		alice.refused("MissingNewPassword", product, "ChangePassword", "OldPassword", password, "NewPassword", "")
		s.Change(func(a *Account) { a.Preference.AllowUserToChangePassword = false })
		alice.refused("NoPermission", product, "ChangePassword", change(password, "new-password")...)
		s.Change(func(a *Account) { a.Preference.AllowUserToChangePassword = true })
		alice.ok(product, "ChangePassword", change(password, "new-password")...)
		profile := s.defaultAccount().Users["alice"].LoginProfile
		equal(t, "password", profile.Password, "new-password")
		equal(t, "reset", profile.PasswordResetRequired, false)
		rootOf(t, s).refused("NotSupport.Account", product, "ChangePassword", change("a", "b")...)
		sessionOf(t, s).refused("NotSupport.Account", product, "ChangePassword", change("a", "b")...)
	})
}

func TestChangePassword_hardExpiry(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	alice := aliceOf(t, s)
	alice.signed = fixed
	c.ok("Ims", "CreateLoginProfile", of("Ims", "alice", "Password", password)...)
	s.Change(func(a *Account) {
		a.Policy.MaxPasswordAge, a.Policy.HardExpiry, a.Policy.InitialPasswordAge = 30, true, 0
	})
	s.Advance(31 * 24 * time.Hour)
	alice.refused("NoPermission", "Ims", "ChangePassword", "OldPassword", password, "NewPassword", "new-password")
	c.ok("Ims", "UpdateLoginProfile", of("Ims", "alice", "Password", "reset-password")...)
	alice.ok("Ims", "ChangePassword", "OldPassword", "reset-password", "NewPassword", "new-password")
	s.Advance(31 * 24 * time.Hour)
	s.Change(func(a *Account) { a.Policy.HardExpiry = false })
	alice.ok("Ims", "ChangePassword", "OldPassword", "new-password", "NewPassword", "another-password")
}
