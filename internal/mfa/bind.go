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

// unusedCodes returns the codes of the previous and the current time step of the service's
// clock. If one of the steps was already used, it waits for two unused steps.
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
		// The service's time comes from the Date header, which has whole seconds.
		begins := time.Unix(next*int64(instance.StepLength/time.Second), 0).Add(time.Second)
		if err := i.Client.Pause(ctx, begins.Sub(now)); err != nil {
			return "", "", err
		}
	}
	return "", "", errors.New("no unused time step was found; check the clock of this machine")
}

func twoCodes(seed string, step int64) (code1, code2 string, err error) {
	if code1, err = ram.TOTP(seed, step-1); err != nil {
		return "", "", err
	}
	code2, err = ram.TOTP(seed, step)
	return code1, code2, err
}

// Bind binds a device to a user. After refused codes or an unknown outcome it makes a
// second attempt with two unused steps. If ram.OutcomeUnknown is true for the returned
// error, the device may be bound.
func Bind(ctx context.Context, i *instance.Instance, user ram.User, serial, seed string) error {
	var unknown error
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := sendCodes(ctx, i, user.Name, serial, seed)
		switch {
		case err == nil:
			return nil
		case ram.Exists(err): // the case after a request that took effect without a response
			bound, unread := holdsDevice(ctx, i, user, serial)
			switch {
			case bound:
				return nil
			case unread != nil && unknown != nil:
				return unknown
			}
			return err
		case ram.OutcomeUnknown(err):
			if bindTookEffect(ctx, i, user, serial, attempt) {
				return nil
			}
			unknown = err
		case !codesRefused(err):
			return err
		}
		if attempt == 2 {
			return err
		}
	}
}

// bindTookEffect reports whether a bind with unknown outcome took effect. After the first
// attempt one read is sufficient: the second attempt waits for new steps, and the service
// refuses it if the first attempt took effect.
func bindTookEffect(ctx context.Context, i *instance.Instance, user ram.User, serial string, attempt int) bool {
	if attempt > 1 {
		held, _ := holdsDevice(ctx, i, user, serial)
		return held
	}
	device, found, err := Refresh(ctx, i, serial)
	return err == nil && found && device.UserID == user.ID
}

// holdsDevice reports whether a user has the device. It reads the user's MFA device or, if
// that fails, the user that the service returns for the device. It returns an error if both
// reads fail.
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C, so that the outcome is known
	defer cancel()
	return i.Client.BindMFADevice(ctx, userName, serial, code1, code2)
}

// codesRefused reports whether the service refused the two codes (documented).
func codesRefused(err error) bool {
	var refusal *ram.Error
	return errors.As(err, &refusal) && refusal.Code == "CheckAuthenticationCodeFail"
}

// ExplainRefusedCodes returns the likely cause of refused codes: the clock or the seed. It
// returns "" for other errors.
func ExplainRefusedCodes(i *instance.Instance, err error) string {
	if !codesRefused(err) {
		return ""
	}
	offset, _ := i.Client.ClockOffset()
	return explainOffset(offset)
}

// explainOffset returns the likely cause of refused codes, by how far the service's clock is ahead of that of this machine.
func explainOffset(offset time.Duration) string {
	clock := "behind"
	switch {
	case offset.Abs() <= instance.StepLength:
		return "\n\nThe codes of two pairs of time steps were refused, so the seed may belong to another device."
	case offset < 0:
		clock = "ahead of"
	}
	return fmt.Sprintf("\n\nThe codes of two pairs of time steps were refused. They were computed for the service's time, from the Date header of its responses, "+
		"and the clock of this machine is %s %s that. Correct the clock (NTP). If it is correct, the seed may belong to another device.", offset.Abs().Round(time.Second), clock)
}

// Unbind unbinds a device from its current user. A device that is not bound is no error.
func Unbind(ctx context.Context, i *instance.Instance, device ram.MFADevice) error {
	err := i.Client.UnbindMFADevice(ctx, device.UserName)
	if ram.NotFound(err, "User.MFADevice", "User") {
		return nil
	}
	return err
}

// Refresh reads a device. It bypasses the cache.
func Refresh(ctx context.Context, i *instance.Instance, serial string) (device ram.MFADevice, found bool, err error) {
	return i.Client.RefreshMFADevice(ctx, serial)
}

// Wait reads a device until wanted returns true. It returns false if that takes longer than
// instance.ConfirmLimit.
func Wait(ctx context.Context, i *instance.Instance, serial string, wanted func(device ram.MFADevice, found bool) bool) (bool, error) {
	return i.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		device, found, err := Refresh(ctx, i, serial)
		return err == nil && wanted(device, found), err
	})
}

// OtherDevice returns the user's device if it is not serial and may be read. A user has at
// most one device. A user whom this run created has only devices of this run.
func OtherDevice(ctx context.Context, i *instance.Instance, userName, serial string) (ram.UserMFA, bool, error) {
	if _, created := i.Client.ConfirmedUser(userName); created {
		return ram.UserMFA{}, false, nil // Bind reports it
	}
	mfa, err := i.Client.UserMFA(ctx, userName)
	if ram.Denied(err) {
		return ram.UserMFA{}, false, nil // Bind reports it
	}
	return mfa, err == nil && mfa.Enabled && mfa.SerialNumber != serial, err
}

// Owner returns the name and the id of the user that a device is bound to.
func Owner(d ram.MFADevice) string {
	return fmt.Sprintf("%q (user id %s)", d.UserName, d.UserID)
}
