// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"reflect"
	"slices"
	"time"

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

// ConsoleVerdict is what a change takes away from users.
type ConsoleVerdict struct {
	Losses         []Loss
	Expiry         int64 // age, in days, at which passwords expire that users can no longer renew; 0: none
	ExpiryAccepted bool  // by allow_lock_out of another resource
	Unread         error // why the worst case was assumed; nil: everything was read
	UnreadUsers    error // why it is not known which users lose access
}

// MayRemoveAccess reports whether the change can take access away.
func (c ConsoleChange) MayRemoveAccess() bool {
	return c.Expires() || c.resetQuestion() || c.MayRequireFactors() || c.ages()
}

// Judge returns what a change takes away. It reads only what the question needs.
func (c ConsoleChange) Judge(ctx context.Context, i *instance.Instance) (a ConsoleVerdict) {
	if !c.MayRemoveAccess() {
		return a
	}
	expiry, users, factor := c.Expires(), c.resetQuestion() || c.ages(), c.MayRequireFactors()
	w := accountStates{ctx: ctx, client: i.Client, run: Of(i), change: c}
	for { // the second time with single sign-on, which is read only if it can make a difference
		a = ConsoleVerdict{}
		all := w.transitions(expiry || c.ages())
		a.Unread = w.unread
		if expiry {
			a.Expiry, a.ExpiryAccepted = worstExpiry(all)
		}
		if users || factor {
			a.Losses, a.UnreadUsers = w.losses(all, factor)
		}
		if w.withSso || a.Expiry == 0 && len(a.Losses) == 0 && a.UnreadUsers == nil {
			return a
		}
		w.withSso = true
	}
}

// Expires reports whether passwords can expire after the change although no user can renew them.
func (c ConsoleChange) Expires() bool {
	switch {
	case c.Preference != nil:
		return c.forbidsPasswords()
	case c.Passwords != nil:
		before, after := c.Passwords.Before, c.Passwords.After
		age := after.MaxPasswordAge
		return age != nil && *age > 0 &&
			(before.MaxPasswordAge == nil || *before.MaxPasswordAge == 0 || *age < *before.MaxPasswordAge || ram.Is(after.HardExpiry, true) && !ram.Is(before.HardExpiry, true))
	}
	return c.endsSso()
}

// ages reports whether passwords can be too old after the change that were not before it.
func (c ConsoleChange) ages() bool {
	if c.Passwords == nil {
		return c.endsSso()
	}
	before, after := c.Passwords.Before, c.Passwords.After
	return Shorter(after.InitialPasswordAge, before.InitialPasswordAge) || Shorter(hardAge(after), hardAge(before))
}

// Shorter reports whether a limit in days gets shorter; 0 is none.
func Shorter(after, before *int64) bool {
	return after != nil && *after > 0 && (before == nil || *before == 0 || *after < *before)
}

// hardAge is the age from which only an administrator can reset a password.
func hardAge(p ram.PasswordPolicy) *int64 {
	if !ram.Is(p.HardExpiry, true) {
		return nil
	}
	return p.MaxPasswordAge
}

func (c ConsoleChange) resetQuestion() bool { return c.forbidsPasswords() || c.endsSso() }

// MayRequireFactors reports whether users without a factor may lose access.
func (c ConsoleChange) MayRequireFactors() bool {
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
	return c.Preference != nil && ram.Is(c.Preference.After.AllowUserToChangePassword, false) && !ram.Is(c.Preference.Before.AllowUserToChangePassword, false)
}

func (c ConsoleChange) endsSso() bool {
	return c.Sso != nil && ram.Is(c.Sso.Before.SsoEnabled, true) && ram.Is(c.Sso.After.SsoEnabled, false)
}

// accountStates computes the states that the account can have while the writes of a run take effect.
type accountStates struct {
	ctx    context.Context
	client *ram.Client
	run    *Run
	change ConsoleChange
	unread error

	withSso bool
	users   []User  // of the account; nil: not read yet
	wanted  Factors // that the users were read with
}

// Transition is the console before and after the change, in one state of the other objects.
type Transition struct{ Before, After Console }

// step is one object before and after the change.
type step[S any] struct {
	before S
	after  Value[S]
}

// transitions returns the console before and after the change in every state of the other objects. What cannot be read may have
// any value, which the change keeps.
func (w *accountStates) transitions(passwords bool) (all []Transition) {
	policies := []step[ram.PasswordPolicy]{{}}
	if passwords {
		policies = w.policies()
	}
	ssos := w.sso()
	for _, p := range w.preferences() {
		for _, q := range policies {
			for _, s := range ssos {
				all = append(all, Transition{
					Console{Preference: p.before, Passwords: q.before, Sso: s.before},
					Console{p.after.Value, q.after.Value, s.after.Value, p.after.Accepted || q.after.Accepted || s.after.Accepted},
				})
			}
		}
	}
	return all
}

// steps returns how the value of another object develops: it stays, or becomes what the run plans.
func steps[S any](run *Run, object string, live S) (all []step[S]) {
	for _, v := range Values(run, object, live) {
		all = append(all, step[S]{live, v})
	}
	return all
}

// unchanged are values that stay.
func unchanged[S any](values ...S) (all []step[S]) {
	for _, v := range values {
		all = append(all, step[S]{v, Value[S]{Value: v}})
	}
	return all
}

func changed[S any](c *Change[S]) []step[S] { return []step[S]{{c.Before, Value[S]{Value: c.After}}} }

func (w *accountStates) preferences() []step[ram.SecurityPreference] {
	if w.change.Preference != nil {
		return changed(w.change.Preference)
	}
	live, err := w.client.RefreshSecurityPreference(w.ctx)
	if err != nil {
		w.unread = err
		return unchanged(strictPreferences...)
	}
	return steps(w.run, Preference, live)
}

// strictPreferences demand a factor of every user, or of those whose profile does. Users may not bind one, and each preference accepts,
// besides a device, one kind of factor or none. Users may change passwords or not: one who has to change the password, and may not, cannot log on before
// the change either, and so loses nothing by it.
var strictPreferences = func() (all []ram.SecurityPreference) {
	for _, change := range []bool{false, true} {
		for _, operation := range []string{Mandatory, independent} {
			for _, types := range [][]string{{}, {string(ram.VerifyPhone)}, {string(ram.VerifyEmail)}} {
				all = append(all, strict(change, operation, false, types))
			}
			all = append(all, strict(change, operation, true, []string{}))
		}
	}
	return all
}()

func strict(change bool, operation string, passkey bool, types []string) ram.SecurityPreference {
	return ram.SecurityPreference{
		AllowUserToChangePassword: &change, AllowUserToManageMFADevices: new(bool), AllowUserToLoginWithPasskey: &passkey,
		MFAOperationForLogin: &operation, VerificationTypes: types,
	}
}

func (w *accountStates) policies() []step[ram.PasswordPolicy] {
	if w.change.Passwords != nil {
		return changed(w.change.Passwords)
	}
	live, err := w.client.RefreshPasswordPolicy(w.ctx)
	if err != nil {
		w.unread = err
		return unchanged(ram.PasswordPolicy{MaxPasswordAge: new(int64(1))})
	}
	return steps(w.run, Passwords, live)
}

// sso returns the single sign-on of the account. If it cannot be read, passwords are assumed to be in use.
func (w *accountStates) sso() []step[ram.UserSsoSettings] {
	if w.change.Sso != nil {
		return changed(w.change.Sso)
	}
	if !w.withSso {
		return unchanged(ram.UserSsoSettings{})
	}
	live, err := w.client.RefreshUserSsoSettings(w.ctx)
	if err != nil {
		return unchanged(ram.UserSsoSettings{})
	}
	return steps(w.run, Sso, live)
}

// worstExpiry returns the shortest age at which passwords expire for good after the change, and not before.
func worstExpiry(all []Transition) (age int64, accepted bool) {
	accepted = true
	for _, t := range all {
		expiry, was := t.After.Expiry(), t.Before.Expiry()
		if expiry == 0 || was != 0 && was <= expiry {
			continue
		}
		if age == 0 || expiry < age {
			age = expiry
		}
		accepted = accepted && t.After.Accepted
	}
	return age, accepted
}

// losses returns which users lose access, live or as this run changes them.
func (w *accountStates) losses(all []Transition, factor bool) ([]Loss, error) {
	aged := w.change.ages()
	if !aged && !refusesUsers(all) {
		return nil, nil
	}
	wanted := Factors{}
	if factor {
		wanted = accepted(all)
	}
	if w.users == nil || wanted != w.wanted {
		users, err := consoleUsers(w.ctx, w.client, wanted)
		if err != nil {
			return nil, err
		}
		w.users, w.wanted = users, wanted
	}
	gone, profiles, pairs := Planned[Factors](w.run, Factor), Planned[User](w.run, Profile), []Pair{}
	for _, user := range w.users {
		if !factor { // whether the user has one is not the question, and was not read
			user.Factors.Device = true
		}
		if aged {
			user = w.aged(user, all)
		} else {
			user.Initial, user.Unchanged = false, 0
		}
		changed := user
		if p, planned := profiles[user.Name]; planned {
			changed.ResetPending, changed.MFARequired, changed.Accepted = p.Value.ResetPending, p.Value.MFARequired, p.Accepted
		}
		if p, planned := gone[user.Name]; planned {
			changed.Factors, changed.Accepted = changed.Factors.Without(p.Value), changed.Accepted || p.Accepted
		}
		for _, t := range all {
			pairs = append(pairs, Pair{t, user, user}, Pair{t, user, changed})
		}
	}
	return Losses(append(pairs, w.newProfiles(all, profiles)...)), nil
}

// aged returns a user with the greatest age that the initial password can have. A valid one is within the present limit, and not
// older than the profile.
func (w *accountStates) aged(user User, all []Transition) User {
	if !user.Initial || user.Expired {
		return user
	}
	for _, t := range all {
		if limit := t.Before.Passwords.InitialPasswordAge; user.Valid && limit != nil && *limit > 0 {
			user.Age = min(user.Age, time.Duration(*limit)*day)
		}
	}
	if !slices.ContainsFunc(all, func(t Transition) bool { return t.After.Refuses(user) == Initial }) {
		return user
	}
	if created, err := w.client.LoginProfileCreated(w.ctx, user.Name); err == nil {
		now, _ := w.client.ServerNow()
		user.Age = min(user.Age, now.Sub(created))
	}
	return user
}

// newProfiles are the users that the run lets log on with a password that has to be changed. They are judged as if they could log on before, as
// in [UserChange.Judge].
func (w *accountStates) newProfiles(all []Transition, profiles map[string]Value[User]) (pairs []Pair) {
	for name, p := range profiles {
		if !p.Value.ResetPending || slices.ContainsFunc(w.users, func(u User) bool { return u.Name == name }) {
			continue
		}
		able := User{Name: name, Factors: Factors{Device: true}}
		reset := able
		reset.ResetPending, reset.Accepted = true, p.Accepted
		for _, t := range all {
			pairs = append(pairs, Pair{t, able, reset})
		}
	}
	return pairs
}

// refusesUsers reports whether a user can exist who is refused after a change.
func refusesUsers(all []Transition) bool {
	return slices.ContainsFunc(all, func(t Transition) bool {
		return t.After.DemandsFactors() || t.After.Refuses(User{ResetPending: true}) != 0
	})
}
