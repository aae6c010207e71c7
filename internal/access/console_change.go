// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"reflect"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// ConsoleChange is a change of an object that decides about the logon of all users. A nil field does not change.
type ConsoleChange struct {
	Preference *Change[ram.SecurityPreference]
	Passwords  *Change[ram.PasswordPolicy]
	Sso        *Change[ram.UserSsoSettings]
}

// Change is an object before and after a change.
type Change[S any] struct{ Before, After S }

// Answer is what a change takes away from users.
type Answer struct {
	Losses         []Loss
	Expiry         int64 // age, in days, at which passwords expire that users can no longer renew; 0: none
	ExpiryAccepted bool  // by allow_lock_out of another resource
	Unread         error // why the worst case was assumed; nil: everything was read
	UnreadUsers    error // why it is not known which users lose access
}

// Asks reports whether the change can take access away.
func (c ConsoleChange) Asks() bool { return c.Expires() || c.resetQuestion() || c.AsksForFactors() }

// Judge returns what a change takes away. It reads only what the question needs.
func (c ConsoleChange) Judge(ctx context.Context, i *instance.Instance) (a Answer) {
	if !c.Asks() {
		return a
	}
	expiry, reset, factor := c.Expires(), c.resetQuestion(), c.AsksForFactors()
	w := worlds{ctx: ctx, client: i.Client, run: Of(i), change: c}
	for { // the second time with single sign-on, which is read only if it can make a difference
		a = Answer{}
		before, afters := w.consoles(expiry)
		a.Unread = w.unread
		if expiry {
			a.Expiry, a.ExpiryAccepted = worstExpiry(before, afters)
		}
		if reset || factor {
			a.Losses, a.UnreadUsers = w.losses(before, afters, factor)
		}
		if w.withSso || a.Expiry == 0 && len(a.Losses) == 0 && a.UnreadUsers == nil {
			return a
		}
		w.withSso = true
	}
}

// Expires reports whether the change can make passwords expire for good.
func (c ConsoleChange) Expires() bool {
	switch {
	case c.Preference != nil:
		return c.forbidsPasswords()
	case c.Passwords != nil:
		before, after := c.Passwords.Before, c.Passwords.After
		age := after.MaxPasswordAge
		return is(after.HardExpiry, true) && age != nil && *age > 0 &&
			(!is(before.HardExpiry, true) || before.MaxPasswordAge == nil || *before.MaxPasswordAge == 0 || *age < *before.MaxPasswordAge)
	}
	return c.endsSso()
}

func (c ConsoleChange) resetQuestion() bool { return c.forbidsPasswords() || c.endsSso() }

// AsksForFactors reports whether users without a factor may lose access.
func (c ConsoleChange) AsksForFactors() bool {
	if c.Preference == nil {
		return c.endsSso()
	}
	before, after := c.Preference.Before, c.Preference.After
	return (Console{Preference: after}).DemandsFactors() &&
		!reflect.DeepEqual(factorRules(before), factorRules(after))
}

// factorRules are the parts of a preference that decide about second factors.
func factorRules(p ram.SecurityPreference) []any {
	return []any{p.MFAOperationForLogin, p.AllowUserToManageMFADevices, p.AllowUserToLoginWithPasskey, p.VerificationTypes}
}

func (c ConsoleChange) forbidsPasswords() bool {
	return c.Preference != nil && is(c.Preference.After.AllowUserToChangePassword, false) && !is(c.Preference.Before.AllowUserToChangePassword, false)
}

func (c ConsoleChange) endsSso() bool {
	return c.Sso != nil && is(c.Sso.Before.SsoEnabled, true) && is(c.Sso.After.SsoEnabled, false)
}

// worlds are the states of the account while a run takes effect.
type worlds struct {
	ctx    context.Context
	client *ram.Client
	run    *Run
	change ConsoleChange
	unread error

	withSso bool
	users   []User // of the account; nil: not read yet
}

// consoles returns the console before the change, and with the change in every state of the other objects. What cannot be
// read is the worst case.
func (w *worlds) consoles(passwords bool) (before Console, afters []Console) {
	preferences := w.preferences(&before)
	policies := []Value[ram.PasswordPolicy]{{}}
	if passwords {
		policies = w.policies(&before)
	}
	for _, sso := range w.sso(&before) {
		for _, preference := range preferences {
			for _, policy := range policies {
				afters = append(afters, Console{preference.Value, policy.Value, sso.Value, preference.Accepted || policy.Accepted || sso.Accepted})
			}
		}
	}
	return before, afters
}

func (w *worlds) preferences(before *Console) []Value[ram.SecurityPreference] {
	if c := w.change.Preference; c != nil {
		before.Preference = c.Before
		return []Value[ram.SecurityPreference]{{Value: c.After}}
	}
	live, err := w.client.RefreshSecurityPreference(w.ctx)
	if before.Preference = live; err != nil {
		w.unread, before.Preference = err, ram.SecurityPreference{}
		live = strictest
	}
	return Values(w.run, Preference, live)
}

// strictest is a preference that keeps out every user who depends on it.
var strictest = ram.SecurityPreference{
	AllowUserToChangePassword: new(bool), AllowUserToManageMFADevices: new(bool), AllowUserToLoginWithPasskey: new(bool),
	MFAOperationForLogin: new(Mandatory), VerificationTypes: []string{},
}

func (w *worlds) policies(before *Console) []Value[ram.PasswordPolicy] {
	if c := w.change.Passwords; c != nil {
		before.Passwords = c.Before
		return []Value[ram.PasswordPolicy]{{Value: c.After}}
	}
	live, err := w.client.RefreshPasswordPolicy(w.ctx)
	if before.Passwords = live; err != nil {
		w.unread, before.Passwords = err, ram.PasswordPolicy{}
		live = ram.PasswordPolicy{HardExpiry: new(true), MaxPasswordAge: new(int64(1))}
	}
	return Values(w.run, Passwords, live)
}

// sso returns the single sign-on of the account. If it cannot be read, passwords are assumed to be in use.
func (w *worlds) sso(before *Console) []Value[ram.UserSsoSettings] {
	if c := w.change.Sso; c != nil {
		before.Sso = c.Before
		return []Value[ram.UserSsoSettings]{{Value: c.After}}
	}
	if !w.withSso {
		return []Value[ram.UserSsoSettings]{{}}
	}
	live, err := w.client.RefreshUserSsoSettings(w.ctx)
	if err != nil {
		live = ram.UserSsoSettings{}
	}
	before.Sso = live
	return Values(w.run, Sso, live)
}

// worstExpiry returns the shortest age at which passwords expire for good after the change, and not before.
func worstExpiry(before Console, afters []Console) (age int64, accepted bool) {
	accepted = true
	for _, after := range afters {
		expiry, was := after.Expiry(), before.Expiry()
		if expiry == 0 || was != 0 && was <= expiry {
			continue
		}
		if age == 0 || expiry < age {
			age = expiry
		}
		accepted = accepted && after.Accepted
	}
	return age, accepted
}

// losses returns which users lose access, live or as this run changes them.
func (w *worlds) losses(before Console, afters []Console, factor bool) ([]Loss, error) {
	if !refusesSomeone(afters) {
		return nil, nil
	}
	if w.users == nil {
		users, err := consoleUsers(w.ctx, w.client, factor)
		if err != nil {
			return nil, err
		}
		w.users = users
	}
	gone, profiles, pairs := Planned[Factors](w.run, Factor), Planned[User](w.run, Profile), []Pair{}
	for _, user := range w.users {
		changed := user
		if p, planned := profiles[user.Name]; planned {
			changed.ResetPending, changed.MFARequired, changed.Accepted = p.Value.ResetPending, p.Value.MFARequired, p.Accepted
		}
		if p, planned := gone[user.Name]; planned {
			changed.Factors, changed.Accepted = changed.Factors.Without(p.Value), changed.Accepted || p.Accepted
		}
		for _, after := range afters {
			pairs = append(pairs, Pair{before, after, user, user}, Pair{before, after, user, changed})
		}
	}
	return Losses(pairs), nil
}

// refusesSomeone reports whether a user can exist that a console refuses.
func refusesSomeone(consoles []Console) bool {
	for _, c := range consoles {
		if c.DemandsFactors() || c.Refuses(User{ResetPending: true}) != 0 {
			return true
		}
	}
	return false
}
