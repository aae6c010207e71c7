// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"slices"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// entrant is a user or an AccessKey, and how it gets in.
type entrant struct {
	name        string
	speculative bool // the provider cannot exclude it, but it is not so in this case
	access      func(*ramtest.Account) ramtest.Access
	exempt      func(*ramtest.Account) bool // the configuration itself takes the logon of this user away
}

// loses reports whether the person gets in before, and does not after.
func (p entrant) loses(before, after *ramtest.Account) bool {
	return p.access(before).Allowed && !p.access(after).Allowed && !p.exempt(after)
}

func (p entrant) refusal(a *ramtest.Account) string { return p.access(a).Reason }

// horizons are the days after the changes on which users log on. That passwords expire for good later is only a risk.
var horizons = []int{0, 31, 61, 91}

// peopleOf returns the users and the keys that may lose access.
func peopleOf(a *ramtest.Account, changes []*accessChange, now time.Time) (people []entrant) {
	for name, user := range a.Users {
		if user.LoginProfile == nil {
			continue
		}
		for _, address := range append([]string{""}, mustAllow(changes, "ram_security_preference", "")...) {
			for n, nameID := range namesOf(a, name) {
				for _, days := range horizons {
					people = append(people, consoleUser(name, address, nameID, now, days, n > 0))
				}
			}
		}
	}
	return append(append(people, keysOf(a, changes)...), administrator())
}

// namesOf are the names that an identity provider may send, as those that the account accepts. While single sign-on is not
// enabled, users log on with a password.
func namesOf(a *ramtest.Account, user string) (names []string) {
	if !a.UserSso.Enabled {
		return []string{""}
	}
	for _, name := range allNames(a, user) {
		if a.ConsoleAccess(ramtest.Logon{UserName: user, NameID: name}).Allowed {
			names = append(names, name)
		}
	}
	return names
}

func allNames(a *ramtest.Account, user string) []string {
	return []string{user + "@" + a.Domain(), user + "@example.com", user + "@example.org", user}
}

func consoleUser(name, address, nameID string, now time.Time, days int, speculative bool) entrant {
	return entrant{
		name: fmt.Sprintf("%s from %q as %q in %d days", name, address, nameID, days), speculative: speculative,
		access: func(a *ramtest.Account) ramtest.Access { return logOn(a, name, address, nameID, now, days) },
		exempt: func(a *ramtest.Account) bool {
			user := userOf(a, name)
			return user == nil || user.LoginProfile == nil || user.LoginProfile.Status == "Inactive"
		},
	}
}

// logOn tries to log on with every factor that the user has, under the present name of the user: now and, if that succeeds, some days
// later. The identity provider sends the name that it sent before.
func logOn(a *ramtest.Account, name, address, nameID string, now time.Time, days int) ramtest.Access {
	user := userOf(a, name)
	if user == nil {
		return ramtest.Access{Reason: "the user does not exist"}
	}
	logon := ramtest.Logon{UserName: user.Name, Address: address, At: now, MFA: true, Phone: true, Email: true, Passkey: true}
	if !a.UserSso.Enabled {
		access := a.ConsoleAccess(logon)
		if days == 0 || !access.Allowed {
			return access
		}
		logon.At = now.AddDate(0, 0, days)
		return withLaterPassword(a, user, logon.At).ConsoleAccess(logon)
	}
	names := []string{nameID}
	if nameID == "" { // the identity provider is set up for the new settings
		names = allNames(a, user.Name)
	}
	var access ramtest.Access
	for _, logon.NameID = range names {
		if access = a.ConsoleAccess(logon); access.Allowed {
			return access
		}
	}
	return access
}

// withLaterPassword is the account at a later time. A user who may change the password does, in time. That an initial password is not
// used in time is only a risk.
func withLaterPassword(a *ramtest.Account, user *ramtest.User, at time.Time) *ramtest.Account {
	changed, later, profile := *a, *user, *user.LoginProfile
	profile.PasswordInitial = false
	if a.Preference.AllowUserToChangePassword {
		profile.PasswordDate = at
	}
	later.LoginProfile = &profile
	changed.Users = map[string]*ramtest.User{user.Name: &later}
	return &changed
}

// otherOrigins are where the provider does not call from, but may.
var otherOrigins = []ramtest.Origin{{Address: "8.8.8.8"}, {Address: "198.51.100.200"}, {Address: "203.0.113.200"}, {Address: "192.0.2.200"}, {Address: "223.5.5.5"}}

// keysOf are the provider's own key, from every origin, and the other keys from where their configuration says.
func keysOf(a *ramtest.Account, changes []*accessChange) (people []entrant) {
	add := func(id string, from ramtest.Origin, speculative bool) {
		people = append(people, entrant{
			name: fmt.Sprintf("the key %s from %v", id, from), speculative: speculative,
			access: func(a *ramtest.Account) ramtest.Access { return a.APIAccess(id, from, ramtest.Behaviour{}) },
			exempt: func(a *ramtest.Account) bool { // the configuration deletes or disables the key
				key, _ := a.KeyByID(id)
				return id == acctest.BobKey && (key == nil || key.Status != "Active")
			},
		})
	}
	for _, from := range slices.Concat(origins, otherOrigins) {
		add(ownKeyOf(a), from, true)
	}
	for _, address := range mustAllow(changes, "ram_access_key_policy", acctest.BobKey) {
		add(acctest.BobKey, ramtest.Origin{Address: address}, false)
	}
	return people
}

// administrator is the user of the provider, with the permissions of an administrator.
func administrator() entrant {
	return entrant{
		name: "the permissions of admin",
		access: func(a *ramtest.Account) ramtest.Access {
			user := userOf(a, "admin")
			if user != nil && (slices.Contains(user.Policies, administrators) || slices.Contains(user.Groups, "administrators")) {
				return ramtest.Access{Allowed: true}
			}
			return ramtest.Access{Reason: "no policy gives them"}
		},
		exempt: func(*ramtest.Account) bool { return false },
	}
}

// mustAllow are the addresses that the configuration of an object names, or for a destroy its state.
func mustAllow(changes []*accessChange, kind, key string) []string {
	for _, c := range changes {
		if c.kind != kind || key != "" && acctest.Attribute(c.prior.State, "access_key_id") != key && c.config["access_key_id"] != key {
			continue
		}
		if c.config != nil {
			list, _ := c.config["must_allow"].([]string)
			return list
		}
		list, _ := acctest.Native(acctest.Fields(c.prior.State)["must_allow"]).([]string)
		return list
	}
	return nil
}

// unknown is what an account may have that the provider cannot read.
type unknown func(*ramtest.Account)

// oldestPasswords gives initial passwords the greatest age that the service does not exclude: that of the profile, within the present limit.
func oldestPasswords(initial *ramtest.Account, now time.Time) unknown {
	return func(a *ramtest.Account) {
		limit := now.AddDate(0, 0, -initial.Policy.InitialPasswordAge)
		for _, user := range a.Users {
			p := user.LoginProfile
			if p == nil || !p.PasswordInitial {
				continue
			}
			oldest := p.CreateDate
			if initial.Policy.InitialPasswordAge > 0 && p.PasswordDate.After(limit) && oldest.Before(limit) {
				oldest = limit.Add(time.Hour)
			}
			p.PasswordDate = oldest
		}
	}
}

// unknowns are what the account may have where reads are denied, in all combinations.
func unknowns(denied []string) []unknown {
	all := []unknown{func(*ramtest.Account) {}}
	for _, action := range denied {
		for _, earlier := range slices.Clone(all) {
			for _, one := range unread(action) {
				all = append(all, func(a *ramtest.Account) {
					earlier(a)
					one(a)
				})
			}
		}
	}
	return all
}

// unread are the values that may be the reason to refuse a change, where an operation is denied.
func unread(action string) []unknown {
	users := func(change func(*ramtest.User)) []unknown {
		return []unknown{func(a *ramtest.Account) {
			for _, user := range a.Users {
				change(user)
			}
		}}
	}
	preference := func(mfa string, passkey bool, types ...string) unknown {
		return func(a *ramtest.Account) {
			a.Preference = ramtest.Preference{MFAOperationForLogin: mfa, VerificationTypes: types, AllowUserToLoginWithPasskey: passkey}
		}
	}
	switch action {
	case "GetSecurityPreference":
		all := []unknown{}
		for _, mfa := range []string{"mandatory", "independent"} {
			all = append(all, preference(mfa, false), preference(mfa, true), preference(mfa, false, "sms"), preference(mfa, false, "email"))
		}
		return all
	case "GetPasswordPolicy":
		return []unknown{func(a *ramtest.Account) { a.Policy.HardExpiry, a.Policy.MaxPasswordAge = true, 30 }}
	case "GetUserSsoSettings":
		return []unknown{
			func(a *ramtest.Account) { a.UserSso.Enabled = false },
			func(a *ramtest.Account) {
				a.UserSso = ramtest.UserSso{Enabled: true, LoginWithDomain: true, MetadataDocument: acctest.IDPMetadata}
			},
		}
	case "ListUsers", "GetLoginProfile":
		all := []unknown{}
		for _, reset := range []bool{true, false} {
			for _, without := range []bool{true, false} {
				all = append(all, users(func(u *ramtest.User) {
					u.LoginProfile = &ramtest.LoginProfile{Status: "Active", PasswordResetRequired: reset, MFABindRequired: true, PasswordDate: time.Now()}
					if without {
						u.MFASerial, u.Passkeys, u.SecurityPhone, u.SecurityEmail = "", nil, ramtest.Verification{}, ramtest.Verification{}
					}
				})...)
			}
		}
		return all
	case "ListVirtualMFADevices", "GetUserMFAInfo":
		return users(func(u *ramtest.User) { u.MFASerial = "" })
	case "GetVerificationInfo":
		confirmed := ramtest.Verification{Address: "any", Status: "active"}
		return append(users(func(u *ramtest.User) {
			u.SecurityPhone, u.SecurityEmail = ramtest.Verification{}, ramtest.Verification{}
		}),
			users(func(u *ramtest.User) { u.SecurityPhone, u.SecurityEmail = confirmed, confirmed })...)
	case "ListPasskeys":
		return append(users(func(u *ramtest.User) { u.Passkeys = nil }), users(func(u *ramtest.User) { u.Passkeys = []*ramtest.Passkey{{ID: "any"}} })...)
	case "GetAccessKeyPolicyForAccount":
		return []unknown{func(a *ramtest.Account) {
			a.AccessKeyPolicy = `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["8.8.8.8"]},{"Type":"VPCWhiteList","Value":"vpc-9"}]}`
		}}
	case "GetAccessKeyPolicy":
		return []unknown{func(a *ramtest.Account) { keyOf(a, "admin").Policy = "" }}
	}
	return nil
}
