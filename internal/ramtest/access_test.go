// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"testing"
	"time"
)

func TestAPIAccess(t *testing.T) {
	t.Parallel()
	const (
		office   = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
		hostBits = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.7/24"]}]}`
		ranged   = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.5-198.51.100.9"]}]}`
		inactive = `{"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
		vpc      = `{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-a","IPList":["10.0.0.0/8"]}]}`
		denies   = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.0/24"]},{"Type":"ClassicWhiteList","Effect":"Deny","IPList":["198.51.100.7"]}]}`
	)
	public, inside := Origin{Address: "198.51.100.7"}, Origin{Address: "10.1.2.3", VPC: "vpc-a"}
	for name, c := range map[string]struct {
		own, account string
		from         Origin
		overrides    bool
		want         bool
	}{
		"no policy":                            {"", "", public, false, true},
		"account lists another":                {"", office, public, false, false},
		"own lists it":                         {hostBits, office, public, false, true},
		"own range":                            {ranged, office, public, false, true},
		"own does not list it":                 {office, "", public, false, false},
		"own is inactive":                      {inactive, hostBits, public, false, true},
		"own is inactive, account another":     {inactive, office, public, false, false},
		"inactive own overrides":               {inactive, office, public, true, true},
		"denied":                               {denies, "", public, false, false},
		"VPC lists do not concern the network": {vpc, "", public, false, true},
		"VPC is listed":                        {vpc, "", inside, false, true},
		"another VPC":                          {vpc, "", Origin{"10.1.2.3", "vpc-b"}, false, false},
		"unknown address":                      {office, "", Origin{}, false, true},
	} {
		a := NewAccount("1")
		a.AccessKeyPolicy = c.account
		a.Users["u"] = &User{Name: "u", Keys: []*AccessKey{{ID: "LTAI1", Status: "Active", Policy: c.own}, {ID: "LTAI2", Status: "Inactive"}}}
		got := a.APIAccess("LTAI1", c.from, Behaviour{InactiveKeyPolicyOverrides: c.overrides})
		if got.Allowed != c.want || got.Allowed == (got.Reason != "") {
			t.Errorf("%s: %+v", name, got)
		}
		equal(t, "inactive", a.APIAccess("LTAI2", c.from, Behaviour{}).Allowed, false)
		equal(t, "unknown", a.APIAccess("LTAI3", c.from, Behaviour{}).Allowed, false)
	}
}

func TestAPIAccess_enforcedForVPCs(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.CallerAddress, b.CallerVPC = "10.1.2.3", "vpc-b" }))
	c := admin(t, s)
	c.ok("Sts", "GetCallerIdentity")
	c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", `{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-a"}]}`)
	c.refused("NoPermission", "Sts", "GetCallerIdentity")
	s.SetBehaviour(func(b *Behaviour) { b.CallerVPC = "vpc-a" })
	c.ok("Sts", "GetCallerIdentity")
}

func TestAccessKeyPolicy_undocumentedFields(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.AcceptUnknownStatements = true }))
	c := admin(t, s)
	c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy",
		`{"Status":"Active","Name":"office","Statements":[{"Type":"ClassicWhiteList","Effect":"Deny","Description":"x","IPList":["192.0.2.1"]}]}`)
	equal(t, "stored", c.ok("Ims", "GetAccessKeyPolicyForAccount").at("AccessKeyPolicy"),
		`{"Name":"office","Statements":[{"Description":"x","Effect":"Deny","IPList":["192.0.2.1"],"Type":"ClassicWhiteList"}],"Status":"Active","Version":1}`)
}

func TestConsoleAccess(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 12, 9, 12, 0, 0, time.UTC)
	const metadata = `<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>`
	for name, c := range map[string]struct {
		arrange func(*Account, *User)
		logon   Logon
		want    bool
	}{
		"default":                     {nil, Logon{}, true},
		"wrong password":              {nil, Logon{Password: "x"}, false},
		"no profile":                  {func(_ *Account, u *User) { u.LoginProfile = nil }, Logon{}, false},
		"inactive profile":            {func(_ *Account, u *User) { u.LoginProfile.Status = "Inactive" }, Logon{}, false},
		"address in the masks":        {func(a *Account, _ *User) { a.Preference.LoginNetworkMasks = "10.0.0.0/8, 192.0.2.1/24" }, Logon{}, true},
		"address not in the masks":    {func(a *Account, _ *User) { a.Preference.LoginNetworkMasks = "10.0.0.0/8" }, Logon{}, false},
		"MFA mandatory, may bind":     {func(a *Account, _ *User) { a.Preference.MFAOperationForLogin = "mandatory" }, Logon{}, true},
		"MFA mandatory, may not bind": {mandatory, Logon{}, false},
		"MFA mandatory, device": {func(a *Account, u *User) {
			mandatory(a, u)
			u.MFASerial = "s"
		}, Logon{MFA: true}, true},
		"MFA mandatory, device not available": {func(a *Account, u *User) {
			mandatory(a, u)
			u.MFASerial = "s"
		}, Logon{}, false},
		"MFA mandatory, phone": {func(a *Account, u *User) {
			mandatory(a, u)
			a.Preference.VerificationTypes = []string{"sms"}
			u.SecurityPhone = Verification{"86-13900001234", "active"}
		}, Logon{Phone: true}, true},
		"MFA mandatory, phone is pending": {func(a *Account, u *User) {
			mandatory(a, u)
			a.Preference.VerificationTypes = []string{"sms"}
			u.SecurityPhone = Verification{"86-13900001234", "pending"}
		}, Logon{Phone: true}, false},
		"MFA mandatory, passkey": {func(a *Account, u *User) {
			mandatory(a, u)
			u.Passkeys = []*Passkey{{ID: "p"}}
		}, Logon{Passkey: true}, true},
		"MFA by the profile": {func(a *Account, u *User) {
			a.Preference.AllowUserToManageMFADevices = false
			u.LoginProfile.MFABindRequired = true
		}, Logon{}, false},
		"password expired, may change": {func(a *Account, _ *User) { a.Policy.MaxPasswordAge = 5 }, Logon{}, true},
		"password expired, hard": {func(a *Account, _ *User) {
			a.Policy.MaxPasswordAge, a.Policy.HardExpiry = 5, true
		}, Logon{}, false},
		"password expired, may not change": {func(a *Account, _ *User) {
			a.Policy.MaxPasswordAge, a.Preference.AllowUserToChangePassword = 5, false
		}, Logon{}, false},
		"reset required, may not change": {func(a *Account, u *User) {
			a.Preference.AllowUserToChangePassword, u.LoginProfile.PasswordResetRequired = false, true
		}, Logon{}, false},
		"initial password expired": {func(a *Account, u *User) {
			a.Policy.InitialPasswordAge, u.LoginProfile.PasswordInitial = 5, true
		}, Logon{}, false},
		"SSO, password": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument = true, metadata
		}, Logon{}, false},
		"SSO, default domain": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument = true, metadata
		}, Logon{NameID: "alice@1.onaliyun.com"}, true},
		"SSO, auxiliary domain": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument, a.UserSso.AuxiliaryDomain = true, metadata, "example.com"
		}, Logon{NameID: "alice@example.com"}, true},
		"SSO, another domain": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument = true, metadata
		}, Logon{NameID: "alice@example.com"}, false},
		"SSO, name without domain": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument, a.UserSso.LoginWithDomain = true, metadata, false
		}, Logon{NameID: "alice"}, true},
		"SSO, metadata of a service provider": {func(a *Account, _ *User) {
			a.UserSso.Enabled, a.UserSso.MetadataDocument = true, "<SPSSODescriptor/>"
		}, Logon{NameID: "alice@1.onaliyun.com"}, false},
	} {
		a := NewAccount("1")
		u := &User{Name: "alice", LoginProfile: &LoginProfile{Password: "p", Status: "Active", PasswordDate: now.AddDate(0, 0, -10)}}
		a.Users["alice"] = u
		if c.arrange != nil {
			c.arrange(a, u)
		}
		c.logon.UserName, c.logon.At, c.logon.Address = "alice", now, "192.0.2.7"
		if got := a.ConsoleAccess(c.logon); got.Allowed != c.want || got.Allowed == (got.Reason != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func mandatory(a *Account, _ *User) {
	a.Preference.MFAOperationForLogin, a.Preference.AllowUserToManageMFADevices = "mandatory", false
}
