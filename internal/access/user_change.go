// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"errors"
	"slices"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// UserChange is a change of what one user needs to log on.
type UserChange struct {
	Name        string
	ID          string  // of the user, who may have been renamed; "" if Name is the present name
	Reset       bool    // the password will have to be changed at the next logon
	MFARequired bool    // the login profile will demand a second factor
	Gone        Factors // second factors that are removed

	unfollowed error // why the present name is not known
}

// none reports whether the change takes nothing away.
func (c UserChange) none() bool { return !c.Reset && !c.MFARequired && c.Gone == (Factors{}) }

// follow finds the present name of a user who may have been renamed.
func (c *UserChange) follow(ctx context.Context, client *ram.Client) {
	if c.ID == "" || c.none() {
		return
	}
	user, err := client.UserByID(ctx, c.ID)
	switch {
	case err == nil:
		c.Name = user.Name
	case !ram.NotFound(err, "User"):
		c.unfollowed = err
	}
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
	if c.none() {
		return nil, nil
	}
	w := accountStates{ctx: ctx, client: i.Client, run: Of(i)}
	for {
		all := w.transitions(false)
		if !c.depends(all) {
			return nil, nil
		}
		user, changed, logsOn, err := c.user(w, all)
		switch {
		case err != nil && w.withSso:
			return nil, errors.Join(w.unread, err)
		case err != nil:
			w.withSso = true
			continue
		case !logsOn:
			return nil, nil
		}
		pairs := []Pair{}
		for _, t := range all {
			pairs = append(pairs, Pair{t, user, changed})
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
func (c UserChange) depends(all []Transition) bool {
	matters := c.MFARequired || c.Gone != c.Gone.Without(accepted(all))
	for _, t := range all {
		if console := t.After; console.DemandsFactors() && matters || console.Refuses(User{ResetPending: c.Reset}) == Reset {
			return true
		}
	}
	return false
}

// user returns the user before and after the change, and whether the user can log on. Factors are read only if one of the consoles demands
// one. A user who gets a password that has to be changed is judged as if the user could log on.
func (c UserChange) user(w accountStates, all []Transition) (before, after User, logsOn bool, err error) {
	able := User{Name: c.Name, Factors: Factors{Device: true}}
	reset := able
	reset.ResetPending = true
	if !c.MFARequired && c.Gone == (Factors{}) {
		return able, reset, true, nil
	}
	before, logsOn, err = consoleUser(w.ctx, w.client, c.Name)
	if ram.NotFound(err, "User") {
		err = c.unfollowed
	}
	if err != nil || !logsOn {
		return able, reset, c.Reset && err == nil, err
	}
	after = before
	planned := Planned[User](w.run, Profile)[c.Name]
	after.ResetPending, after.MFARequired = after.ResetPending || c.Reset, after.MFARequired || c.MFARequired || planned.Value.MFARequired
	if !slices.ContainsFunc(all, func(t Transition) bool { return t.After.demandsFactor(after) }) {
		before.Factors, after.Factors = Factors{Device: true}, Factors{Device: true}
		return before, after, true, nil
	}
	if before.Factors, err = factorsOf(w.ctx, w.client, c.Name, accepted(all)); err != nil {
		return before, before, false, err
	}
	gone := Planned[Factors](w.run, Factor)[c.Name]
	after.Factors, after.Accepted = before.Factors.Without(gone.Value).Without(c.Gone), gone.Accepted || planned.Accepted
	return before, after, true, nil
}

// JudgeUser records a change of a user, and judges it.
func JudgeUser(ctx context.Context, i *instance.Instance, c UserChange, accepted bool) (losses []Loss, unread error) {
	run := Of(i)
	c.follow(ctx, i.Client)
	object, value := c.Object()
	if factors, is := value.(Factors); is { // of several devices of a user, each removal counts
		before := Planned[Factors](run, Factor)[c.Name].Value
		value = Factors{factors.Device || before.Device, factors.Phone || before.Phone, factors.Email || before.Email, factors.Passkey || before.Passkey}
	}
	err := run.Hold(ctx, object, value, accepted, func() { losses, unread = c.Judge(ctx, i) })
	if err != nil {
		return nil, err
	}
	return losses, unread
}
