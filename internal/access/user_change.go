// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"errors"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
)

// UserChange is a change of what one user needs to log on.
type UserChange struct {
	Name        string
	Reset       bool    // the password will have to be changed at the next logon
	MFARequired bool    // the login profile will demand a second factor
	Gone        Factors // second factors that are removed
}

// Object returns the object of the run that the change is about, with its value.
func (c UserChange) Object() (object string, value any) {
	if c.Gone != (Factors{}) {
		return Factor + c.Name, c.Gone
	}
	return Profile + c.Name, User{Name: c.Name, ResetPending: c.Reset, MFARequired: c.MFARequired}
}

// Judge returns why the user loses access, and why the worst case was assumed, if it was. It reads only what the
// question needs.
func (c UserChange) Judge(ctx context.Context, i *instance.Instance) (losses []Loss, unread error) {
	if !c.Reset && !c.MFARequired && c.Gone == (Factors{}) {
		return nil, nil
	}
	w := worlds{ctx: ctx, client: i.Client, run: Of(i)}
	for {
		before, afters := w.consoles(false)
		if !c.depends(afters) {
			return nil, nil
		}
		user, changed, logsOn, err := c.user(w)
		switch {
		case err != nil:
			return nil, errors.Join(w.unread, err)
		case !logsOn:
			return nil, nil
		}
		pairs := []Pair{}
		for _, after := range afters {
			pairs = append(pairs, Pair{before, after, user, changed})
		}
		losses = Losses(pairs)
		switch {
		case len(losses) == 0:
			return nil, nil
		case w.withSso:
			return losses, w.unread
		}
		w.withSso = true
	}
}

// depends reports whether the change can matter to a console.
func (c UserChange) depends(consoles []Console) bool {
	for _, console := range consoles {
		if console.DemandsFactors() && (c.MFARequired || c.Gone != (Factors{})) || console.Refuses(User{ResetPending: c.Reset}) == Reset {
			return true
		}
	}
	return false
}

// user returns the user before and after the change, and whether the user can log on. One who gets a profile with a password that has to be
// changed is judged as if the user could.
func (c UserChange) user(w worlds) (before, after User, logsOn bool, err error) {
	reset := User{Name: c.Name, ResetPending: true, Factors: Factors{Device: true}}
	if !c.MFARequired && c.Gone == (Factors{}) {
		return User{Name: c.Name}, reset, true, nil
	}
	before, logsOn, err = consoleUser(w.ctx, w.client, c.Name)
	if err != nil || !logsOn {
		return User{Name: c.Name}, reset, c.Reset && err == nil, err
	}
	if before.Factors, err = factorsOf(w.ctx, w.client, c.Name); err != nil {
		return before, before, false, err
	}
	after = before
	after.ResetPending, after.MFARequired = after.ResetPending || c.Reset, after.MFARequired || c.MFARequired
	gone := Planned[Factors](w.run, Factor)[c.Name]
	after.Factors, after.Accepted = after.Factors.Without(gone.Value).Without(c.Gone), gone.Accepted
	return before, after, true, nil
}

// JudgeUser records a change of a user, and judges it.
func JudgeUser(ctx context.Context, i *instance.Instance, c UserChange, accepted bool) (losses []Loss, unread error) {
	run := Of(i)
	object, value := c.Object()
	if factors, is := value.(Factors); is { // of several devices of a user, each removal counts
		before := Planned[Factors](run, Factor)[c.Name].Value
		value = Factors{factors.Device || before.Device, factors.Phone || before.Phone, factors.Email || before.Email, factors.Passkey || before.Passkey}
	}
	err := run.Judge(ctx, object, value, accepted, func() { losses, unread = c.Judge(ctx, i) })
	if err != nil {
		return nil, err
	}
	return losses, unread
}
