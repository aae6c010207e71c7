// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package accesskey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// NotCreated is said only when it is proven: nothing was sent, the service refused every request, or the user is gone.
const NotCreated = "No key was created."

// Creation creates one key. The service accepts no token that would make the request repeatable, therefore only the list
// of the user's keys shows whether a request took effect (KEY-01 to KEY-05).
type Creation struct {
	Keys
	Encrypt func(secret string) (string, error) // nil: the secret stays as it is
	Before  []ram.AccessKey                     // the keys just before the create

	unknown []time.Time     // when requests were sent whose outcome is unknown
	added   []ram.AccessKey // the keys that were listed since, and not before
}

// Created is a key that the service has created. Its secret is plain, or encrypted, or missing.
type Created struct {
	ram.AccessKey

	EncryptedSecret string
}

// Create sends the request, and a second time only if no key is listed that was not listed before. A key with an id
// exists and must be saved, also if there is an error: then the key has no secret, and could not be deleted.
func (c *Creation) Create(ctx context.Context) (Created, error) {
	for {
		key, err := c.send(ctx)
		var secretless *ram.MissingSecretError
		switch {
		case err == nil:
			return c.encrypt(ctx, key)
		case errors.As(err, &secretless):
			return c.withdraw(ctx, secretless.Key, "and did not return its secret", err)
		case !ram.OutcomeUnknown(err):
			return Created{}, c.refused(ctx, err)
		}
		// The outcome stays unknown until the end, whatever happens since: a key may be listed late.
		c.unknown = append(c.unknown, c.serverNow())
		reason, err := c.watch(ctx, err)
		if err != nil {
			return Created{}, c.fail(reason, err)
		}
	}
}

// errOldKey is an answer that names a key from before the create.
var errOldKey = errors.New("the answer names a key that existed before")

// send sends one request, which survives one Ctrl-C. An answer that names a key from before is not the answer to this
// request, whoever gave it.
func (c *Creation) send(ctx context.Context) (ram.AccessKey, error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	key, err := c.Client.CreateAccessKey(sending, c.user())
	var secretless *ram.MissingSecretError
	id := key.ID
	if errors.As(err, &secretless) {
		id = secretless.Key.ID
	}
	if _, old := In(c.Before, id); old {
		return ram.AccessKey{}, &ram.NoResponseError{Action: "CreateAccessKey", Sent: true, Err: errOldKey}
	}
	return key, err
}

func (c *Creation) encrypt(ctx context.Context, key ram.AccessKey) (Created, error) {
	if c.Encrypt == nil {
		return Created{AccessKey: key}, nil
	}
	encrypted, err := c.Encrypt(key.Secret)
	if err != nil {
		return c.withdraw(ctx, key, "whose secret could not be encrypted, although a test had succeeded", err)
	}
	key.Secret = ""
	return Created{AccessKey: key, EncryptedSecret: encrypted}, nil
}

// withdraw deletes the key that the service just returned by its id: it is ours, and useless without its secret.
func (c *Creation) withdraw(ctx context.Context, key ram.AccessKey, why string, cause error) (Created, error) {
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+2*instance.SendLimit)
	defer cancel()
	what := fmt.Sprintf("The service created the key %s of %s, %s", key.ID, c.user(), why)
	lost := c.Remove(removing, key.ID, false)
	if lost == nil {
		return Created{}, c.fail(what+". The provider has deleted the key again. Run again.", cause)
	}
	key.Secret = ""
	return Created{AccessKey: key}, c.fail(fmt.Sprintf("%s, and the key could not be deleted again: %s\n\nIf the state contains it, it is marked as tainted, and the next apply replaces it. Otherwise delete it:\n\n%s",
		what, diagnostics.Explain(lost), Commands(c.user(), key)), cause)
}

// refused is the error of a request that the service has refused. A request before it may have created a key nevertheless.
func (c *Creation) refused(ctx context.Context, cause error) error {
	switch {
	case len(c.unknown) > 0:
		reason, _ := c.watch(ctx, cause)
		if ram.LimitExceeded(cause) {
			reason = strings.TrimSpace("The service says now that the user has as many keys as allowed, so the first request has probably created one. " + reason)
		}
		return c.fail(reason, cause)
	case !ram.LimitExceeded(cause):
		return cause
	}
	keys, err := c.Client.RefreshAccessKeys(ctx, c.user())
	if err != nil {
		return cause
	}
	return diagnostics.WithState(fmt.Sprintf("%s %s has these keys:\n\n%s\n\nDelete one that is not needed, or import it: terraform import ADDRESS %s.",
		NotCreated, c.user(), Describe(c.Instance, keys), ImportID(c.user(), keys)), cause)
}

// watch lists the keys for as long as a new one may take to be listed. It returns cause if the create must not be
// repeated, and the reason. Any key that is new may be another administrator's, so none is touched (KEY-03, KEY-04).
func (c *Creation) watch(ctx context.Context, cause error) (reason string, err error) {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+instance.SendLimit) // reads once more after a Ctrl-C
	defer cancel()
	userMissing := 0 // how often in a row
	read := func(context.Context) (bool, error) {
		listing, err := c.list(reading, c.Client.RefreshAccessKeys, nil)
		if errors.Is(err, errContradiction) {
			err = nil
			listing.UserExists = true
		}
		if userMissing++; listing.UserExists {
			userMissing = 0
		}
		c.note(listing.Keys)
		return false, err
	}
	_, err = c.WaitUntil(ctx, instance.ListLimit, read)
	interrupted := ctx.Err() != nil
	if interrupted {
		_, err = read(reading)
	}
	switch {
	case len(c.added) > 0:
		return "", cause
	case err == nil && !interrupted && userMissing >= 2: // and its keys with it
		c.unknown = nil
		return NotCreated + " The user does not exist any more.", cause
	case err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return "The user's keys cannot be listed: " + diagnostics.Explain(err), cause
	case err != nil || interrupted:
		return "The run ended before a new key would be listed.", cause
	}
	if len(c.unknown) > 1 {
		return "", cause
	}
	return "", nil
}

// note notes the keys that were not listed before the create.
func (c *Creation) note(keys []ram.AccessKey) {
	c.added = union(c.added, slices.DeleteFunc(slices.Clone(keys), func(key ram.AccessKey) bool {
		_, old := In(c.Before, key.ID)
		return old
	}))
}

// others are the keys that were listed since the create, but for the created one.
func (c *Creation) others(id string) []ram.AccessKey {
	return slices.DeleteFunc(slices.Clone(c.added), func(key ram.AccessKey) bool { return key.ID == id })
}

func (c *Creation) serverNow() time.Time {
	now, _ := c.Client.ServerNow()
	return now.UTC().Truncate(time.Second)
}

// fail adds to an error what may exist.
func (c *Creation) fail(state string, cause error) error {
	if len(c.unknown) > 0 {
		state = strings.TrimSpace(state + "\n\n" + c.explainUnknown(c.added))
	}
	if state == "" {
		return cause
	}
	return diagnostics.WithState(state, cause)
}

// explainUnknown says which keys the requests of unknown outcome may have created, and how they are found.
func (c *Creation) explainUnknown(candidates []ram.AccessKey) string {
	times := []string{}
	for _, at := range c.unknown {
		times = append(times, at.Format(time.TimeOnly))
	}
	text := fmt.Sprintf("The outcome of the create that was sent at %s UTC is unknown. It may have created a key of %s, whose secret is then lost. ",
		strings.Join(times, ", and of the one at "), c.user())
	const resolve = "The provider does not delete a key that it cannot identify. Ask the administrators whether one of them created it. If not, and no Terraform state contains it, disable and delete it:\n\n"
	if len(candidates) > 0 {
		return text + fmt.Sprintf("Since then, these keys have appeared; the state does not contain them:\n\n%s\n\n%s%s\n\nThen run again. If an administrator created the key, leave it, or import it without its secret: terraform import ADDRESS %s",
			Describe(c.Instance, candidates), resolve, Commands(c.user(), candidates...), ImportID(c.user(), candidates))
	}
	before := "had no key"
	if len(c.Before) > 0 {
		before = "had these keys:\n\n" + Describe(c.Instance, c.Before)
	}
	last := c.unknown[len(c.unknown)-1].Add(instance.LateLimit)
	user := c.user()
	return text + fmt.Sprintf("No new key was listed yet, but it may be listed as late as %s UTC. Before the create, %s %s\n\nList the keys, and once more after that time:\n\n  aliyun ram ListAccessKeys --UserName %s\n\n%s%s\n\nThen run again.",
		last.Format(time.TimeOnly), user, before, user, resolve, Commands(user, ram.AccessKey{ID: "KEY_ID"}))
}

// WaitListed waits until the created key is listed with a status, and notes keys that appear beside it. A key that is not
// listed was created nevertheless, so that is a warning.
func (c *Creation) WaitListed(ctx context.Context, id, status string, diags *diag.Diagnostics) (keys []ram.AccessKey, listed bool) {
	keys, listed, err := c.Keys.WaitListed(ctx, id, status)
	c.note(keys)
	if !listed {
		WarnUnconfirmed(diags, c.user(), id, status, err)
		return keys, false
	}
	c.Client.ConfirmAccessKeys(c.user(), keys)
	return keys, true
}

// WarnUnconfirmed warns that the service does not list a key as it was created or changed.
func WarnUnconfirmed(diags *diag.Diagnostics, user, id, status string, err error) {
	why := fmt.Sprintf("The service has not listed it as %s within %s.", status, instance.ListLimit)
	if err != nil {
		why = diagnostics.Explain(err)
	}
	diags.AddWarning("Cannot confirm the AccessKey "+id, fmt.Sprintf(
		"The service accepted that the key %s of %s is %s, and the state contains it. %s\n\nThe next refresh shows its status.", id, user, status, why))
}

// Warn names the keys that may exist beside the created one: a request of unknown outcome before it may have created one;
// networks also deliver a request twice. The secret of such a key is lost.
func (c *Creation) Warn(id string, listed bool, diags *diag.Diagnostics) {
	user, others := c.user(), c.others(id)
	switch {
	case len(c.unknown) > 0:
		diags.AddWarning(fmt.Sprintf("User %s may have another new AccessKey beside %s", user, id), fmt.Sprintf(
			"The key %s of %s was created, and the state contains it with its secret. A request before it failed.\n\n%s", id, user, c.explainUnknown(others)))
	case len(others) > 0:
		diags.AddWarning(fmt.Sprintf("User %s has another new AccessKey beside %s", user, id), fmt.Sprintf(
			"The key %s of %s was created, and the state contains it. In the meantime, these keys have appeared:\n\n%s\n\n"+
				"Another administrator may have created them; or the network delivered the request twice, and the secret is lost. The provider does not delete a key that it cannot identify. "+
				"Ask the administrators whether one of them created it. If not, and no Terraform state contains it, disable and delete it:\n\n%s", id, user, Describe(c.Instance, others), Commands(user, others...)))
	case !listed:
		diags.AddWarning(fmt.Sprintf("Cannot check whether user %s has another new AccessKey beside %s", user, id), fmt.Sprintf(
			"A network may deliver a request twice, and then the secret of the second key is lost. This command lists all keys of %s; the state contains %s:\n\n  aliyun ram ListAccessKeys --UserName %[1]s", user, id))
	}
}
