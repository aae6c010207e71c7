// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package mfa binds virtual MFA devices to users.
package mfa

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// codes are those of the previous and the present time step by the service's
// clock. If they were used already, it waits until there are two new ones.
func unusedCodes(ctx context.Context, i *instance.Instance, seed string) (code1, code2 string, err error) {
	for range 3 {
		now, err := i.Client.ServerTime(ctx)
		if err != nil {
			return "", "", err
		}
		step := ram.TOTPStep(now)
		next, taken := i.Steps.Take(seed, step)
		if taken {
			return twoCodes(seed, step)
		}
		// The Date header, which has the service's time, counts whole seconds.
		begins := time.Unix(next*int64(instance.StepLength/time.Second), 0).Add(time.Second)
		if err := i.Client.Pause(ctx, begins.Sub(now)); err != nil {
			return "", "", err
		}
	}
	return "", "", errors.New("no time step came that was not used yet; look at the clock of this machine")
}

func twoCodes(seed string, step int64) (code1, code2 string, err error) {
	if code1, err = ram.TOTP(seed, step-1); err != nil {
		return "", "", err
	}
	code2, err = ram.TOTP(seed, step)
	return code1, code2, err
}

// Bind gives a device to a user. After a refusal, or when it is not known what
// became of the call, it tries once more with two unused steps. An error whose
// outcome is unknown is that of a call which may have taken effect.
func Bind(ctx context.Context, i *instance.Instance, user ram.User, serial, seed string) error {
	var doubt error
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := sendCodes(ctx, i, user.Name, serial, seed)
		switch {
		case err == nil:
			return nil
		case ram.Exists(err): // as after a call that took effect unseen
			held, unread := holdsDevice(ctx, i, user, serial)
			switch {
			case held:
				return nil
			case unread != nil && doubt != nil:
				return doubt
			}
			return err
		case ram.OutcomeUnknown(err):
			if bindTookEffect(ctx, i, user, serial, attempt) {
				return nil
			}
			doubt = err
		case !codesRefused(err):
			return err
		}
		if attempt == 2 {
			return err
		}
	}
}

// took reports whether a bind of unknown outcome took effect. The first time one look
// will do: the second bind waits for new steps, and is then refused if it did.
func bindTookEffect(ctx context.Context, i *instance.Instance, user ram.User, serial string, attempt int) bool {
	if attempt > 1 {
		held, _ := holdsDevice(ctx, i, user, serial)
		return held
	}
	device, found, err := Refresh(ctx, i, serial)
	return err == nil && found && device.UserID == user.ID
}

// holds reports whether a user has the device: by what the service says of the user,
// or else by what it comes to show of the device. The error is that neither can be read.
func holdsDevice(ctx context.Context, i *instance.Instance, user ram.User, serial string) (bool, error) {
	mfa, err := i.Client.UserMFA(ctx, user.Name)
	if err == nil && mfa.Enabled && mfa.SerialNumber != "" {
		return mfa.SerialNumber == serial, nil
	}
	if err != nil && !ram.Denied(err) {
		return false, err
	}
	owner := ""
	_, err = Wait(ctx, i, serial, func(d ram.MFADevice, _ bool) bool {
		owner = d.UserID
		return owner != ""
	})
	return err == nil && owner == user.ID, err
}

func sendCodes(ctx context.Context, i *instance.Instance, userName, serial, seed string) error {
	code1, code2, err := unusedCodes(ctx, i, seed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C, so that its outcome is known
	defer cancel()
	return i.Client.BindMFADevice(ctx, userName, serial, code1, code2)
}

// codesRefused reports whether the service did not take the two codes (documented).
func codesRefused(err error) bool {
	var answer *ram.Error
	return errors.As(err, &answer) && answer.Code == "CheckAuthenticationCodeFail"
}

// ExplainRefusedCodes says why a bind failed, as far as codes and clocks are to blame.
func ExplainRefusedCodes(i *instance.Instance, err error) string {
	if !codesRefused(err) {
		return ""
	}
	offset, known := i.Client.ClockOffset()
	switch {
	case !known || offset.Abs() <= instance.StepLength:
		return "\n\nThe codes of two pairs of time steps were refused, so the seed may be that of another device."
	case offset > 0:
		return fmt.Sprintf("\n\nThe codes of two pairs of time steps were refused. They were made for the service's time, by the Date of its answers, "+
			"and the clock of this machine is %s behind that. Set the clock right (NTP); if it is, the seed may be that of another device.", offset.Round(time.Second))
	default:
		return fmt.Sprintf("\n\nThe codes of two pairs of time steps were refused. They were made for the service's time, by the Date of its answers, "+
			"and the clock of this machine is %s ahead of that. Set the clock right (NTP); if it is, the seed may be that of another device.", offset.Abs().Round(time.Second))
	}
}

// Unbind takes a device off the user who has it now. A device that is not bound is no error.
func Unbind(ctx context.Context, i *instance.Instance, device ram.MFADevice) error {
	err := i.Client.UnbindMFADevice(ctx, device.UserName)
	if ram.NotFound(err, "User.MFADevice", "User") {
		return nil
	}
	return err
}

// Refresh looks for a device, bypassing the cache.
func Refresh(ctx context.Context, i *instance.Instance, serial string) (device ram.MFADevice, found bool, err error) {
	return i.Client.RefreshMFADevice(ctx, serial)
}

// Wait looks for a device again and again until it is as wanted; false if it is
// not within the patience that there is for what the service shows late.
func Wait(ctx context.Context, i *instance.Instance, serial string, wanted func(device ram.MFADevice, found bool) bool) (bool, error) {
	return i.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		device, found, err := Refresh(ctx, i, serial)
		return err == nil && wanted(device, found), err
	})
}

// OtherDevice is the device that a user has already, if it may be read. A user
// has one at most.
func OtherDevice(ctx context.Context, i *instance.Instance, userName, serial string) (ram.UserMFA, bool, error) {
	mfa, err := i.Client.UserMFA(ctx, userName)
	if ram.Denied(err) {
		return ram.UserMFA{}, false, nil // the bind itself will tell
	}
	return mfa, err == nil && mfa.Enabled && mfa.SerialNumber != serial, err
}

// Owner names the user who has a device.
func Owner(d ram.MFADevice) string {
	return fmt.Sprintf("%q (user id %s)", d.UserName, d.UserID)
}
