// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"
	"errors"
	"fmt"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// SetStatus enables or disables a credential. It reports whether the credential does not exist. It survives one Ctrl-C.
// If the outcome is still unknown, it reads the listed status.
func (s Set[C]) SetStatus(ctx context.Context, id, status string) (missing bool, err error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	missing, err = s.change(sending, func(name string) error { return s.Kind.SetStatus(sending, name, id, status) })
	if !ram.OutcomeUnknown(err) {
		return missing, err
	}
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	listing, lost := s.Refresh(reading, id)
	one, found := In(listing.All, id)
	now := one.Facts().Status
	switch {
	case lost != nil || !found:
		return false, diagnostics.WithState(fmt.Sprintf("It is not known whether the %s %s is %s now.", s.Kind.Word, id, status), err)
	case now == status:
		return false, nil
	}
	return false, diagnostics.WithState(fmt.Sprintf(
		"It is not known whether the %s %s is %s now: the service lists it as %s, but the request may still take effect.", s.Kind.Word, id, status, now), err)
}

// Disable disables a credential and waits until it is listed as Inactive. It does nothing for a credential that does
// not exist.
func (s Set[C]) Disable(ctx context.Context, id string) error {
	missing, err := s.SetStatus(ctx, id, ram.Inactive)
	if err != nil {
		return err
	}
	disabled, err := s.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		listing, err := s.Refresh(ctx, id)
		one, found := In(listing.All, id)
		if found && missing { // the not-found response was wrong
			missing, err = s.SetStatus(ctx, id, ram.Inactive)
		}
		return err == nil && (!found || one.Facts().Status == ram.Inactive), err
	})
	if err == nil && !disabled {
		err = fmt.Errorf("the service still listed the %s as Active after %s. Run again", s.Kind.Word, instance.ListLimit)
	}
	return diagnostics.WithState(fmt.Sprintf("The request to disable the %s %s was accepted, but it is not confirmed that it is Inactive.", s.Kind.Word, id), err)
}

// WaitListed waits until the service lists a credential with a status. It returns the user's credentials from the last
// read.
func (s Set[C]) WaitListed(ctx context.Context, id, status string) (all []C, listed bool, err error) {
	listed, err = s.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		var err error
		all, err = s.Kind.Refresh(ctx, s.user())
		if ram.NotFound(err, "User") { // the user may be visible as late as the credential
			return false, nil
		}
		one, found := In(all, id)
		return found && one.Facts().Status == status, err
	})
	return all, listed, err
}

// Remove disables a credential, if its kind can be disabled, and deletes it. See [Set.Delete].
func (s Set[C]) Remove(ctx context.Context, id string, listed bool) error {
	if s.Kind.SetStatus == nil {
		return s.deleteInactive(ctx, id, listed, false)
	}
	missing, err := s.SetStatus(ctx, id, ram.Inactive)
	if err != nil {
		return diagnostics.WithState("The "+s.Kind.Word+" was not deleted, and may have been disabled.", err)
	}
	return s.deleteInactive(ctx, id, listed, !missing)
}

// Delete deletes a disabled credential and waits until it is no longer listed. It always sends the request, because no
// list proves that a credential does not exist. It believes a not-found response if the service returns it twice and
// does not list the credential. It does not believe it for a credential that was never listed, because the service may
// not know the credential everywhere yet. A conflict means that the credential is still active, so Delete disables it
// again first.
func (s Set[C]) Delete(ctx context.Context, id string, listed bool) error {
	return s.deleteInactive(ctx, id, listed, true)
}

func (s Set[C]) deleteInactive(ctx context.Context, id string, listed, disabled bool) error {
	accepted := false
	request := func(ctx context.Context) (bool, error) {
		missing, err := s.deleteOnce(ctx, id)
		if ram.Conflict(err) && s.Kind.SetStatus != nil { // the not-found response to the disabling was wrong
			if _, err = s.SetStatus(ctx, id, ram.Inactive); err == nil {
				missing, err = s.deleteOnce(ctx, id)
			}
		}
		accepted = accepted || err == nil && !missing
		return accepted, err
	}
	_, err := request(ctx)
	if err == nil && !accepted {
		_, err = s.ConfirmGone(ctx, request)
	}
	if err != nil {
		return diagnostics.WithState(s.mayBeDeleted(disabled), err)
	}
	var contradiction error
	gone, err := s.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		listing, err := s.list(ctx, s.Kind.Refresh, []string{id})
		if contradiction = nil; errors.Is(err, errContradiction) {
			contradiction = err
			return false, nil
		}
		_, found := In(listing.All, id)
		if err == nil && !accepted && (found || !listed) {
			_, err = request(ctx)
			return false, err
		}
		return !found, err
	})
	switch {
	case err != nil || gone:
	case contradiction != nil:
		err = contradiction
	case !accepted:
		err = fmt.Errorf("the service reports that the %[1]s does not exist, but has never listed it since it created the %[1]s, so some of its servers may not know the %[1]s yet. Run again later: a new %[1]s may be listed as late as %[2]s after its creation", s.Kind.Word, instance.LateLimit)
	default:
		err = fmt.Errorf("the service still listed the %s after %s. Run again", s.Kind.Word, instance.ListLimit)
	}
	switch {
	case !accepted:
		return diagnostics.WithState(s.mayBeDeleted(disabled), err)
	case s.Kind.SetStatus == nil:
		return diagnostics.WithState(fmt.Sprintf("The service accepted the deletion of the %[1]s, but it is not confirmed that the %[1]s no longer exists.", s.Kind.Word), err)
	}
	return diagnostics.WithState(fmt.Sprintf("The %[1]s is disabled, and the service accepted its deletion, but it is not confirmed that the %[1]s no longer exists.", s.Kind.Word), err)
}

func (s Set[C]) mayBeDeleted(disabled bool) string {
	switch {
	case s.Kind.SetStatus == nil:
		return "The " + s.Kind.Word + " may have been deleted."
	case disabled:
		return "The " + s.Kind.Word + " is disabled. It may have been deleted."
	}
	return "The " + s.Kind.Word + " may have been disabled, and may have been deleted."
}

// deleteOnce sends one request to delete a credential. It reports whether the credential does not exist.
func (s Set[C]) deleteOnce(ctx context.Context, id string) (missing bool, err error) {
	return s.change(ctx, func(name string) error { return s.Kind.Delete(ctx, name, id) })
}

// change changes a credential. If the service does not find it or its user, change finds the current name of the user
// and makes the change again.
func (s Set[C]) change(ctx context.Context, act func(name string) error) (missing bool, err error) {
	err = act(s.user())
	if !ram.NotFound(err, "User", s.Kind.MissingCode) {
		return false, err
	}
	renamed, err := owner.FollowRename(ctx, s.Instance, s.Owner)
	if err != nil || !renamed {
		return true, err
	}
	err = act(s.user())
	if ram.NotFound(err, "User", s.Kind.MissingCode) {
		return true, nil
	}
	return false, err
}
