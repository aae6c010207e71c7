// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
)

func TestSecurityPreference_defaults(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	equal(t, "Ims", c.ok("Ims", "GetSecurityPreference").at("SecurityPreference"), reply{
		"AccessKeyPreference":        reply{"AllowUserToManageAccessKeys": false, "AllowUserToManageServiceCredentials": false},
		"ApplicationLoginPreference": reply{"AllowUserLongTermLogin": false},
		"LoginProfilePreference": reply{
			"AllowUserToChangePassword": true, "AllowUserToLoginWithPasskey": true, "EnableSaveMFATicket": false, "LoginNetworkMasks": "",
			"LoginSessionDuration": 6, "MFAOperationForLogin": "independent", "OperationForRiskLogin": "autonomous",
			"ExtraFlag": false, "ExtraText": "",
		},
		"MFAPreference":          reply{"AllowUserToManageMFADevices": true},
		"MaxIdleDays":            reply{"MaxIdleDaysForAccessKeys": 730, "MaxIdleDaysForUsers": 730},
		"PersonalInfoPreference": reply{"AllowUserToManagePersonalDingTalk": true},
		"ExtraPreference":        reply{"ExtraNumber": 0},
		"VerificationPreference": reply{"VerificationTypes": []string{}},
	})
	equal(t, "Ram", c.ok("Ram", "GetSecurityPreference").at("SecurityPreference"), reply{
		"AccessKeyPreference": reply{"AllowUserToManageAccessKeys": false},
		"LoginProfilePreference": reply{
			"AllowUserToChangePassword": true, "EnableSaveMFATicket": false, "LoginNetworkMasks": "", "LoginSessionDuration": 6,
			"ExtraFlag": false, "ExtraText": "",
		},
		"MFAPreference":       reply{"AllowUserToManageMFADevices": true},
		"PublicKeyPreference": reply{"AllowUserToManagePublicKeys": false},
		"ExtraPreference":     reply{"ExtraNumber": 0},
	})
}

func TestSecurityPreference_everyField(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.Ordered = true }))
	c := admin(t, s)
	for _, row := range []struct{ name, value, back, path, want string }{
		{"AllowUserToChangePassword", "false", "true", "LoginProfilePreference", "false"},
		{"AllowUserToLoginWithPasskey", "false", "true", "LoginProfilePreference", "false"},
		{"AllowUserToManageAccessKeys", "true", "false", "AccessKeyPreference", "true"},
		{"AllowUserToManageMFADevices", "false", "true", "MFAPreference", "false"},
		{"AllowUserToManagePersonalDingTalk", "false", "true", "PersonalInfoPreference", "false"},
		{"AllowUserToManageServiceCredentials", "true", "false", "AccessKeyPreference", "true"},
		{"AllowUserLongTermLogin", "true", "false", "ApplicationLoginPreference", "true"},
		{"EnableSaveMFATicket", "true", "false", "LoginProfilePreference", "true"},
		{"LoginNetworkMasks", "10.0.0.0/8;192.0.2.1;2001:db8::/32", "", "LoginProfilePreference", `"10.0.0.0/8;192.0.2.1;2001:db8::/32"`},
		{"LoginSessionDuration", "24", "6", "LoginProfilePreference", "24"},
		{"MFAOperationForLogin", "adaptive", "independent", "LoginProfilePreference", `"adaptive"`},
		{"OperationForRiskLogin", "enforceVerify", "autonomous", "LoginProfilePreference", `"enforceVerify"`},
		{"VerificationTypes", `["sms","mfa"]`, "[]", "VerificationPreference", `["sms","mfa"]`},
		{"MaxIdleDaysForUsers", "90", "730", "MaxIdleDays", "90"},
		{"MaxIdleDaysForAccessKeys", "365", "730", "MaxIdleDays", "365"},
	} {
		got := c.ok("Ims", "SetSecurityPreference", row.name, row.value)
		equal(t, row.name, string(asJSON(got.at("SecurityPreference."+row.path+"."+row.name))), row.want)
		read := c.ok("Ims", "GetSecurityPreference")
		equal(t, row.name, read.at("SecurityPreference"), got.at("SecurityPreference"))
		c.ok("Ims", "SetSecurityPreference", row.name, row.back)
		s.Change(func(a *Account) { equal(t, row.name, a.Preference, newPreference()) })
	}
}

func TestSecurityPreference_refusals(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, bad := range [][2]string{
		{"LoginNetworkMasks", strings.TrimSuffix(strings.Repeat("10.0.0.1;", 41), ";")},
		{"LoginNetworkMasks", strings.TrimSuffix(strings.Repeat("2001:db8:ffff:ffff::/64;", 22), ";")},
		{"LoginNetworkMasks", "10.0.0.0/33"},
		{"LoginNetworkMasks", "10.0.0.1;;10.0.0.2"},
		{"LoginSessionDuration", "0"},
		{"MFAOperationForLogin", "sometimes"},
		{"OperationForRiskLogin", ""},
		{"MaxIdleDaysForUsers", "91"},
		{"MaxIdleDaysForAccessKeys", "never"},
		{"VerificationTypes", `["pigeon"]`},
		{"VerificationTypes", "sms"},
		{"VerificationTypes", "null"},
		{"EnforceMFAForLogin", "1"},
	} {
		c.refused("InvalidParameter."+bad[0], "Ims", "SetSecurityPreference", "EnableSaveMFATicket", "true", bad[0], bad[1])
	}
	c.ok("Ims", "SetSecurityPreference", "LoginNetworkMasks", strings.TrimSuffix(strings.Repeat("10.0.0.1;", 40), ";"))
	s.Change(func(a *Account) { equal(t, "ticket", a.Preference.EnableSaveMFATicket, false) })
}

func TestSecurityPreference_omittedParameters(t *testing.T) {
	t.Parallel()
	for _, resets := range []bool{false, true} {
		for _, product := range []string{"Ims", "Ram"} {
			s := New(t, WithBehaviour(func(b *Behaviour) { b.KeepOmittedPreferences = !resets }))
			s.Change(func(a *Account) {
				a.Preference.LoginNetworkMasks = "10.0.0.0/8"
				a.Preference.MFAOperationForLogin = "mandatory"
				a.Preference.AllowUserToManagePublicKeys = true
				a.Preference.Extra = ExtraFields{true, 3, "x"}
			})
			admin(t, s).ok(product, "SetSecurityPreference", "LoginSessionDuration", "3")
			want := newPreference()
			want.LoginSessionDuration = 3
			if !resets {
				want.LoginNetworkMasks, want.Extra = "10.0.0.0/8", ExtraFields{true, 3, "x"}
			}
			if !resets || product == "Ram" {
				want.MFAOperationForLogin = "mandatory" // only Ims has it
			}
			if !resets || product == "Ims" {
				want.AllowUserToManagePublicKeys = true // only Ram has it
			}
			s.Change(func(a *Account) { equal(t, product, a.Preference, want) })
		}
	}
}

func TestSecurityPreference_olderMFAParameter(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	const path = "SecurityPreference.LoginProfilePreference.MFAOperationForLogin"
	equal(t, "true", c.ok("Ims", "SetSecurityPreference", "EnforceMFAForLogin", "true").at(path), "mandatory")
	equal(t, "false", c.ok("Ims", "SetSecurityPreference", "EnforceMFAForLogin", "false").at(path), "independent")
	got := c.ok("Ims", "SetSecurityPreference", "EnforceMFAForLogin", "true", "MFAOperationForLogin", "adaptive")
	equal(t, "both", got.at(path), "adaptive")
}

func TestSecurityPreference_ignoreLongTermLogin(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.IgnoreLongTermLogin = true }))
	got := admin(t, s).ok("Ims", "SetSecurityPreference", "AllowUserLongTermLogin", "true")
	equal(t, "response", got.at("SecurityPreference.ApplicationLoginPreference"), nil)
	s.Change(func(a *Account) { equal(t, "value", a.Preference.AllowUserLongTermLogin, false) })
}

func TestSecurityPreference_otherForms(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.NormalizeMasks, b.VerificationTypesAsText = true, true }))
	s.Change(func(a *Account) {
		a.Preference.LoginNetworkMasks = "192.0.2.1/32;10.0.0.0/8;2001:db8::1/128"
		a.Preference.VerificationTypes = []string{"sms", "email"}
	})
	c := admin(t, s)
	const masks = "SecurityPreference.LoginProfilePreference.LoginNetworkMasks"
	for _, product := range []string{"Ims", "Ram"} {
		equal(t, product, c.ok(product, "GetSecurityPreference").at(masks), "10.0.0.0/8;192.0.2.1;2001:db8::1")
	}
	equal(t, "types", c.ok("Ims", "GetSecurityPreference").at("SecurityPreference.VerificationPreference.VerificationTypes"), []string{`["sms","email"]`})
	s.SetBehaviour(func(b *Behaviour) { b.RefuseIPv6Masks = true })
	c.refused("InvalidParameter.LoginNetworkMasks", "Ims", "SetSecurityPreference", "LoginNetworkMasks", "2001:db8::/32")
	c.ok("Ims", "SetSecurityPreference", "LoginNetworkMasks", "10.0.0.0/8")
}
