// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"testing"
)

func TestPasswordPolicy_defaults(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	equal(t, "Ims", c.ok("Ims", "GetPasswordPolicy").at("PasswordPolicy"), reply{
		"HardExpire": false, "InitialPasswordAge": 14, "InterceptRiskPasswordOnApi": false, "MaxLoginAttemps": 0, "MaxPasswordAge": 0,
		"MinimumPasswordDifferentCharacter": 0, "MinimumPasswordLength": 8, "PasswordNotContainUserName": false, "PasswordReusePrevention": 0,
		"RequireLowercaseCharacters": false, "RequireNumbers": false, "RequireSymbols": false, "RequireUppercaseCharacters": false,
		"ExtraFlag": false, "ExtraNumber": 0, "ExtraText": "",
	})
	equal(t, "Ram", c.ok("Ram", "GetPasswordPolicy").at("PasswordPolicy"), reply{
		"HardExpiry": false, "MaxLoginAttemps": 0, "MaxPasswordAge": 0, "MinimumPasswordLength": 8, "PasswordReusePrevention": 0,
		"RequireLowercaseCharacters": false, "RequireNumbers": false, "RequireSymbols": false, "RequireUppercaseCharacters": false,
		"ExtraFlag": false, "ExtraNumber": 0, "ExtraText": "",
	})
}

func TestPasswordPolicy_omittedParameters(t *testing.T) {
	t.Parallel()
	for _, resets := range []bool{false, true} {
		for _, product := range []string{"Ims", "Ram"} {
			s := New(t, WithBehaviour(func(b *Behaviour) { b.KeepOmittedPolicies = !resets }))
			s.Change(func(a *Account) {
				a.Policy.MinimumPasswordLength = 20
				a.Policy.HardExpiry = true
				a.Policy.InitialPasswordAge = 3
			})
			admin(t, s).ok(product, "SetPasswordPolicy", "RequireNumbers", "TRUE", "MaxLoginAttemps", "0")
			want := newPasswordPolicy()
			want.RequireNumbers = true
			if !resets {
				want.MinimumPasswordLength, want.HardExpiry = 20, true
			}
			if !resets || product == "Ram" {
				want.InitialPasswordAge = 3 // Ram does not change what only Ims has
			}
			s.Change(func(a *Account) { equal(t, product, a.Policy, want) })
		}
	}
}

func TestPasswordPolicy_ranges(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, bad := range [][3]string{
		{"MinimumPasswordLength", "7", ".Range"},
		{"MinimumPasswordLength", "33", ".Range"},
		{"MaxPasswordAge", "1096", ".Range"},
		{"PasswordReusePrevention", "25", ".Range"},
		{"MaxLoginAttemps", "-1", ".Range"},
		{"MinimumPasswordDifferentCharacter", "9", ".Range"},
		{"InitialPasswordAge", "91", ".Range"},
		{"RequireSymbols", "yes", ""},
		{"MaxPasswordAge", "soon", ""},
	} {
		got := c.refused("InvalidParameter."+bad[0]+bad[2], "Ims", "SetPasswordPolicy", "RequireNumbers", "true", bad[0], bad[1])
		equal(t, bad[0], got.status, http.StatusBadRequest)
	}
	s.Change(func(a *Account) { equal(t, "policy", a.Policy, newPasswordPolicy()) })
}

func TestPasswordPolicy_hardExpiry(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	equal(t, "response", c.ok("Ims", "SetPasswordPolicy", "HardExpire", "true").at("PasswordPolicy.HardExpire"), true)
	equal(t, "Ram", c.ok("Ram", "GetPasswordPolicy").at("PasswordPolicy.HardExpiry"), true)
	c.refused("InvalidParameter", "Ims", "SetPasswordPolicy", "HardExpiry", "true")
	c.refused("InvalidParameter", "Ram", "SetPasswordPolicy", "HardExpire", "true")
}

func TestPasswordPolicy_olderFields(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.HideNewerFields = true }))
	c := admin(t, s)
	got := c.ok("Ims", "SetPasswordPolicy", "InitialPasswordAge", "5", "InterceptRiskPasswordOnApi", "true")
	equal(t, "InitialPasswordAge", got.at("PasswordPolicy.InitialPasswordAge"), nil)
	equal(t, "MaxIdleDays", c.ok("Ims", "GetSecurityPreference").at("SecurityPreference.MaxIdleDays"), nil)
	s.Change(func(a *Account) { equal(t, "policy", a.Policy, newPasswordPolicy()) })
}
