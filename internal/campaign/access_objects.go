// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// accessObject is an object that decides who can get in.
type accessObject struct {
	name, kind string
	reads      []string // operations without which the provider cannot manage it
	exists     bool     // the case begins with the object in the state
	action     bool     // it is an action, which has no state and runs once
	arrange    func(*ramtest.Account)
	imported   string             // the id with which the case begins, with an import; "": it begins with a create
	guard      string             // the argument that accepts a loss, if it is not allow_lock_out
	setup      acctest.Attributes // what only the first configuration has
	draw       func(t *rapid.T, label string) acctest.Attributes
	own        bool                              // it governs the key of the provider, so must_allow names from where the provider calls
	copy       func(into, from *ramtest.Account) // what the object writes
	edit       func(*rapid.T, *ramtest.Account)  // by another administrator; nil: none
}

// Where requests come from.
var origins = []ramtest.Origin{
	{Address: "203.0.113.9"}, {Address: "198.51.100.7"}, {Address: "192.0.2.77"}, {Address: "10.1.0.1", VPC: "vpc-1"}, {Address: "10.9.0.1", VPC: "vpc-2"},
}

// The networks of the tests. The first is in the second; the fourth covers all public origins together with the fifth.
var networks = [][]string{
	{"203.0.113.0/24"}, {"203.0.113.0/24", "198.51.100.7"}, {"192.0.2.0/24"}, {"0.0.0.0/1"}, {"128.0.0.0/1"}, {"203.0.113.9"}, {},
}

const devicePassword = "Another-0ne-4711"

// accessObjects are all objects that are tested.
func accessObjects() []accessObject {
	return []accessObject{
		accessPreference(), accessPasswords(), accessSso(), accessAccountPolicy(),
		accessKeyPolicyOf("admin"), accessKeyPolicyOf("bob"), accessProfile("alice"), accessProfile("bob"),
		accessDevice(), accessBinding(), accessVerification("alice"), accessVerification("bob"),
		accessUnbind("alice"), accessUnbind("bob"), accessDeletePasskeys("alice"), accessExclusive("bob"),
		accessAlias(), accessUser("alice"), accessUser("bob"), accessRotation("admin"), accessRotation("bob"), accessAttachment(), accessMembership(),
	}
}

// userIDs are the ids of the users, who may be renamed.
var userIDs = map[string]string{"admin": "200000000000000000", "alice": acctest.AliceID, "bob": acctest.BobID, "carol": "200000000000000003"}

// userOf returns a user by the name before the changes, or nil.
func userOf(a *ramtest.Account, name string) *ramtest.User { return a.UserByID(userIDs[name]) }

// ofUser copies a part of a user that exists in both accounts.
func ofUser(name string, part func(into, from *ramtest.User)) func(into, from *ramtest.Account) {
	return func(into, from *ramtest.Account) {
		if to, of := userOf(into, name), userOf(from, name); to != nil && of != nil {
			part(to, of)
		}
	}
}

func accessAlias() accessObject {
	return accessObject{
		name: "account alias", kind: "ram_account_alias", reads: []string{"GetAccountAlias", "GetDefaultDomain"}, arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return drawn(t, label, map[string]*rapid.Generator[any]{"account_alias": oneOf("", "acme", "acme-corp"), "on_destroy": oneOf("retain", "restore", "reset")})
		},
		copy: func(into, from *ramtest.Account) { into.Alias = from.Alias },
		edit: func(t *rapid.T, a *ramtest.Account) { a.Alias = rapid.SampledFrom(aliases).Draw(t, "alias") },
	}
}

var aliases = []string{"", "acme"}

// newNames are the names that users get.
var newNames = map[string]string{"alice": "alicia", "bob": "robert"}

func accessUser(name string) accessObject {
	return accessObject{
		name: "user " + name, kind: "ram_user", reads: []string{"GetUser", "ListUsers"}, exists: true, imported: name, arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{"name": rapid.SampledFrom([]string{name, newNames[name], newNames[name]}).Draw(t, label+": name")}
		},
		copy: func(into, from *ramtest.Account) {
			to, of := userOf(into, name), userOf(from, name)
			switch {
			case to == nil:
			case of == nil:
				delete(into.Users, to.Name)
			default:
				delete(into.Users, to.Name)
				to.Name = of.Name
				into.Users[to.Name] = to
			}
		},
	}
}

// accessRotation is the rotation of the keys of a user, who has one.
func accessRotation(user string) accessObject {
	return accessObject{
		name: "rotation of " + user, kind: "ram_access_key_rotation", reads: []string{"GetUser", "ListAccessKeys", "GetAccessKeyPolicy", "GetAccessKeyLastUsed"}, exists: true, imported: user, guard: noGuard,
		arrange: func(a *ramtest.Account) { keyOf(a, user).Policy = writable(keyOf(a, user).Policy) },
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := acctest.Attributes{"user_name": user, "rotate_after_days": rapid.SampledFrom([]int{90, 3000}).Draw(t, label+": days")}
			if list := rapid.SampledFrom(networks).Draw(t, label+": networks"); len(list) > 0 {
				config["network_policy"] = acctest.Attributes{"classic_allow_list": list}
			}
			return config
		},
		copy: ofUser(user, func(into, from *ramtest.User) {
			into.Keys = nil
			for _, key := range from.Keys {
				copied := *key
				into.Keys = append(into.Keys, &copied)
			}
		}),
	}
}

const administrators = "System/AdministratorAccess"

// accessAttachment gives the user of the provider the permissions of an administrator.
func accessAttachment() accessObject {
	return accessObject{
		name: "permissions of admin", kind: "ram_policy_attachment", reads: []string{"GetUser", "ListPoliciesForUser"}, exists: true, guard: "allow_self",
		arrange: func(a *ramtest.Account) { a.Users["admin"].Policies = nil },
		setup:   acctest.Attributes{"policy_name": "AdministratorAccess"},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{"user_name": "admin", "policy_type": "System", "policy_name": rapid.SampledFrom([]string{"AdministratorAccess", "ReadOnlyAccess"}).Draw(t, label+": policy")}
		},
		copy: ofUser("admin", func(into, from *ramtest.User) { into.Policies = slices.Clone(from.Policies) }),
	}
}

// accessMembership makes the user of the provider a member of the group of administrators.
func accessMembership() accessObject {
	return accessObject{
		name: "membership of admin", kind: "ram_group_membership", reads: []string{"GetUser", "GetGroup", "ListGroupsForUser"}, exists: true, guard: "allow_self",
		arrange: func(a *ramtest.Account) { a.Users["admin"].Groups = nil },
		setup:   acctest.Attributes{"group_name": "administrators"},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{"user_name": "admin", "group_name": rapid.SampledFrom([]string{"administrators", "readers"}).Draw(t, label+": group")}
		},
		copy: ofUser("admin", func(into, from *ramtest.User) { into.Groups = slices.Clone(from.Groups) }),
	}
}

// drawn returns some of the attributes, each with a value of the generator.
func drawn(t *rapid.T, label string, attributes map[string]*rapid.Generator[any]) acctest.Attributes {
	config := acctest.Attributes{}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if rapid.Bool().Draw(t, label+": "+name+"?") {
			config[name] = attributes[name].Draw(t, label+": "+name)
		}
	}
	return config
}

func oneOf(values ...any) *rapid.Generator[any] { return rapid.SampledFrom(values) }

// drawNetworks draws one of the lists.
func drawNetworks() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any { return rapid.SampledFrom(networks).Draw(t, "networks") })
}

func accessPreference() accessObject {
	values := map[string]*rapid.Generator[any]{
		"allow_user_to_change_password": oneOf(true, false), "allow_user_to_manage_mfa_devices": oneOf(true, false), "allow_user_to_login_with_passkey": oneOf(true, false),
		"mfa_operation_for_login": oneOf("mandatory", "independent", "adaptive"),
		"verification_types":      oneOf([]string{}, []string{"sms"}, []string{"email"}, []string{"sms", "email"}),
		"login_network_masks":     drawNetworks(), "on_destroy": oneOf("retain", "restore", "reset"),
	}
	return accessObject{
		name: "security preference", kind: "ram_security_preference", reads: []string{"GetSecurityPreference"}, arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := drawn(t, label, values)
			if rapid.IntRange(0, 3).Draw(t, label+": must_allow?") == 0 {
				config["must_allow"] = []string{rapid.SampledFrom(origins[:3]).Draw(t, label+": must_allow").Address}
			}
			return config
		},
		copy: func(into, from *ramtest.Account) { into.Preference = from.Preference },
		edit: func(t *rapid.T, a *ramtest.Account) { drawPreference(t, a) },
	}
}

func drawPreference(t *rapid.T, a *ramtest.Account) {
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	p := &a.Preference
	p.AllowUserToChangePassword, p.AllowUserToManageMFADevices, p.AllowUserToLoginWithPasskey = flag("may change passwords"), flag("may manage devices"), flag("passkeys")
	p.MFAOperationForLogin = rapid.SampledFrom([]string{"mandatory", "independent", "adaptive"}).Draw(t, "MFA")
	p.VerificationTypes = rapid.SampledFrom([][]string{{}, {"sms"}, {"email"}}).Draw(t, "verification types")
	p.LoginNetworkMasks = strings.Join(rapid.SampledFrom(networks).Draw(t, "masks"), ";")
}

func accessPasswords() accessObject {
	return accessObject{
		name: "password policy", kind: "ram_password_policy", reads: []string{"GetPasswordPolicy"}, arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return drawn(t, label, map[string]*rapid.Generator[any]{
				"hard_expiry": oneOf(true, false), "max_password_age": oneOf(0, 30, 60, 365), "initial_password_age": oneOf(0, 3, 14, 60), "on_destroy": oneOf("retain", "restore", "reset"),
			})
		},
		copy: func(into, from *ramtest.Account) { into.Policy = from.Policy },
		edit: func(t *rapid.T, a *ramtest.Account) {
			a.Policy.HardExpiry, a.Policy.MaxPasswordAge = rapid.Bool().Draw(t, "hard"), rapid.SampledFrom([]int{0, 30, 60, 365}).Draw(t, "age")
			a.Policy.InitialPasswordAge = rapid.SampledFrom([]int{0, 3, 14, 60}).Draw(t, "initial age")
		},
	}
}

func accessSso() accessObject {
	return accessObject{
		name: "single sign-on", kind: "ram_user_sso_settings", reads: []string{"GetUserSsoSettings"}, arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := drawn(t, label, map[string]*rapid.Generator[any]{
				"sso_enabled": oneOf(true, false), "auxiliary_domain": oneOf("", "example.com", "example.org", "acme.onaliyun.com"), "sso_login_with_domain": oneOf(true, false),
				"on_destroy": oneOf("retain", "restore", "reset"),
			})
			config["metadata_document"] = acctest.IDPMetadata
			return config
		},
		copy: func(into, from *ramtest.Account) { into.UserSso = from.UserSso },
		edit: func(t *rapid.T, a *ramtest.Account) { drawSso(t, a) },
	}
}

func drawSso(t *rapid.T, a *ramtest.Account) {
	a.UserSso.MetadataDocument, a.UserSso.Enabled = acctest.IDPMetadata, rapid.IntRange(0, 3).Draw(t, "SSO") == 0
	a.UserSso.LoginWithDomain = rapid.Bool().Draw(t, "with domain")
	a.UserSso.AuxiliaryDomain = rapid.SampledFrom([]string{"", "example.com", "acme.onaliyun.com"}).Draw(t, "domain")
}

// drawNetworkPolicy draws the attributes of a network policy.
func drawNetworkPolicy(t *rapid.T, label string) acctest.Attributes {
	config := drawn(t, label, map[string]*rapid.Generator[any]{
		"status": oneOf("Active", "Active", "Inactive"), "classic_allow_list": drawNetworks(),
		"vpc_allow_list": oneOf(map[string][]string{}, map[string][]string{"vpc-1": {"10.0.0.0/8"}}, map[string][]string{"AllowAllVPC": {}}),
	})
	if rapid.IntRange(0, 3).Draw(t, label+": must_allow?") == 0 {
		config["must_allow"] = []string{rapid.SampledFrom(origins[:3]).Draw(t, label+": must_allow").Address}
	}
	return config
}

// documents are network policies that an account may have, in spellings that the provider does not write.
var documents = []string{
	"", `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`,
	`{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.77/24"]}]}`,
	`{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.0-198.51.100.9","203.0.113.9"]}]}`,
	`{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.0/24"]}]}`,
	`{"Version":1,"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["10.0.0.0/8"]}]}`,
	`{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["0.0.0.0/1","128.0.0.0/1"]},{"Type":"ClassicWhiteList","Effect":"Deny","IPList":["192.0.2.0/24"]}]}`,
	`{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["0.0.0.0/1","128.0.0.0/1"]},{"Type":"ClassicWhiteList","Effect":"Deny","IPList":["192.0.2.0/24","203.0.113.9"]}]}`,
}

// writable returns a document that the service accepts: it refuses ranges, which a console may have stored.
func writable(document string) string {
	if strings.Contains(document, ".0-") {
		return ""
	}
	return document
}

func accessAccountPolicy() accessObject {
	return accessObject{
		own: true, name: "policy of the account", kind: "ram_account_access_key_policy", reads: []string{"GetAccessKeyPolicyForAccount"}, arrange: func(a *ramtest.Account) { a.AccessKeyPolicy = writable(a.AccessKeyPolicy) },
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := drawNetworkPolicy(t, label)
			config["on_destroy"] = rapid.SampledFrom([]string{"retain", "restore", "reset"}).Draw(t, label+": on_destroy")
			return config
		},
		copy: func(into, from *ramtest.Account) { into.AccessKeyPolicy = from.AccessKeyPolicy },
		edit: func(t *rapid.T, a *ramtest.Account) {
			a.AccessKeyPolicy = rapid.SampledFrom(documents).Draw(t, "document")
		},
	}
}

// keyOf returns the key that a user has before the changes. One that is deleted is a copy that belongs to no account.
func keyOf(a *ramtest.Account, user string) *ramtest.AccessKey {
	id := acctest.BobKey
	if user == "admin" {
		id = adminKey
	}
	if key, _ := a.KeyByID(id); key != nil {
		return key
	}
	return &ramtest.AccessKey{ID: id}
}

const adminKey = "LTAI5tAdminAdminAdminAdm"

func ownKeyOf(a *ramtest.Account) string { return keyOf(a, "admin").ID }

func accessKeyPolicyOf(user string) accessObject {
	return accessObject{
		own: user == "admin", name: "policy of the key of " + user, kind: "ram_access_key_policy", reads: []string{"GetAccessKeyPolicy"},
		arrange: func(a *ramtest.Account) { keyOf(a, user).Policy = writable(keyOf(a, user).Policy) },
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := drawNetworkPolicy(t, label)
			key := acctest.BobKey
			if user == "admin" {
				key = adminKey
			}
			config["user_name"], config["access_key_id"] = user, key
			return config
		},
		copy: func(into, from *ramtest.Account) { keyOf(into, user).Policy = keyOf(from, user).Policy },
		edit: func(t *rapid.T, a *ramtest.Account) {
			keyOf(a, user).Policy = rapid.SampledFrom(documents).Draw(t, "document")
		},
	}
}

func accessProfile(user string) accessObject {
	return accessObject{
		name: "login profile of " + user, kind: "ram_login_profile", reads: []string{"GetLoginProfile"}, exists: true,
		arrange: func(a *ramtest.Account) { a.Users[user].LoginProfile = nil },
		setup:   acctest.Attributes{"password_wo_version": 1},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return drawn(t, label, map[string]*rapid.Generator[any]{
				"password_reset_required": oneOf(true, false), "mfa_bind_required": oneOf(true, false), "status": oneOf("Active", "Active", "Active", "Inactive"),
			}).Merge(acctest.Attributes{"user_name": user, "password_wo": devicePassword + label, "password_wo_version": rapid.SampledFrom([]int{1, 2}).Draw(t, label+": version")})
		},
		copy: ofUser(user, func(into, from *ramtest.User) { into.LoginProfile = from.LoginProfile }),
		edit: func(t *rapid.T, a *ramtest.Account) { drawProfile(t, a.Users[user]) },
	}
}

func drawProfile(t *rapid.T, u *ramtest.User) {
	u.LoginProfile.PasswordResetRequired, u.LoginProfile.MFABindRequired = rapid.IntRange(0, 3).Draw(t, "reset") == 0, rapid.Bool().Draw(t, "MFA")
}

// passwordAges is how long ago the password of a user was set, and the profile created.
type passwordAges struct {
	initial      bool
	set, created time.Duration
}

// drawPassword draws how old a password is. The service changes the date of the profile with the password, and perhaps later.
func drawPassword(t *rapid.T, user string) passwordAges {
	const day = 24 * time.Hour
	set := rapid.SampledFrom([]time.Duration{0, 0, day, 5 * day, 40 * day}).Draw(t, user+": age of the password")
	return passwordAges{
		initial: rapid.IntRange(0, 2).Draw(t, user+": initial password") == 0, set: set,
		created: set + rapid.SampledFrom([]time.Duration{0, 100 * day}).Draw(t, user+": age of the profile before"),
	}
}

// bindings copies which devices exist and who has them.
func bindings(users ...string) func(into, from *ramtest.Account) {
	return func(into, from *ramtest.Account) {
		for _, user := range users {
			ofUser(user, func(into, from *ramtest.User) { into.MFASerial = from.MFASerial })(into, from)
		}
	}
}

func accessDevice() accessObject {
	return accessObject{
		name: "MFA device of alice", kind: "ram_virtual_mfa_device", reads: []string{"ListVirtualMFADevices", "GetUserMFAInfo", "GetUser"}, exists: true,
		arrange: func(a *ramtest.Account) { acctest.DeleteDevice(a, a.Users["alice"].MFASerial) },
		setup:   acctest.Attributes{"virtual_mfa_device_name": "own", "bind_to_user": "alice"},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{
				"virtual_mfa_device_name": rapid.SampledFrom([]string{"own", "own", "renamed"}).Draw(t, label+": name"),
				"bind_to_user":            rapid.SampledFrom([]string{"alice", "", "carol"}).Draw(t, label+": user"),
			}
		},
		copy: bindings("alice", "carol"),
	}
}

func accessBinding() accessObject {
	serial := func(name string) string { return "acs:ram::" + acctest.AccountID + ":mfa/" + name }
	return accessObject{
		name: "MFA binding of bob", kind: "ram_mfa_binding", reads: []string{"ListVirtualMFADevices", "GetUserMFAInfo", "GetUser"}, exists: true,
		arrange: func(a *ramtest.Account) {
			acctest.DeleteDevice(a, a.Users["bob"].MFASerial)
			for _, name := range []string{"first", "second"} {
				a.MFADevices[serial(name)] = &ramtest.MFADevice{Name: name, Serial: serial(name), Seed: acctest.PhoneSeed}
			}
		},
		setup: acctest.Attributes{"serial_number": serial("first")},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{
				"user_name": "bob", "serial_number": serial(rapid.SampledFrom([]string{"first", "second"}).Draw(t, label+": device")),
				"seed_wo": acctest.PhoneSeed, "seed_wo_version": 1,
			}
		},
		copy: bindings("bob"),
	}
}

func accessUnbind(user string) accessObject {
	return accessObject{
		name: "unbinding of the device of " + user, kind: "ram_unbind_mfa", reads: []string{"GetUser", "GetUserMFAInfo", "ListVirtualMFADevices"}, action: true,
		arrange: func(*ramtest.Account) {},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return acctest.Attributes{"user_name": user, "delete_device": rapid.Bool().Draw(t, label+": delete")}
		},
		copy: bindings(user),
	}
}

func copyPasskeys(user string) func(into, from *ramtest.Account) {
	return ofUser(user, func(into, from *ramtest.User) { into.Passkeys = from.Passkeys })
}

func accessDeletePasskeys(user string) accessObject {
	return accessObject{
		name: "deletion of the passkeys of " + user, kind: "ram_delete_passkeys", reads: []string{"GetUser", "ListPasskeys"}, action: true,
		arrange: func(a *ramtest.Account) { drawnPasskeys(a.Users[user]) },
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return drawn(t, label, map[string]*rapid.Generator[any]{"passkey_ids": oneOf([]string{}, []string{"pk-" + user}, []string{"pk-" + user, "pk-second"})}).With("user_name", user)
		},
		copy: copyPasskeys(user),
	}
}

// drawnPasskeys gives a user who has a passkey another one, if the user has no device.
func drawnPasskeys(u *ramtest.User) {
	if len(u.Passkeys) == 1 && u.MFASerial == "" {
		u.Passkeys = append(u.Passkeys, &ramtest.Passkey{ID: "pk-second", Name: "second", CreateDate: u.CreateDate})
	}
}

func accessExclusive(user string) accessObject {
	return accessObject{
		name: "exclusive credentials of " + user, kind: "ram_user_credentials_exclusive", reads: []string{"GetUser", "ListAccessKeys", "ListPasskeys"}, exists: true,
		arrange: func(a *ramtest.Account) {
			if u := a.Users[user]; u.MFASerial == "" {
				u.Passkeys = []*ramtest.Passkey{{ID: "pk-" + user, Name: user, CreateDate: u.CreateDate}}
			}
			drawnPasskeys(a.Users[user])
		},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			return drawn(t, label, map[string]*rapid.Generator[any]{"allowed_passkey_ids": oneOf([]string{}, []string{"pk-second"})}).Merge(acctest.Attributes{
				"user_name": user, "allowed_access_key_ids": []string{acctest.BobKey}, "enforce": rapid.SampledFrom([]string{"report", "delete", "delete"}).Draw(t, label+": enforce"),
			})
		},
		copy: copyPasskeys(user),
	}
}

func accessVerification(user string) accessObject {
	return accessObject{
		name: "verification of " + user, kind: "ram_verification", reads: []string{"GetVerificationInfo"}, exists: true,
		arrange: func(a *ramtest.Account) {
			u := a.Users[user]
			u.SecurityPhone = ramtest.Verification{Address: "86-13900001234", Status: "active"}
			u.SecurityEmail = ramtest.Verification{Address: user + "@example.com", Status: "active"}
		},
		setup: acctest.Attributes{"security_phone": "86-13900001234", "security_email": user + "@example.com"},
		draw: func(t *rapid.T, label string) acctest.Attributes {
			config := drawn(t, label, map[string]*rapid.Generator[any]{"security_phone": oneOf("86-13900001234", "", "86-13900009999")})
			config["security_email"] = rapid.SampledFrom([]string{user + "@example.com", ""}).Draw(t, label+": e-mail")
			config["user_name"] = user
			return config
		},
		copy: ofUser(user, func(into, from *ramtest.User) {
			into.SecurityPhone, into.SecurityEmail = from.SecurityPhone, from.SecurityEmail
		}),
	}
}

// drawAccount draws an account: alice, bob and carol can log on to the console.
func (r *accessRun) drawAccount() *ramtest.Account {
	a := acctest.PopulatedAccount(time.Now())
	old := a.Users["admin"].CreateDate
	a.Roles[sessionRole] = &ramtest.Role{ID: "300000000000000001", Name: sessionRole, CreateDate: old, TrustedAccounts: []string{acctest.AccountID}}
	a.Users["carol"] = &ramtest.User{ID: "200000000000000003", Name: "carol", DisplayName: "carol", Status: "active", ProvisionType: "Manual", CreateDate: old, UpdateDate: old}
	drawPreference(r.t, a)
	drawSso(r.t, a)
	a.Policy.HardExpiry, a.Policy.MaxPasswordAge = rapid.Bool().Draw(r.t, "hard"), rapid.SampledFrom([]int{0, 0, 30, 365}).Draw(r.t, "age")
	a.Policy.InitialPasswordAge = rapid.SampledFrom([]int{0, 14, 60}).Draw(r.t, "initial age")
	a.Alias = rapid.SampledFrom(aliases).Draw(r.t, "alias")
	a.Groups["administrators"] = &ramtest.Group{ID: "g-administrators", Name: "administrators", CreateDate: old, UpdateDate: old, Policies: []string{administrators}}
	a.Groups["readers"] = &ramtest.Group{ID: "g-readers", Name: "readers", CreateDate: old, UpdateDate: old}
	a.AccessKeyPolicy = rapid.SampledFrom(documents).Draw(r.t, "policy of the account")
	for _, name := range []string{"admin", "bob"} {
		keyOf(a, name).Policy = rapid.SampledFrom(documents).Draw(r.t, "policy of the key of "+name)
	}
	if !a.APIAccess(ownKeyOf(a), r.from, ramtest.Behaviour{}).Allowed {
		a.AccessKeyPolicy, keyOf(a, "admin").Policy = "", ""
	}
	for _, name := range []string{"alice", "bob", "carol"} {
		u := a.Users[name]
		u.LoginProfile = &ramtest.LoginProfile{Password: devicePassword, Status: "Active", CreateDate: old, UpdateDate: old, PasswordDate: time.Now()}
		drawProfile(r.t, u)
		r.passwords[u.ID] = drawPassword(r.t, name)
		if name != "carol" && rapid.Bool().Draw(r.t, name+": device") {
			serial := "acs:ram::" + acctest.AccountID + ":mfa/of-" + name
			a.MFADevices[serial] = &ramtest.MFADevice{Name: "of-" + name, Serial: serial, Seed: acctest.PhoneSeed, CreateDate: old, ActivateDate: old, UserID: u.ID}
			u.MFASerial = serial
		}
		if rapid.IntRange(0, 3).Draw(r.t, name+": passkey") == 0 {
			u.Passkeys = []*ramtest.Passkey{{ID: "pk-" + name, Name: name, CreateDate: old}}
		}
		if rapid.IntRange(0, 3).Draw(r.t, name+": phone") == 0 {
			u.SecurityPhone = ramtest.Verification{Address: "86-13900005678", Status: "active"}
		}
	}
	return a
}

// describeAccess shows what decides who can get in.
func describeAccess(a *ramtest.Account) string {
	var b strings.Builder
	p := a.Preference
	fmt.Fprintf(&b, "preference: change password %t, manage devices %t, passkeys %t, MFA %s, types %v, masks %q\n", p.AllowUserToChangePassword, p.AllowUserToManageMFADevices, p.AllowUserToLoginWithPasskey, p.MFAOperationForLogin, p.VerificationTypes, p.LoginNetworkMasks)
	fmt.Fprintf(&b, "alias %q; passwords: hard %t, age %d, initial %d; SSO: %t, with domain %t, domain %q\n", a.Alias, a.Policy.HardExpiry, a.Policy.MaxPasswordAge, a.Policy.InitialPasswordAge, a.UserSso.Enabled, a.UserSso.LoginWithDomain, a.UserSso.AuxiliaryDomain)
	fmt.Fprintf(&b, "policy of the account: %s\n", a.AccessKeyPolicy)
	for _, name := range slices.Sorted(maps.Keys(a.Users)) {
		u := a.Users[name]
		fmt.Fprintf(&b, "%s: device %q, %d passkeys, phone %+v, e-mail %+v", name, u.MFASerial, len(u.Passkeys), u.SecurityPhone, u.SecurityEmail)
		if l := u.LoginProfile; l != nil {
			fmt.Fprintf(&b, ", profile %s of %s, reset %t, MFA %t, password of %s, initial %t", l.Status, l.CreateDate.Format(time.DateOnly), l.PasswordResetRequired, l.MFABindRequired, l.PasswordDate.Format(time.DateOnly), l.PasswordInitial)
		}
		for _, key := range u.Keys {
			fmt.Fprintf(&b, ", key %s", key.Policy)
		}
		b.WriteString("\n")
	}
	return b.String()
}
