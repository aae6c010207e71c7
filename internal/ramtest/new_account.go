// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// Quotas are the account's limits.
type Quotas struct {
	Users                        int
	AccessKeysPerUser            int
	AccountAccessKeys            int
	VirtualMFADevices            int
	RecycledKeysPerUser          int
	RecycledUsers                int
	Groups                       int
	GroupsPerUser                int
	Roles                        int
	Policies                     int
	PolicyVersions               int
	PolicySize                   int
	AttachedPoliciesPerUser      int
	AttachedPoliciesPerGroup     int
	AttachedPoliciesPerRole      int
	AttachedSystemPolicies       int
	TagsPerUser                  int
	StatementsPerAccessPolicy    int
	AddressesPerAccessPolicy     int
	CredentialsPerUserAndService int
}

// NewAccount returns an account whose settings have the defaults of the API reference.
func NewAccount(id string) *Account { return NewAccountAt(id, time.Time{}) }

// NewAccountAt returns an account with the defaults of the date on which it first used RAM.
func NewAccountAt(id string, firstUse time.Time) *Account {
	initial := DefaultsAt(firstUse)
	return &Account{
		ID:            id,
		FirstUse:      firstUse,
		Preference:    initial.Preference,
		Policy:        initial.Policy,
		UserSso:       newUserSso(),
		Users:         map[string]*User{},
		Groups:        map[string]*Group{},
		Roles:         map[string]*Role{},
		Policies:      map[string]*Policy{},
		MFADevices:    map[string]*MFADevice{},
		OIDCProviders: map[string]*OIDCProvider{},
		Quotas:        newQuotas(),
	}
}

// Defaults are the default settings of accounts that first used RAM on or after a date.
type Defaults struct {
	From       time.Time // zero: always
	Source     string
	Preference Preference
	Policy     PasswordPolicy
}

// DefaultsByDate returns the sets of defaults that the vendor has announced, oldest first.
func DefaultsByDate() []Defaults {
	earlier := Defaults{Source: "API reference", Preference: newPreference(), Policy: newPasswordPolicy()}
	later := Defaults{
		From: time.Date(2026, 4, 8, 0, 0, 0, 0, time.UTC), Source: "vendor's notice of 10 March 2026",
		Preference: newPreference(), Policy: newPasswordPolicy(),
	}
	later.Policy.RequireLowercaseCharacters, later.Policy.RequireNumbers = true, true
	later.Preference.MaxIdleDaysForUsers, later.Preference.MaxIdleDaysForAccessKeys = 365, 365
	return []Defaults{earlier, later}
}

// DefaultsAt returns the defaults of an account that first used RAM at a time.
func DefaultsAt(firstUse time.Time) Defaults {
	all := DefaultsByDate()
	found := all[0]
	for _, d := range all[1:] {
		if !firstUse.Before(d.From) {
			found = d
		}
	}
	return found
}

// ConsoleDefaults returns the defaults that the console page of 2026 states, without a date: MFA for all users, all MFA
// methods, passkeys, 365 idle days for users and 730 for AccessKeys. (documented)
func ConsoleDefaults() Defaults {
	initial := DefaultsByDate()[1]
	initial.Source = "console page of 2026"
	initial.Preference.MFAOperationForLogin = "mandatory"
	initial.Preference.VerificationTypes = []string{"sms", "email"}
	initial.Preference.MaxIdleDaysForAccessKeys = 730
	return initial
}

// newPreference returns the defaults of the parameter table. (documented) The vendor's samples show "adaptive", and no
// source states the defaults of VerificationTypes and AllowUserToManageServiceCredentials. (these three assumed).
func newPreference() Preference {
	return Preference{
		AllowUserToChangePassword:         true,
		AllowUserToLoginWithPasskey:       true,
		AllowUserToManageMFADevices:       true,
		AllowUserToManagePersonalDingTalk: true,
		LoginSessionDuration:              6,
		MFAOperationForLogin:              "independent",
		OperationForRiskLogin:             "autonomous",
		VerificationTypes:                 []string{},
		MaxIdleDaysForUsers:               730,
		MaxIdleDaysForAccessKeys:          730,
	}
}

// newPasswordPolicy returns the defaults of the parameter table. (documented)
func newPasswordPolicy() PasswordPolicy {
	return PasswordPolicy{MinimumPasswordLength: 8, InitialPasswordAge: 14}
}

// newQuotas returns the numbers of the vendor's samples. Actual accounts differ. (documented as samples)
func newQuotas() Quotas {
	return Quotas{
		Users: 1000, AccessKeysPerUser: 2, AccountAccessKeys: 2, VirtualMFADevices: 1000,
		RecycledKeysPerUser: 3, RecycledUsers: 1000,
		Groups: 50, GroupsPerUser: 5, Roles: 1000, Policies: 1500, PolicyVersions: 5, PolicySize: 2048,
		AttachedPoliciesPerUser: 10, AttachedPoliciesPerGroup: 5, AttachedPoliciesPerRole: 5, AttachedSystemPolicies: 20, TagsPerUser: 20,
		StatementsPerAccessPolicy: 8, AddressesPerAccessPolicy: 50, CredentialsPerUserAndService: 2,
	}
}
