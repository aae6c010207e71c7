// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// subject is a resource and the life that a case gives it.
type subject struct {
	name         string // of the kind, and what is special
	kind         string
	matrixColumn string // of the fault matrix: once, profile or set
	config       acctest.Attributes
	next         acctest.Attributes // what an update changes it to
	arrange      func(*ramtest.Account)
	meanwhile    time.Duration               // that goes by before the update
	importID     func(acctest.Object) string // of the object in the state
	foreign      func(*ramtest.Account)      // what others do meanwhile, which this run has to bear
	creates      string                      // what a create makes and an import takes over; empty: nothing that can be
	gone         func(*ramtest.Account)      // others take away what the resource is
	orphaned     bool                        // then nothing can bring it back
	secrets      []string                    // that the configuration holds
}

const (
	password  = `First-Passw0rd/4 "alice" & co`
	password2 = `Second-Passw0rd/5 "alice" & co`
)

// subjects are all resources, each with a life that makes every kind of call it can make.
func subjects() []subject {
	current := func(acctest.Object) string { return "current" }
	named := func(o acctest.Object) string { return acctest.Attribute(o.State, "user_name") }
	setting := func(kind string, config, next acctest.Attributes, foreign func(*ramtest.Account)) subject {
		on := acctest.Attributes{"on_destroy": "restore"}
		return subject{
			name: kind, kind: kind, matrixColumn: "set", config: config.Merge(on), next: next.Merge(on), importID: current,
			foreign: foreign, gone: func(*ramtest.Account) {},
		}
	}
	otherKey := func(a *ramtest.Account) { giveKey(a, "bob", foreignKey, a.Users["bob"].CreateDate) }
	noKeys := func(a *ramtest.Account) { a.Users["alice"].Keys = nil }
	lost := func(a *ramtest.Account) { deleteDevice(a, phone) }
	return []subject{
		setting("ram_security_preference",
			acctest.Attributes{"enable_save_mfa_ticket": true, "login_session_duration": 8},
			acctest.Attributes{"enable_save_mfa_ticket": false, "login_session_duration": 9},
			func(a *ramtest.Account) { a.Preference.MaxIdleDaysForUsers = 365 }),
		setting("ram_password_policy",
			acctest.Attributes{"minimum_password_length": 14, "require_symbols": true},
			acctest.Attributes{"minimum_password_length": 16, "require_symbols": false},
			func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 7 }),
		setting("ram_account_alias",
			acctest.Attributes{"account_alias": "acme"}, acctest.Attributes{"account_alias": "acme-two"},
			func(a *ramtest.Account) { a.Preference.EnableSaveMFATicket = true }),
		setting("ram_account_access_key_policy",
			acctest.Attributes{"status": "Active", "allow_lock_out": true},
			acctest.Attributes{"status": "Active", "allow_lock_out": true, "classic_allow_list": []string{"192.0.2.0/24"}},
			func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 7 }),
		setting("ram_user_sso_settings",
			acctest.Attributes{"authn_sign_algo": "rsa-sha256"}, acctest.Attributes{"authn_sign_algo": "rsa-sha1"},
			func(a *ramtest.Account) { a.UserSso.AuxiliaryDomain = "new.example.com" }),
		{
			name: "ram_access_key_policy", kind: "ram_access_key_policy", matrixColumn: "set",
			arrange:  func(a *ramtest.Account) { giveKey(a, "alice", aliceKey, a.Users["alice"].CreateDate) },
			config:   acctest.Attributes{"user_name": "alice", "access_key_id": aliceKey, "status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}},
			next:     acctest.Attributes{"user_name": "alice", "access_key_id": aliceKey, "status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}},
			importID: func(acctest.Object) string { return aliceKey }, foreign: otherKey, gone: noKeys, orphaned: true,
		},
		{
			name: "ram_user", kind: "ram_user", creates: "the user", matrixColumn: "profile",
			config:   acctest.Attributes{"name": "carol", "display_name": "Carol", "comments": "one", "tags": map[string]string{"team": "ops"}, "force_destroy": true},
			next:     acctest.Attributes{"name": "carol", "display_name": "Carol", "comments": "two", "email": "carol@example.com", "tags": map[string]string{"team": "dev", "more": "x"}, "force_destroy": true},
			importID: func(acctest.Object) string { return "carol" }, foreign: otherKey, gone: func(a *ramtest.Account) { delete(a.Users, "carol") },
		},
		{
			name: "ram_login_profile", kind: "ram_login_profile", creates: "the login profile", matrixColumn: "profile",
			// Where passwords must not be used again, one that a killed run has set is refused when it is sent once more.
			arrange: func(a *ramtest.Account) { a.Policy.PasswordReusePrevention = 0 }, secrets: []string{password, password2},
			config:   acctest.Attributes{"user_name": "alice", "password_wo": password, "password_wo_version": 1},
			next:     acctest.Attributes{"user_name": "alice", "password_wo": password2, "password_wo_version": 2, "mfa_bind_required": true},
			importID: named, foreign: otherKey, gone: func(a *ramtest.Account) { a.Users["alice"].LoginProfile, a.Users["alice"].PasswordHistory = nil, nil },
		},
		{
			name: "ram_access_key", kind: "ram_access_key", matrixColumn: "once",
			config: acctest.Attributes{"user_name": "alice", "status": "Active"}, next: acctest.Attributes{"user_name": "alice", "status": "Inactive"},
			importID: func(o acctest.Object) string { return acctest.Attribute(o.State, "access_key_id") }, foreign: otherKey, gone: noKeys,
		},
		{
			name: "ram_access_key_rotation", kind: "ram_access_key_rotation", matrixColumn: "once", meanwhile: 31 * day,
			config:   acctest.Attributes{"user_name": "alice", "rotate_after_days": 30, "overlap_days": 5, "delete_after_days": 3},
			next:     acctest.Attributes{"user_name": "alice", "rotate_after_days": 30, "overlap_days": 5, "delete_after_days": 3},
			importID: named, foreign: otherKey, gone: noKeys,
		},
		{
			name: "ram_virtual_mfa_device", kind: "ram_virtual_mfa_device", creates: "the MFA device", matrixColumn: "once",
			config:   acctest.Attributes{"virtual_mfa_device_name": phoneName, "bind_to_user": "alice"},
			next:     acctest.Attributes{"virtual_mfa_device_name": phoneName, "bind_to_user": "bob"},
			importID: func(o acctest.Object) string { return acctest.Attribute(o.State, "serial_number") }, foreign: otherKey, gone: lost,
		},
		{
			name: "ram_mfa_binding", kind: "ram_mfa_binding", creates: "the MFA binding", matrixColumn: "set", secrets: []string{phoneSeed},
			arrange: func(a *ramtest.Account) {
				a.MFADevices[phone] = &ramtest.MFADevice{Name: phoneName, Serial: phone, Seed: phoneSeed, CreateDate: a.Users["alice"].CreateDate}
			},
			config:   acctest.Attributes{"user_name": "alice", "serial_number": phone, "seed_wo": phoneSeed, "seed_wo_version": 1},
			next:     acctest.Attributes{"user_name": "alice", "serial_number": phone, "seed_wo": phoneSeed, "seed_wo_version": 2},
			importID: named, foreign: otherKey, gone: lost, orphaned: true,
		},
		{
			name: "ram_verification", kind: "ram_verification", matrixColumn: "set",
			config:   acctest.Attributes{"user_name": "alice", "security_email": "alice@example.com", "security_phone": "86-13900001234"},
			next:     acctest.Attributes{"user_name": "alice", "security_email": "al@example.com", "security_phone": "86-13900001234"},
			importID: named, foreign: otherKey, gone: func(a *ramtest.Account) {
				a.Users["alice"].SecurityEmail, a.Users["alice"].SecurityPhone = ramtest.Verification{}, ramtest.Verification{}
			},
		},
		{
			name: "ram_user_credentials_exclusive", kind: "ram_user_credentials_exclusive", matrixColumn: "set",
			arrange: func(a *ramtest.Account) {
				giveKey(a, "alice", aliceKey, a.Users["alice"].CreateDate)
				giveKey(a, "alice", strayKey, a.Users["alice"].CreateDate)
			},
			config:   acctest.Attributes{"user_name": "alice", "allowed_access_key_ids": []string{aliceKey}, "enforce": "report"},
			next:     acctest.Attributes{"user_name": "alice", "allowed_access_key_ids": []string{aliceKey}, "enforce": "delete"},
			importID: named, foreign: otherKey, gone: func(a *ramtest.Account) { delete(a.Users, "alice") }, orphaned: true,
		},
	}
}
