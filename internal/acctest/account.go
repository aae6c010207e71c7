// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Objects in the account of the tests.
const (
	AccountID          = "1234567890123456"
	AliceID            = "200000000000000001"
	BobID              = "200000000000000002"
	OperatorsID        = "g-operators"
	AliceKey           = "LTAI5tAliceAliceAliceAli"
	BobKey             = "LTAI5tBobBobBobBobBobBob"
	AliceCredential    = "SC5tAliceAliceAliceAli"
	LeftoverKey        = "LTAI5tStrayStrayStraySt2" // a second key of alice
	LeftoverCredential = "SC5tStrayStrayStraySt2"   // a second service credential of alice
	OthersKey          = "LTAI5tOthersOthersOthers" // a key that another administrator creates during a run
	PhoneSerial        = "acs:ram::" + AccountID + ":mfa/phone"
	PhoneSeed          = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

	adminKey     = "LTAI5tAdminAdminAdminAdm"
	tabletSerial = "acs:ram::" + AccountID + ":mfa/tablet"
	day          = 24 * time.Hour

	// IDPMetadata is a metadata document of an identity provider.
	IDPMetadata = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/" ID="one">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>
</md:EntityDescriptor>
`
	// OldKeyPolicy is a network policy that was tried and then deactivated.
	OldKeyPolicy = `{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24","198.51.100.7"]},{"Type":"VPCWhiteList","Value":"vpc-old","IPList":["10.0.0.0/8"]}]}`
)

// PopulatedAccount returns an account in use: it has users with keys and devices, and settings that differ from
// the defaults. The user alice has no credentials yet.
func PopulatedAccount(now time.Time) *ramtest.Account {
	a, old := ramtest.NewAccount(AccountID), now.Add(-400*day).Truncate(time.Second)
	addUser := func(id, name string) *ramtest.User {
		a.Users[name] = &ramtest.User{ID: id, Name: name, DisplayName: name, Status: "active", ProvisionType: "Manual", CreateDate: old, UpdateDate: old}
		return a.Users[name]
	}
	addKey := func(name, id string) {
		AddKey(a, name, id, old)
		a.Users[name].Keys[0].LastUsed = now.Add(-day).Truncate(time.Second)
	}
	addUser("200000000000000000", "admin").MFASerial = tabletSerial
	addUser(AliceID, "alice")
	addUser(BobID, "bob").LoginProfile = &ramtest.LoginProfile{Password: "Bobs-0wn-Passw0rd-7", Status: "Active", CreateDate: old, UpdateDate: old, PasswordDate: old}
	addKey("admin", adminKey)
	addKey("bob", BobKey)
	a.MFADevices[tabletSerial] = &ramtest.MFADevice{Name: "tablet", Serial: tabletSerial, Seed: "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", CreateDate: old, ActivateDate: old, UserID: a.Users["admin"].ID}
	changeSettings(a)
	a.UserSso.LoginWithDomain = false
	return a
}

// changeSettings sets settings that differ from the defaults.
func changeSettings(a *ramtest.Account) {
	a.Preference.LoginNetworkMasks, a.Preference.LoginSessionDuration, a.Preference.VerificationTypes = "203.0.113.0/24;198.51.100.7", 24, []string{"sms"}
	a.Policy.MinimumPasswordLength, a.Policy.RequireNumbers, a.Policy.PasswordReusePrevention = 10, true, 3
	a.AccessKeyPolicy = OldKeyPolicy
	a.UserSso.AuxiliaryDomain, a.UserSso.MetadataDocument = "old.example.com", IDPMetadata
}

// AddExisting adds the objects that [Subject.Existing] describes, one of each type.
func AddExisting(a *ramtest.Account, now time.Time) {
	created := a.Users["admin"].CreateDate
	changeSettings(a)
	a.Alias = "acme"
	a.Users["alice"] = &ramtest.User{
		ID: AliceID, Name: "alice", DisplayName: "Alice", Email: "alice@example.com", Status: "active", ProvisionType: "Manual", CreateDate: created, UpdateDate: created,
		Tags: map[string]string{"team": "ops", "acs:rm:rgId": "rg-1"}, MFASerial: PhoneSerial,
		LoginProfile: &ramtest.LoginProfile{Password: "alice's own password", Status: "Active", CreateDate: created, UpdateDate: created, PasswordDate: created},
		Groups:       []string{"operators"}, Policies: []string{"System/ReadOnlyAccess"},
		SecurityEmail: ramtest.Verification{Address: "alice@example.com", Status: "active"}, SecurityPhone: ramtest.Verification{Address: "86-13900001234", Status: "pending"},
	}
	a.Groups["operators"] = &ramtest.Group{ID: OperatorsID, Name: "operators", Comments: "on call", CreateDate: created, UpdateDate: created}
	a.MFADevices[PhoneSerial] = &ramtest.MFADevice{
		Name: "phone", Serial: PhoneSerial, Seed: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", CreateDate: created, ActivateDate: created, UserID: AliceID,
	}
	AddKey(a, "alice", AliceKey, now.Add(-day))
	a.Users["alice"].Keys[0].Policy = OldKeyPolicy
	AddServiceCredential(a, "alice", AliceCredential, now.Add(-day))
}

// AddKey adds a key to a user.
func AddKey(a *ramtest.Account, user, id string, created time.Time) {
	u := a.Users[user]
	u.Keys = append(u.Keys, &ramtest.AccessKey{ID: id, Secret: "s3cretOf" + id + "Xq9Zk1vB", Status: "Active", CreateDate: created, UpdateDate: created})
}

// AddServiceCredential adds a service credential to a user. It does not expire.
func AddServiceCredential(a *ramtest.Account, user, id string, created time.Time) {
	u := a.Users[user]
	u.Credentials = append(u.Credentials, &ramtest.ServiceCredential{
		ID: id, Name: "ci", ServiceName: "dashscope.aliyuncs.com", Secret: "s3cretOf" + id + "Xq9Zk1vB", Status: "Active", CreateTime: created.Truncate(time.Second),
	})
}

// DeleteDevice unbinds and deletes an MFA device.
func DeleteDevice(a *ramtest.Account, serial string) {
	delete(a.MFADevices, serial)
	for _, user := range a.Users {
		if user.MFASerial == serial {
			user.MFASerial = ""
		}
	}
}
