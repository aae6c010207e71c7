// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package accesskey

import (
	"context"
	"errors"
	"fmt"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// SetStatus enables or disables a key, and reports whether the key is missing. It survives one Ctrl-C. If the outcome is
// unknown nevertheless, it reads the status that the service lists.
func (k Keys) SetStatus(ctx context.Context, id, status string) (missing bool, err error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	missing, err = k.change(sending, func(name string) error { return k.Client.UpdateAccessKey(sending, name, id, status) })
	if !ram.OutcomeUnknown(err) {
		return missing, err
	}
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	listing, lost := k.Refresh(reading, id)
	key, found := In(listing.Keys, id)
	switch {
	case lost != nil || !found:
		return false, diagnostics.WithState(fmt.Sprintf("It is not known whether the key %s is %s now.", id, status), err)
	case key.Status == status:
		return false, nil
	}
	return false, diagnostics.WithState(fmt.Sprintf(
		"It is not known whether the key %s is %s now: the service lists it as %s, but the request may still take effect.", id, status, key.Status), err)
}

// Disable disables a key and waits until it is listed as Inactive. A key that does not exist needs nothing more.
func (k Keys) Disable(ctx context.Context, id string) error {
	missing, err := k.SetStatus(ctx, id, Inactive)
	if err != nil {
		return err
	}
	disabled, err := k.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		listing, err := k.Refresh(ctx, id)
		key, found := In(listing.Keys, id)
		if found && missing { // the answer that it does not exist was wrong
			missing, err = k.SetStatus(ctx, id, Inactive)
		}
		return err == nil && (!found || key.Status == Inactive), err
	})
	if err == nil && !disabled {
		err = fmt.Errorf("the service still listed the key as Active after %s. Run again", instance.ListLimit)
	}
	return diagnostics.WithState(fmt.Sprintf("The request to disable the key %s was accepted, but it is not confirmed that the key is Inactive.", id), err)
}

// WaitListed waits until the service lists a key with a status, and returns the user's keys as they are then.
func (k Keys) WaitListed(ctx context.Context, id, status string) (keys []ram.AccessKey, listed bool, err error) {
	listed, err = k.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		var err error
		keys, err = k.Client.RefreshAccessKeys(ctx, k.user())
		if ram.NotFound(err, "User") { // the user may be listed as late as the key
			return false, nil
		}
		key, found := In(keys, id)
		return found && key.Status == status, err
	})
	return keys, listed, err
}

// Remove disables a key and deletes it, see [Keys.Delete].
func (k Keys) Remove(ctx context.Context, id string, listed bool) error {
	if _, err := k.SetStatus(ctx, id, Inactive); err != nil {
		return diagnostics.WithState("The key was not deleted, and may have been disabled.", err)
	}
	return k.Delete(ctx, id, listed)
}

// Delete deletes a key and waits until the service no longer lists it. The request is always sent, because no list proves
// that a key does not exist. The answer that it does not exist is believed if the service gives it twice and does not list
// the key. It is not believed for a key that the service has never listed: the service may not know it everywhere yet.
func (k Keys) Delete(ctx context.Context, id string, listed bool) error {
	accepted := false
	request := func(ctx context.Context) (bool, error) {
		missing, err := k.change(ctx, func(name string) error { return k.Client.DeleteAccessKey(ctx, name, id) })
		accepted = accepted || err == nil && !missing
		return accepted, err
	}
	_, err := request(ctx)
	if err == nil && !accepted {
		_, err = k.ConfirmGone(ctx, request)
	}
	if err != nil {
		return diagnostics.WithState(mayBeDeleted, err)
	}
	var contradiction error
	gone, err := k.WaitUntil(ctx, instance.ListLimit, func(ctx context.Context) (bool, error) {
		listing, err := k.list(ctx, k.Client.RefreshAccessKeys, []string{id})
		if contradiction = nil; errors.Is(err, errContradiction) {
			contradiction = err
			return false, nil
		}
		_, found := In(listing.Keys, id)
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
		err = fmt.Errorf("the service answers that the key does not exist, but has never listed it since it created it, so it may not know the key everywhere yet. Run again later: a new key may be listed as late as %s after its creation", instance.LateLimit)
	default:
		err = fmt.Errorf("the service still listed the key after %s. Run again", instance.ListLimit)
	}
	if accepted {
		return diagnostics.WithState("The key is disabled, and the service accepted its deletion, but it is not confirmed that the key is gone.", err)
	}
	return diagnostics.WithState(mayBeDeleted, err)
}

const mayBeDeleted = "The key is disabled. It may have been deleted."

// change changes a key. If the service does not find the key or its user, it follows the user to its present name, and
// changes the key once more.
func (k Keys) change(ctx context.Context, act func(name string) error) (missing bool, err error) {
	err = act(k.user())
	if !ram.NotFound(err, "User", "User.AccessKey") {
		return false, err
	}
	renamed, err := owner.FollowRename(ctx, k.Instance, k.Owner)
	if err != nil || !renamed {
		return true, err
	}
	err = act(k.user())
	if ram.NotFound(err, "User", "User.AccessKey") {
		return true, nil
	}
	return false, err
}
