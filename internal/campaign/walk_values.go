// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// ranges are the numbers that a configuration may have.
var ranges = map[string][2]int{
	"login_session_duration": {1, 24}, "minimum_password_length": {8, 32}, "minimum_password_different_character": {0, 8}, "max_password_age": {0, 1095},
	"password_reuse_prevention": {0, 24}, "max_login_attempts": {0, 32}, "initial_password_age": {0, 90},
	"rotate_after_days": {20, 90}, "overlap_days": {1, 9}, "delete_after_days": {0, 9},
}

// words are the texts that a configuration may have.
var words = map[string][]string{
	"mfa_operation_for_login": {"mandatory", "independent", "adaptive"}, "status": {"Active", "Inactive"}, "on_destroy": {"retain", "restore", "reset"},
	"account_alias": {"acme", "acme-two", "acme-three", ""}, "authn_sign_algo": {"rsa-sha256", "rsa-sha1"}, "auxiliary_domain": {"", "a.example.com", "b.example.com"},
	"metadata_document": {"", acctest.IDPMetadata}, "display_name": {"Carol", "C. Example"}, "comments": {"", "one", "zwei äöü"}, "email": {"", "carol@example.com"},
	"mobile_phone": {"", "86-13900001234"}, "security_email": {"", "alice@example.com", "al@example.com"}, "security_phone": {"", "86-13900001234"},
	"bind_to_user": {"alice", "bob", ""}, "enforce": {"report", "disable", "delete"},
}

// lists are the elements that sets of a configuration may have.
var lists = map[string][]string{
	"login_network_masks": {"203.0.113.0/24", "198.51.100.7", "192.0.2.1/32", "10.0.0.0/8"}, "classic_allow_list": {"203.0.113.0/24", "192.0.2.1", "192.0.2.128/25"},
	"verification_types": {"sms", "email"},
}

// draw draws a configuration of a resource from its schema. Required arguments are in base.
func draw(t *rapid.T, schema *tfprotov6.Schema, base acctest.Attributes) acctest.Attributes {
	config := acctest.Attributes{}
	attributes := slices.Clone(schema.Block.Attributes)
	slices.SortFunc(attributes, func(a, b *tfprotov6.SchemaAttribute) int { return cmpText(a.Name, b.Name) })
	for _, a := range attributes {
		if v, given := base[a.Name]; given {
			config[a.Name] = v
			continue
		}
		if !a.Optional || rapid.IntRange(0, 9).Draw(t, a.Name+"?") < 5 {
			continue
		}
		if v := drawValue(t, a); v != nil {
			config[a.Name] = v
		}
	}
	return config
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// drawValue draws a value; nil if it cannot choose one.
func drawValue(t *rapid.T, a *tfprotov6.SchemaAttribute) any {
	switch {
	case a.Name == "max_idle_days_for_users", a.Name == "max_idle_days_for_access_keys":
		return rapid.SampledFrom([]int{90, 180, 365, 730}).Draw(t, a.Name)
	case a.Name == "tags":
		return map[string]string{"team": rapid.SampledFrom([]string{"ops", "dev", ""}).Draw(t, a.Name)}
	case a.Type == nil:
		return nil
	case a.Type.Is(tftypes.Bool):
		return rapid.Bool().Draw(t, a.Name)
	case a.Type.Is(tftypes.Number) && ranges[a.Name] != [2]int{}:
		return rapid.IntRange(ranges[a.Name][0], ranges[a.Name][1]).Draw(t, a.Name)
	case a.Type.Is(tftypes.String) && words[a.Name] != nil:
		return rapid.SampledFrom(words[a.Name]).Draw(t, a.Name)
	case a.Type.Is(tftypes.Set{}) && lists[a.Name] != nil:
		return rapid.SliceOfNDistinct(rapid.SampledFrom(lists[a.Name]), 0, len(lists[a.Name]), rapid.ID[string]).Draw(t, a.Name)
	}
	return nil
}

// drawAccount draws the settings of the account before Terraform manages it.
func drawAccount(t *rapid.T, a *ramtest.Account) {
	p := &a.Preference
	for _, field := range []*bool{&p.EnableSaveMFATicket, &p.AllowUserToChangePassword, &p.AllowUserToManageAccessKeys, &p.AllowUserToManageMFADevices} {
		*field = rapid.Bool().Draw(t, "preference before")
	}
	p.LoginSessionDuration = rapid.IntRange(1, 24).Draw(t, "hours before")
	p.LoginNetworkMasks = rapid.SampledFrom([]string{"", "203.0.113.0/24", "203.0.113.0/24;198.51.100.7"}).Draw(t, "masks before")
	p.MFAOperationForLogin = rapid.SampledFrom(words["mfa_operation_for_login"]).Draw(t, "MFA before")
	a.Policy.MinimumPasswordLength = rapid.IntRange(8, 16).Draw(t, "length before")
	a.Policy.RequireNumbers, a.Policy.HardExpiry = rapid.Bool().Draw(t, "numbers before"), rapid.Bool().Draw(t, "expiry before")
	a.Policy.MaxPasswordAge = rapid.SampledFrom([]int{0, 90, 365}).Draw(t, "age before")
	a.Alias = rapid.SampledFrom([]string{"", "before"}).Draw(t, "alias before")
	a.UserSso.LoginWithDomain = rapid.Bool().Draw(t, "domain before")
	a.Policy.PasswordReusePrevention = 0 // a failed run's password is sent again
}

// describe returns the drawn settings as text.
func describe(a *ramtest.Account) string {
	p, q := &a.Preference, &a.Policy
	return fmt.Sprintf("ticket %t, password %t, keys %t, devices %t, %d hours, masks %q, MFA %s, length %d, numbers %t, hard expiry %t, age %d, alias %q, domain %t",
		p.EnableSaveMFATicket, p.AllowUserToChangePassword, p.AllowUserToManageAccessKeys, p.AllowUserToManageMFADevices, p.LoginSessionDuration, p.LoginNetworkMasks, p.MFAOperationForLogin,
		q.MinimumPasswordLength, q.RequireNumbers, q.HardExpiry, q.MaxPasswordAge, a.Alias, a.UserSso.LoginWithDomain)
}

// edits are manual changes by others.
var edits = []struct {
	name string
	act  func(*ramtest.Account)
}{
	{"session of 11 hours", func(a *ramtest.Account) { a.Preference.LoginSessionDuration = 11 }},
	{"masks cleared", func(a *ramtest.Account) { a.Preference.LoginNetworkMasks = "" }},
	{"MFA ticket", func(a *ramtest.Account) { a.Preference.EnableSaveMFATicket = !a.Preference.EnableSaveMFATicket }},
	{"length of 9", func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 9 }},
	{"symbols", func(a *ramtest.Account) { a.Policy.RequireSymbols = !a.Policy.RequireSymbols }},
	{"alias", func(a *ramtest.Account) { a.Alias = "by-hand" }},
	{"policy of keys", func(a *ramtest.Account) { a.AccessKeyPolicy = acctest.OldKeyPolicy }},
	{"algorithm", func(a *ramtest.Account) { a.UserSso.AuthnSignAlgo = "rsa-sha1" }},
	{"a key is switched", func(a *ramtest.Account) {
		for _, key := range a.Users["alice"].Keys {
			key.Status = map[string]string{"Active": "Inactive", "Inactive": "Active"}[key.Status]
		}
	}},
	{"comments of all users", func(a *ramtest.Account) {
		for _, user := range a.Users {
			user.Comments = "by hand"
		}
	}},
	{"alice's profile is off", func(a *ramtest.Account) {
		if p := a.Users["alice"].LoginProfile; p != nil {
			p.Status = "Inactive"
		}
	}},
	{"the phone is unbound", func(a *ramtest.Account) {
		for _, user := range a.Users {
			if user.MFASerial == acctest.PhoneSerial {
				user.MFASerial, a.MFADevices[acctest.PhoneSerial].UserID = "", ""
			}
		}
	}},
	{"alice's e-mail", func(a *ramtest.Account) {
		a.Users["alice"].SecurityEmail = ramtest.Verification{Address: "x@example.com", Status: "active"}
	}},
	{"bob gets a key", func(a *ramtest.Account) {
		if len(a.Users["bob"].Keys) < 2 {
			acctest.AddKey(a, "bob", acctest.OthersKey, a.Users["bob"].CreateDate)
		}
	}},
}

// passwordOf returns the password of a version.
func passwordOf(version int) string { return fmt.Sprintf("Chosen-Passw0rd/%d-x", version) }
