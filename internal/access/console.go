// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// Mandatory requires a second factor from every RAM user at every logon.
const Mandatory = "mandatory"

// independent requires a second factor from the users whose login profile requires it.
const independent = "independent"

// ShortPasswordAge is the age, in days, up to which passwords that only an administrator can renew
// are a lock-out, and not only a risk.
const ShortPasswordAge = 90

// Console decides which users can log on to the console. A nil field restricts no user.
type Console struct {
	Preference ram.SecurityPreference
	Passwords  ram.PasswordPolicy
	Sso        ram.UserSsoSettings
	Accepted   bool // a planned part of it has allow_lock_out = true
}

// User is a RAM user with an active login profile.
type User struct {
	Name         string
	ResetPending bool // the password must be changed at the next logon
	MFARequired  bool // the login profile demands a second factor
	Factors      Factors
	Initial      bool          // the password was set by an administrator, or may have been, and the user has not changed it
	Expired      bool          // it has expired
	Valid        bool          // it has not expired
	Age          time.Duration // the initial password may be so old
	Unchanged    time.Duration // since the profile was last written; the password is more recent only if the user has changed it
	Accepted     bool          // a planned part of it has allow_lock_out = true
}

// Factors are the second factors of a user.
type Factors struct{ Device, Phone, Email, Passkey bool }

// Without returns the factors that are left when others are removed.
func (f Factors) Without(gone Factors) Factors {
	return Factors{f.Device && !gone.Device, f.Phone && !gone.Phone, f.Email && !gone.Email, f.Passkey && !gone.Passkey}
}

// Reason is why users cannot log on.
type Reason int

// The reasons, by what the users cannot do.
const (
	Reset   Reason = iota + 1 // change the password that has to be changed
	Second                    // show or bind a second factor
	Initial                   // use an initial password, which has expired
	Hard                      // use a password that has expired, and that only an administrator can reset
)

// reasons are in the order in which losses are reported.
var reasons = []Reason{Reset, Second, Initial, Hard}

// Refuses returns why a user cannot log on; zero if the user can. While single sign-on is enabled, the identity provider
// checks the password and the second factor.
func (c Console) Refuses(u User) Reason {
	p := c.Preference
	switch {
	case ram.Is(c.Sso.SsoEnabled, true):
		return 0
	case u.ResetPending && ram.Is(p.AllowUserToChangePassword, false):
		return Reset
	case c.demandsFactor(u) && !c.accepts(u.Factors) && ram.Is(p.AllowUserToManageMFADevices, false):
		return Second
	case u.Initial && older(u.Age, c.Passwords.InitialPasswordAge):
		return Initial
	case ram.Is(c.Passwords.HardExpiry, true) && older(u.Unchanged, c.Passwords.MaxPasswordAge):
		return Hard
	}
	return 0
}

// older reports whether a password is older than an age in days, of which 0 is no limit (documented).
func older(age time.Duration, days *int64) bool {
	return days != nil && *days > 0 && age > time.Duration(*days)*day
}

const day = 24 * time.Hour

func (c Console) demandsFactor(u User) bool {
	operation := c.Preference.MFAOperationForLogin
	return operation != nil && (*operation == Mandatory || *operation == independent && u.MFARequired)
}

// DemandsFactors reports whether some users need a factor that they may not bind themselves.
func (c Console) DemandsFactors() bool {
	return c.demandsFactor(User{MFARequired: true}) && ram.Is(c.Preference.AllowUserToManageMFADevices, false) && !ram.Is(c.Sso.SsoEnabled, true)
}

func (c Console) accepts(f Factors) bool {
	types := c.Preference.VerificationTypes
	return f.Device || f.Passkey && !ram.Is(c.Preference.AllowUserToLoginWithPasskey, false) ||
		f.Phone && slices.Contains(types, string(ram.VerifyPhone)) || f.Email && slices.Contains(types, string(ram.VerifyEmail))
}

// Expiry returns the age, in days, at which passwords expire although no user can renew them; zero if users can. With hard_expiry
// only an administrator renews an expired password (documented). Without it the user changes the password at the logon, which
// has no way on if users may not change passwords (assumed).
func (c Console) Expiry() int64 {
	age := c.Passwords.MaxPasswordAge
	if !ram.Is(c.Preference.AllowUserToChangePassword, false) || age == nil || ram.Is(c.Sso.SsoEnabled, true) {
		return 0
	}
	return *age
}

// Loss is what a change takes away from users.
type Loss struct {
	Reason   Reason
	Users    []string
	Accepted bool // by allow_lock_out of another resource
}

// Names lists some of the users.
func (l Loss) Names() string {
	const most = 5
	if len(l.Users) <= most {
		return strings.Join(l.Users, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(l.Users[:most], ", "), len(l.Users)-most)
}

// Pair is a user before and after a change, with the console of both times.
type Pair struct {
	Transition

	UserBefore, UserAfter User
}

// Losses returns the users that can log on before a change and cannot after it, by reason.
func Losses(pairs []Pair) []Loss {
	users, accepted := map[Reason]map[string]bool{}, map[Reason]bool{}
	for _, p := range pairs {
		reason := p.After.Refuses(p.UserAfter)
		if reason == 0 || p.Before.Refuses(p.UserBefore) != 0 {
			continue
		}
		if users[reason] == nil {
			users[reason], accepted[reason] = map[string]bool{}, true
		}
		users[reason][p.UserAfter.Name] = true
		accepted[reason] = accepted[reason] && (p.After.Accepted || p.UserAfter.Accepted)
	}
	losses := []Loss{}
	for _, reason := range reasons {
		if users[reason] != nil {
			losses = append(losses, Loss{reason, sorted(users[reason]), accepted[reason]})
		}
	}
	return losses
}
