// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"maps"
	"slices"
	"time"
)

// Account is the data of one account. Tests prepare and inspect it in [Server.Change].
type Account struct {
	ID       string
	Alias    string    // empty if there is none
	FirstUse time.Time // when the account first used RAM, which determines its defaults; zero: before the defaults changed

	Preference Preference
	Policy     PasswordPolicy
	UserSso    UserSso

	AccessKeyPolicy string // network policy document for keys without one of their own; empty: never configured

	Users         map[string]*User         // by name
	Groups        map[string]*Group        // by name
	Roles         map[string]*Role         // by name
	Policies      map[string]*Policy       // custom policies by name
	MFADevices    map[string]*MFADevice    // by serial number
	OIDCProviders map[string]*OIDCProvider // by name

	Keys    []*AccessKey // of the root account itself
	RootMFA bool

	RecycledKeys  []*RecycledKey
	RecycledUsers []*RecycledUser

	CredentialReport CredentialReport
	GovernanceReport GovernanceReport

	Quotas Quotas
}

// Preference is the account's security preference, named as in the service.
type Preference struct {
	AllowUserToChangePassword           bool
	AllowUserToLoginWithPasskey         bool
	AllowUserToManageAccessKeys         bool
	AllowUserToManageMFADevices         bool
	AllowUserToManagePersonalDingTalk   bool
	AllowUserToManagePublicKeys         bool // Ram only, Japan site
	AllowUserToManageServiceCredentials bool
	AllowUserLongTermLogin              bool
	EnableSaveMFATicket                 bool
	LoginNetworkMasks                   string // joined by ";", empty: any address
	LoginSessionDuration                int    // in hours
	MFAOperationForLogin                string
	OperationForRiskLogin               string
	VerificationTypes                   []string
	MaxIdleDaysForUsers                 int
	MaxIdleDaysForAccessKeys            int
	Extra                               ExtraFields
}

// PasswordPolicy is the account's password policy. The service misspells some of its parameters.
type PasswordPolicy struct {
	MinimumPasswordLength             int
	RequireLowercaseCharacters        bool
	RequireUppercaseCharacters        bool
	RequireNumbers                    bool
	RequireSymbols                    bool
	MinimumPasswordDifferentCharacter int
	PasswordNotContainUserName        bool
	MaxPasswordAge                    int // in days
	HardExpiry                        bool
	PasswordReusePrevention           int
	MaxLoginAttempts                  int
	InitialPasswordAge                int // in days
	InterceptRiskPasswordOnAPI        bool
	Extra                             ExtraFields
}

// User is a RAM user with credentials and memberships.
type User struct {
	ID, Name, DisplayName, MobilePhone, Email, Comments string

	CreateDate, UpdateDate, LastLoginDate time.Time

	ProvisionType string // Manual, SCIM, CloudSSO
	Status        string // active, freeze
	Tags          map[string]string

	Keys         []*AccessKey
	LoginProfile *LoginProfile // nil if there is none
	MFASerial    string        // empty if no device is bound
	Groups       []string
	JoinDates    map[string]time.Time // by group
	Passkeys     []*Passkey
	Credentials  []*ServiceCredential

	Policies      []string             // attached at account level: "System/ReadOnlyAccess"
	AttachDates   map[string]time.Time // by policy
	GroupPolicies []GroupPolicy        // attached in a resource group

	SecurityPhone, SecurityEmail Verification

	PasswordHistory []string // oldest first

	// Denied are patterns of operations that the user may not call, such as "SetSecurityPreference" or "Set*".
	Denied []string
	// Allowed, if not empty, are patterns of the only operations that the user may call.
	Allowed []string
}

// GroupPolicy is a policy that is attached in a resource group.
type GroupPolicy struct {
	Policy          string // "System/ReadOnlyAccess"
	ResourceGroupID string
	AttachDate      time.Time
}

// ServiceCredential is a long-lived credential of a user for one service.
type ServiceCredential struct {
	ID, Name, ServiceName string
	Secret                string
	Status                string // Active, Inactive
	CreateTime            time.Time
	ExpirationTime        time.Time // zero: does not expire
}

// AccessKey is a long-lived key.
type AccessKey struct {
	ID, Secret             string
	Status                 string // Active, Inactive
	CreateDate, UpdateDate time.Time
	LastUsed               time.Time // zero: never used
	LastUsedService        string
	Policy                 string // network policy document; empty: never configured
}

// LoginProfile is a user's console logon.
type LoginProfile struct {
	Password              string
	Status                string // Active, Inactive
	PasswordResetRequired bool
	MFABindRequired       bool
	CreateDate            time.Time
	UpdateDate            time.Time
	LastLogin             time.Time // zero: never
	PasswordDate          time.Time // when the password was set
	PasswordInitial       bool      // an administrator set it, and the user has not changed it since
}

// Passkey is a passkey of a user. No operation of the API creates one.
type Passkey struct {
	ID, Name                string
	CreateDate, LastUseDate time.Time
}

// Verification is a security phone number or e-mail address of a user.
type Verification struct {
	Address string // "86-13900001234" or an e-mail address; empty if there is none
	Status  string // pending, active
}

// MFADevice is a virtual MFA device.
type MFADevice struct {
	Name, Serial string
	Seed         string // Base32
	CreateDate   time.Time
	ActivateDate time.Time // zero: not bound
	UserID       string    // empty: not bound
	LastStep     int64     // last time step whose code was accepted
}

// Group is a user group. Its members are in [User.Groups].
type Group struct {
	ID, Name, DisplayName, Comments string
	CreateDate, UpdateDate          time.Time

	Policies      []string             // as for a user
	AttachDates   map[string]time.Time // as for a user
	GroupPolicies []GroupPolicy        // as for a user
}

// Policy is a custom policy.
type Policy struct {
	Name, Description      string
	CreateDate, UpdateDate time.Time
	DefaultVersion         string
	Versions               []PolicyVersion // oldest first
	LastVersion            int             // number of the last created version
	Tags                   map[string]string
}

// PolicyVersion is one version of a custom policy.
type PolicyVersion struct {
	ID         string // v1
	Document   string
	CreateDate time.Time
}

// Role is a role that can be assumed.
type Role struct {
	ID, Name, Description  string
	CreateDate, UpdateDate time.Time
	MaxSessionDuration     int    // seconds; 0: 3600
	AssumePolicy           string // document of CreateRole; empty: composed from the trusted accounts and providers
	Tags                   map[string]string

	Policies      []string             // as for a user
	AttachDates   map[string]time.Time // as for a user
	GroupPolicies []GroupPolicy        // as for a user

	TrustedAccounts      []string // account ids
	TrustedOIDCProviders []string // names of this account's providers
	ExternalID           string   // if not empty, AssumeRole must send it

	Denied, Allowed []string // as for a user
}

// OIDCProvider is an identity provider whose tokens roles may trust.
type OIDCProvider struct {
	Name   string
	Issuer string
	Client string            // the audience
	Tokens map[string]string // accepted tokens with their subjects
}

// RecycledKey is a deleted key that can be restored.
type RecycledKey struct {
	Key                     AccessKey
	UserID, UserName        string
	RecycleDate, DeleteDate time.Time
}

// RecycledUser is a deleted user who can be restored.
type RecycledUser struct {
	User                    User
	RecycleDate, DeleteDate time.Time
}

// Domain returns the default domain, the suffix of every user's principal name. (documented)
func (a *Account) Domain() string {
	if a.Alias != "" {
		return a.Alias + domainSuffix
	}
	return a.ID + domainSuffix
}

const domainSuffix = ".onaliyun.com"

// UserByID returns the user with an id, or nil.
func (a *Account) UserByID(id string) *User {
	for _, user := range a.Users {
		if user.ID == id {
			return user
		}
	}
	return nil
}

// KeyByID returns the key with an id and its owner, which is nil for a key of the root account.
func (a *Account) KeyByID(id string) (*AccessKey, *User) {
	for _, key := range a.Keys {
		if key.ID == id {
			return key, nil
		}
	}
	for _, user := range a.Users {
		for _, key := range user.Keys {
			if key.ID == id {
				return key, user
			}
		}
	}
	return nil, nil
}

// Credential returns an active key of the account: preferably of the user "admin", then of another user, then of the root
// account.
func (a *Account) Credential() (Credential, bool) {
	owners := []*User{a.Users["admin"]}
	for _, name := range slices.Sorted(maps.Keys(a.Users)) {
		owners = append(owners, a.Users[name])
	}
	for _, owner := range append(owners, &User{Keys: a.Keys}) {
		if owner == nil {
			continue
		}
		for _, key := range owner.Keys {
			if key.Status == "Active" {
				return Credential{AccessKeyID: key.ID, AccessKeySecret: key.Secret}, true
			}
		}
	}
	return Credential{}, false
}
