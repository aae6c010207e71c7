// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"maps"
	"slices"
	"time"
)

// Account is everything one account holds, as plain data. Tests arrange and inspect it in [Server.Change].
type Account struct {
	ID    string
	Alias string // empty: none

	Preference Preference
	Policy     PasswordPolicy
	UserSso    UserSso

	AccessKeyPolicy string // network policy document for all keys without one of their own; empty: never configured

	Users         map[string]*User         // by name
	Groups        map[string]*Group        // by name
	Roles         map[string]*Role         // by name
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

// Preference is the account's security preference, in the words of the service.
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
	LoginSessionDuration                int    // hours
	MFAOperationForLogin                string
	OperationForRiskLogin               string
	VerificationTypes                   []string
	MaxIdleDaysForUsers                 int
	MaxIdleDaysForAccessKeys            int
}

// PasswordPolicy is the account's password policy. The names are right here; on the wire some are misspelled.
type PasswordPolicy struct {
	MinimumPasswordLength             int
	RequireLowercaseCharacters        bool
	RequireUppercaseCharacters        bool
	RequireNumbers                    bool
	RequireSymbols                    bool
	MinimumPasswordDifferentCharacter int
	PasswordNotContainUserName        bool
	MaxPasswordAge                    int // days
	HardExpiry                        bool
	PasswordReusePrevention           int
	MaxLoginAttempts                  int
	InitialPasswordAge                int // days
	InterceptRiskPasswordOnAPI        bool
}

// User is a RAM user with what hangs on it.
type User struct {
	ID, Name, DisplayName, MobilePhone, Email, Comments string

	CreateDate, UpdateDate, LastLoginDate time.Time

	ProvisionType string // Manual, SCIM, CloudSSO
	Status        string // active, freeze
	Tags          map[string]string

	Keys         []*AccessKey
	LoginProfile *LoginProfile // nil: none
	MFASerial    string        // empty: no device is bound
	Groups       []string
	Policies     []string
	Passkeys     []*Passkey

	SecurityPhone, SecurityEmail Verification

	PasswordHistory []string // oldest first

	// Denied are patterns of operations that the user may not call, such as "SetSecurityPreference" or "Set*".
	Denied []string
	// Allowed, when not empty, are patterns of the only operations that the user may call.
	Allowed []string
}

// AccessKey is a long-lived key.
type AccessKey struct {
	ID, Secret             string
	Status                 string // Active, Inactive
	CreateDate, UpdateDate time.Time
	LastUsed               time.Time // zero: never
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
	PasswordInitial       bool      // set by an administrator and not changed by the user since
}

// Passkey is a passkey of a user. No operation makes one.
type Passkey struct {
	ID, Name                string
	CreateDate, LastUseDate time.Time
}

// Verification is a security phone or e-mail of a user.
type Verification struct {
	Address string // "86-13900001234" or an e-mail address; empty: none
	Status  string // pending, active
}

// MFADevice is a virtual MFA device.
type MFADevice struct {
	Name, Serial string
	Seed         string // Base32
	CreateDate   time.Time
	ActivateDate time.Time // zero: not bound
	UserID       string    // empty: not bound
	LastStep     int64     // the last time step whose code was accepted
}

// Group is a user group. Its members are told by [User.Groups].
type Group struct {
	ID, Name, DisplayName, Comments string
	CreateDate, UpdateDate          time.Time
	Policies                        []string
}

// Role is a role that others may assume.
type Role struct {
	ID, Name, Description string
	CreateDate            time.Time
	MaxSessionDuration    int // seconds; 0: 3600

	TrustedAccounts      []string // account ids
	TrustedOIDCProviders []string // names of this account's providers
	ExternalID           string   // when not empty, AssumeRole has to send it

	Denied, Allowed []string // as for a user
}

// OIDCProvider is an identity provider whose tokens a role may trust.
type OIDCProvider struct {
	Name   string
	Issuer string
	Client string            // the audience
	Tokens map[string]string // accepted tokens, and the subject of each
}

// RecycledKey is a deleted key that can be restored.
type RecycledKey struct {
	Key                     AccessKey
	UserID, UserName        string
	RecycleDate, DeleteDate time.Time
}

// RecycledUser is a deleted user that can be restored.
type RecycledUser struct {
	User                    User
	RecycleDate, DeleteDate time.Time
}

// Domain is the default domain, which ends every user's principal name. (documented)
func (a *Account) Domain() string {
	if a.Alias != "" {
		return a.Alias + domainSuffix
	}
	return a.ID + domainSuffix
}

const domainSuffix = ".onaliyun.com"

// UserByID finds a user by its id, or is nil.
func (a *Account) UserByID(id string) *User {
	for _, user := range a.Users {
		if user.ID == id {
			return user
		}
	}
	return nil
}

// KeyByID finds a key and its owner by the key's id. The owner of the root account's own key is nil.
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

// Credential is a key that works in the account: of its user "admin", else of another user, else of the root account.
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
