// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

// Quotas are the account's limits.
type Quotas struct {
	Users                     int
	AccessKeysPerUser         int
	AccountAccessKeys         int
	VirtualMFADevices         int
	RecycledKeysPerUser       int
	RecycledUsers             int
	Groups                    int
	GroupsPerUser             int
	Roles                     int
	Policies                  int
	AttachedPoliciesPerUser   int
	TagsPerUser               int
	StatementsPerAccessPolicy int
	AddressesPerAccessPolicy  int
}

// NewAccount is a fresh account: what 2.1, 2.7 and 2.9 of the service's manual say of one that nobody has touched.
func NewAccount(id string) *Account {
	return &Account{
		ID:            id,
		Preference:    newPreference(),
		Policy:        newPasswordPolicy(),
		UserSso:       newUserSso(),
		Users:         map[string]*User{},
		Groups:        map[string]*Group{},
		Roles:         map[string]*Role{},
		MFADevices:    map[string]*MFADevice{},
		OIDCProviders: map[string]*OIDCProvider{},
		Quotas:        newQuotas(),
	}
}

// The defaults of the parameter table. The service's own samples show "adaptive", and nobody
// says what VerificationTypes and AllowUserToManageServiceCredentials start with. (documented; these three assumed)
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

// (documented)
func newPasswordPolicy() PasswordPolicy {
	return PasswordPolicy{MinimumPasswordLength: 8, InitialPasswordAge: 14}
}

// The vendor's samples; real accounts differ. (documented as samples)
func newQuotas() Quotas {
	return Quotas{
		Users: 1000, AccessKeysPerUser: 2, AccountAccessKeys: 2, VirtualMFADevices: 1000,
		RecycledKeysPerUser: 3, RecycledUsers: 1000,
		Groups: 50, GroupsPerUser: 5, Roles: 1000, Policies: 1500, AttachedPoliciesPerUser: 10, TagsPerUser: 20,
		StatementsPerAccessPolicy: 8, AddressesPerAccessPolicy: 50,
	}
}
