// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Subject describes a resource type for the tests and the campaign. Each registered type has one.
type Subject struct {
	Kind string

	// The life of a new object, in a [PopulatedAccount].
	Config           Attributes             // configuration of the create
	Next             Attributes             // configuration of the update
	Secrets          []string               // secrets in the configurations
	Arrange          func(*ramtest.Account) // creates the prerequisites; may be nil
	TimeBeforeUpdate time.Duration          // time that passes before the update
	ImportID         func(Object) string    // returns the import id of an object

	// What happens to it while others work in the account.
	Others   func(*ramtest.Account) // a change by others that a run must not revert
	Remove   func(*ramtest.Account) // deletes the object as another administrator
	Orphaned bool                   // no apply can create the object again after Remove
	Creates  string                 // the object that a create leaves and an import adopts; empty if there is none

	Existing Existing
}

// Existing is an object of a type that [AddExisting] adds to an account.
type Existing struct {
	ID       string     // import id
	Identity Attributes // complete identity
	Config   Attributes // configuration that matches the object
	Unlisted string     // why no list returns the object; empty if a list does
	// Unread is the reason for configuration values that the account does not have. The first apply after an
	// import saves them, and a configuration that is generated from the state lacks them.
	Unread string
}

// FormatIdentity returns the identity in the form of [Driver.FormatIdentity].
func (e Existing) FormatIdentity() string {
	parts := []string{}
	for _, name := range slices.Sorted(maps.Keys(e.Identity)) {
		parts = append(parts, fmt.Sprintf("%s=%v", name, e.Identity[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

const (
	firstPassword  = `First-Passw0rd/4 "alice" & co`
	secondPassword = `Second-Passw0rd/5 "alice" & co`
)

// Subjects returns one subject of each resource type.
func Subjects() []Subject {
	userName := func(o Object) string { return Attribute(o.State, "user_name") }
	ofAlice := func(more Attributes) Attributes { return Attributes{"user_name": "alice"}.Merge(more) }
	identityOfAlice := func(more Attributes) Attributes {
		return Attributes{"account_id": AccountID, "user_name": "alice"}.Merge(more)
	}
	bobGetsAKey := func(a *ramtest.Account) { AddKey(a, "bob", OthersKey, a.Users["bob"].CreateDate) }
	removeKeys := func(a *ramtest.Account) { a.Users["alice"].Keys = nil }
	removePhone := func(a *ramtest.Account) { DeleteDevice(a, PhoneSerial) }
	removeOperators := func(a *ramtest.Account) {
		for _, user := range a.Users {
			user.Groups = nil
		}
		delete(a.Groups, "operators")
	}
	ofOneKey := Attributes{"access_key_id": AliceKey}
	declared := Attributes{"allowed_access_key_ids": []string{AliceKey}, "allowed_service_credential_ids": []string{AliceCredential}, "allowed_passkey_ids": []string{}}
	return []Subject{
		setting("ram_security_preference",
			Attributes{"enable_save_mfa_ticket": true, "login_session_duration": 8},
			Attributes{"enable_save_mfa_ticket": false, "login_session_duration": 9},
			func(a *ramtest.Account) { a.Preference.MaxIdleDaysForUsers = 365 },
			Attributes{"login_session_duration": 24}),
		setting("ram_password_policy",
			Attributes{"minimum_password_length": 14, "require_symbols": true},
			Attributes{"minimum_password_length": 16, "require_symbols": false},
			func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 7 },
			Attributes{"minimum_password_length": 10}),
		setting("ram_account_alias",
			Attributes{"account_alias": "acme"}, Attributes{"account_alias": "acme-two"},
			func(a *ramtest.Account) { a.Preference.EnableSaveMFATicket = true },
			Attributes{"account_alias": "acme"}),
		setting("ram_account_access_key_policy",
			Attributes{"status": "Active", "allow_lock_out": true},
			Attributes{"status": "Active", "allow_lock_out": true, "classic_allow_list": []string{"192.0.2.0/24"}},
			func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 7 },
			Attributes{"status": "Inactive"}),
		setting("ram_user_sso_settings",
			Attributes{"authn_sign_algo": "rsa-sha256"}, Attributes{"authn_sign_algo": "rsa-sha1"},
			func(a *ramtest.Account) { a.UserSso.AuxiliaryDomain = "new.example.com" },
			Attributes{"auxiliary_domain": "old.example.com"}),
		{
			Kind:     "ram_access_key_policy",
			Arrange:  func(a *ramtest.Account) { AddKey(a, "alice", AliceKey, a.Users["alice"].CreateDate) },
			Config:   ofAlice(ofOneKey).Merge(Attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}),
			Next:     ofAlice(ofOneKey).Merge(Attributes{"status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}}),
			ImportID: func(Object) string { return AliceKey }, Others: bobGetsAKey, Remove: removeKeys, Orphaned: true,
			Existing: Existing{ID: "alice:" + AliceKey, Identity: identityOfAlice(ofOneKey), Config: ofAlice(ofOneKey).With("status", "Inactive")},
		},
		{
			Kind: "ram_user", Creates: "the user",
			Config:   Attributes{"name": "carol", "display_name": "Carol", "comments": "one", "tags": map[string]string{"team": "ops"}, "force_destroy": true},
			Next:     Attributes{"name": "carol", "display_name": "Carol", "comments": "two", "email": "carol@example.com", "tags": map[string]string{"team": "dev", "more": "x"}, "force_destroy": true},
			ImportID: func(Object) string { return "carol" }, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { delete(a.Users, "carol") },
			Existing: Existing{
				ID: "alice", Identity: Attributes{"account_id": AccountID, "name": "alice"},
				Config: Attributes{"name": "alice", "email": "alice@example.com", "tags": map[string]string{"team": "ops"}},
			},
		},
		{
			Kind: "ram_group", Creates: "the group",
			Config:   Attributes{"name": "developers", "display_name": "Developers", "comments": "one", "force_destroy": true},
			Next:     Attributes{"name": "developers", "display_name": "Developers", "comments": "two", "force_destroy": true},
			ImportID: func(Object) string { return "developers" }, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { delete(a.Groups, "developers") },
			Existing: Existing{
				ID: "operators", Identity: Attributes{"account_id": AccountID, "name": "operators"},
				Config: Attributes{"name": "operators", "comments": "on call"},
			},
		},
		{
			Kind: "ram_group_membership", Arrange: func(a *ramtest.Account) { a.Groups["operators"] = &ramtest.Group{ID: OperatorsID, Name: "operators"} },
			Config:   ofAlice(Attributes{"group_name": "operators"}),
			Next:     ofAlice(Attributes{"group_name": "operators", "allow_self": true}),
			ImportID: func(Object) string { return "alice:operators" }, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { a.Users["alice"].Groups = nil },
			Existing: Existing{ID: "alice:operators", Identity: identityOfAlice(Attributes{"group_name": "operators"}), Config: ofAlice(Attributes{"group_name": "operators"})},
		},
		{
			Kind:     "ram_policy_attachment",
			Config:   ofAlice(Attributes{"policy_type": "System", "policy_name": "ReadOnlyAccess"}),
			Next:     ofAlice(Attributes{"policy_type": "System", "policy_name": "ReadOnlyAccess", "allow_self": true}),
			ImportID: func(Object) string { return "user:ReadOnlyAccess:System:alice" }, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { a.Users["alice"].Policies = nil },
			Existing: Existing{
				ID: "user:ReadOnlyAccess:System:alice", Identity: identityOfAlice(Attributes{"policy_type": "System", "policy_name": "ReadOnlyAccess"}),
				Config: ofAlice(Attributes{"policy_type": "System", "policy_name": "ReadOnlyAccess"}),
			},
		},
		{
			Kind: "ram_login_profile", Creates: "the login profile",
			// The reuse prevention would refuse a password that a killed run has set and that is sent again.
			Arrange: func(a *ramtest.Account) { a.Policy.PasswordReusePrevention = 0 }, Secrets: []string{firstPassword, secondPassword},
			Config:   ofAlice(Attributes{"password_wo": firstPassword, "password_wo_version": 1}),
			Next:     ofAlice(Attributes{"password_wo": secondPassword, "password_wo_version": 2, "mfa_bind_required": true}),
			ImportID: userName, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { a.Users["alice"].LoginProfile, a.Users["alice"].PasswordHistory = nil, nil },
			Existing: Existing{ID: "alice", Identity: identityOfAlice(nil), Config: ofAlice(Attributes{"status": "Active"})},
		},
		{
			Kind:   "ram_access_key",
			Config: ofAlice(Attributes{"status": "Active"}), Next: ofAlice(Attributes{"status": "Inactive"}),
			ImportID: func(o Object) string { return Attribute(o.State, "access_key_id") }, Others: bobGetsAKey, Remove: removeKeys,
			Existing: Existing{ID: AliceKey, Identity: identityOfAlice(ofOneKey), Config: ofAlice(nil)},
		},
		{
			Kind:     "ram_service_credential",
			Config:   ofAlice(Attributes{"service_credential_name": "bot", "service_name": "dashscope.aliyuncs.com", "credential_age_days": 90, "status": "Active"}),
			Next:     ofAlice(Attributes{"service_credential_name": "robot", "service_name": "dashscope.aliyuncs.com", "credential_age_days": 90, "status": "Inactive"}),
			ImportID: func(o Object) string { return "alice:" + Attribute(o.State, "service_credential_id") }, Others: bobGetsAKey,
			Remove: func(a *ramtest.Account) { a.Users["alice"].Credentials = nil },
			Existing: Existing{
				ID: "alice:" + AliceCredential, Identity: identityOfAlice(Attributes{"service_credential_id": AliceCredential}),
				Config: ofAlice(Attributes{"service_credential_name": "ci", "service_name": "dashscope.aliyuncs.com"}),
			},
		},
		{
			Kind: "ram_access_key_rotation", TimeBeforeUpdate: 31 * day,
			Config:   ofAlice(Attributes{"rotate_after_days": 30, "overlap_days": 5, "delete_after_days": 3}),
			Next:     ofAlice(Attributes{"rotate_after_days": 30, "overlap_days": 5, "delete_after_days": 3}),
			ImportID: userName, Others: bobGetsAKey, Remove: removeKeys,
			Existing: Existing{
				ID: "alice", Identity: identityOfAlice(nil), Config: ofAlice(nil),
				Unlisted: "the account has no such object: a rotation is a way to treat the keys of a user",
			},
		},
		{
			Kind: "ram_virtual_mfa_device", Creates: "the MFA device",
			Config:   Attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"},
			Next:     Attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"},
			ImportID: func(o Object) string { return Attribute(o.State, "serial_number") }, Others: bobGetsAKey, Remove: removePhone,
			Existing: Existing{
				ID: PhoneSerial, Identity: Attributes{"account_id": AccountID, "serial_number": PhoneSerial},
				Config: Attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"},
			},
		},
		{
			Kind: "ram_mfa_binding", Creates: "the MFA binding", Secrets: []string{PhoneSeed},
			Arrange: func(a *ramtest.Account) {
				a.MFADevices[PhoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: PhoneSerial, Seed: PhoneSeed, CreateDate: a.Users["alice"].CreateDate}
			},
			Config:   ofAlice(Attributes{"serial_number": PhoneSerial, "seed_wo": PhoneSeed, "seed_wo_version": 1}),
			Next:     ofAlice(Attributes{"serial_number": PhoneSerial, "seed_wo": PhoneSeed, "seed_wo_version": 2}),
			ImportID: userName, Others: bobGetsAKey, Remove: removePhone, Orphaned: true,
			Existing: Existing{ID: "alice", Identity: identityOfAlice(nil), Config: ofAlice(Attributes{"serial_number": PhoneSerial})},
		},
		{
			Kind:     "ram_verification",
			Config:   ofAlice(Attributes{"security_email": "alice@example.com", "security_phone": "86-13900001234"}),
			Next:     ofAlice(Attributes{"security_email": "al@example.com", "security_phone": "86-13900001234"}),
			ImportID: userName, Others: bobGetsAKey, Remove: func(a *ramtest.Account) {
				a.Users["alice"].SecurityEmail, a.Users["alice"].SecurityPhone = ramtest.Verification{}, ramtest.Verification{}
			},
			Existing: Existing{ID: "alice", Identity: identityOfAlice(nil), Config: ofAlice(Attributes{"security_email": "alice@example.com", "security_phone": "86-13900001234"})},
		},
		{
			Kind: "ram_user_credentials_exclusive",
			Arrange: func(a *ramtest.Account) {
				AddKey(a, "alice", AliceKey, a.Users["alice"].CreateDate)
				AddKey(a, "alice", LeftoverKey, a.Users["alice"].CreateDate)
				AddServiceCredential(a, "alice", AliceCredential, a.Users["alice"].CreateDate)
				AddServiceCredential(a, "alice", LeftoverCredential, a.Users["alice"].CreateDate)
				a.Users["alice"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: a.Users["alice"].CreateDate}}
			},
			Config:   ofAlice(declared).With("enforce", "report"),
			Next:     ofAlice(declared).With("enforce", "delete"),
			ImportID: userName, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { delete(a.Users, "alice") }, Orphaned: true,
			Existing: Existing{
				ID: "alice", Identity: identityOfAlice(nil), Config: ofAlice(Attributes{"allowed_access_key_ids": []string{AliceKey}}),
				Unlisted: "the account has no such object: it is a rule about the credentials of a user",
				Unread:   "the configuration alone has the allowed credentials",
			},
		},
		{
			Kind: "ram_group_members_exclusive",
			Arrange: func(a *ramtest.Account) {
				a.Groups["operators"] = &ramtest.Group{ID: OperatorsID, Name: "operators"}
				a.Users["alice"].Groups, a.Users["bob"].Groups = []string{"operators"}, []string{"operators"}
			},
			Config:   Attributes{"group_name": "operators", "allowed_user_names": []string{"alice"}, "enforce": "report"},
			Next:     Attributes{"group_name": "operators", "allowed_user_names": []string{"alice"}, "enforce": "remove"},
			ImportID: func(Object) string { return "operators" }, Others: bobGetsAKey, Remove: removeOperators, Orphaned: true,
			Existing: Existing{
				ID: "operators", Identity: Attributes{"account_id": AccountID, "group_name": "operators"},
				Config:   Attributes{"group_name": "operators", "allowed_user_names": []string{"alice"}},
				Unlisted: "the account has no such object: it is a rule about the members of a group",
				Unread:   "the configuration alone has the allowed users",
			},
		},
		{
			Kind: "ram_policy_attachments_exclusive",
			Arrange: func(a *ramtest.Account) {
				a.Users["alice"].Policies = []string{"System/ReadOnlyAccess", "System/AliyunOSSFullAccess"}
			},
			Config:   ofAlice(Attributes{"allowed_policies": []string{"System:ReadOnlyAccess"}, "enforce": "report"}),
			Next:     ofAlice(Attributes{"allowed_policies": []string{"System:ReadOnlyAccess"}, "enforce": "detach"}),
			ImportID: func(Object) string { return "user:alice" }, Others: bobGetsAKey, Remove: func(a *ramtest.Account) { delete(a.Users, "alice") }, Orphaned: true,
			Existing: Existing{
				ID: "user:alice", Identity: identityOfAlice(nil), Config: ofAlice(Attributes{"allowed_policies": []string{"System:ReadOnlyAccess"}}),
				Unlisted: "the account has no such object: it is a rule about the policies of a user, group or role",
				Unread:   "the configuration alone has the allowed policies",
			},
		},
	}
}

// setting returns the subject of a setting, which every account has exactly once.
func setting(kind string, config, next Attributes, others func(*ramtest.Account), existing Attributes) Subject {
	restore := Attributes{"on_destroy": "restore"}
	return Subject{
		Kind: kind, Config: config.Merge(restore), Next: next.Merge(restore), ImportID: func(Object) string { return "current" },
		Others: others, Remove: func(*ramtest.Account) {},
		Existing: Existing{ID: AccountID, Identity: Attributes{"account_id": AccountID}, Config: existing},
	}
}
