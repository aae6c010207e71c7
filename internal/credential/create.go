// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package credential

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

// Creation creates one credential. The service accepts no idempotency token, so only the list of the user's credentials
// shows whether a request took effect (KEY-01 to KEY-05).
type Creation[C Credential] struct {
	Set[C]

	Encrypt func(secret string) (string, error)        // nil: the secret is not encrypted
	Protect func(ctx context.Context, id string) error // restricts the new credential before its secret is returned; nil: does nothing
	Before  []C                                        // credentials immediately before the create

	unknown []time.Time // times of the requests with unknown outcome
	added   []C         // credentials that were first listed after the create
}

// Created is a credential that the service has created. Its secret is plain, encrypted, or missing. No verb of package
// fmt prints it.
type Created[C Credential] struct {
	Credential      C
	Secret          string `json:"-"`
	EncryptedSecret string
}

// ID returns the id of the credential, or "" if none was created.
func (c Created[C]) ID() string { return c.Credential.Facts().ID }

// Format writes the credential without its secret for every verb.
func (c Created[C]) Format(state fmt.State, _ rune) { fmt.Fprint(state, c.ID()) }

// Create sends the request. It sends a second request only if no new credential is listed. A returned credential with
// an id exists and must be saved, even if there is also an error: its secret is then missing, and deleting it failed.
func (c *Creation[C]) Create(ctx context.Context) (Created[C], error) {
	for {
		created, err := c.send(ctx)
		var secretless *ram.MissingSecretError
		switch {
		case err == nil:
			return c.complete(ctx, created)
		case errors.As(err, &secretless):
			return c.withdraw(ctx, created.Credential, "and did not return its secret", err)
		case !ram.OutcomeUnknown(err):
			return Created[C]{}, c.refused(ctx, err)
		}
		// The outcome remains unknown whatever happens afterwards, because a key may be listed late.
		c.unknown = append(c.unknown, c.serverNow())
		reason, err := c.watch(ctx, err)
		if err != nil {
			return Created[C]{}, c.fail(reason, err)
		}
	}
}

// errExistedBefore means that the response names a credential that existed before the create.
var errExistedBefore = errors.New("the response names one that existed before")

// send sends one request, which survives one Ctrl-C. A response with a credential that existed before cannot be the
// response to this request, whatever its origin.
func (c *Creation[C]) send(ctx context.Context) (Created[C], error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit)
	defer cancel()
	one, secret, err := c.Kind.Create(sending, c.user())
	if _, old := In(c.Before, one.Facts().ID); old {
		return Created[C]{}, &ram.NoResponseError{Action: c.Kind.Action, Sent: true, Err: errExistedBefore}
	}
	return Created[C]{Credential: one, Secret: secret}, err
}

// complete restricts the new credential and encrypts its secret. It survives one Ctrl-C.
func (c *Creation[C]) complete(ctx context.Context, created Created[C]) (Created[C], error) {
	if c.Protect != nil {
		protecting, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+2*instance.SendLimit)
		defer cancel()
		if err := c.Protect(protecting, created.ID()); err != nil {
			return c.withdraw(ctx, created.Credential, "but its network policy could not be written", err)
		}
	}
	return c.encrypt(ctx, created)
}

func (c *Creation[C]) encrypt(ctx context.Context, created Created[C]) (Created[C], error) {
	if c.Encrypt == nil {
		return created, nil
	}
	encrypted, err := c.Encrypt(created.Secret)
	if err != nil {
		return c.withdraw(ctx, created.Credential, "whose secret could not be encrypted, although the test encryption had succeeded", err)
	}
	return Created[C]{Credential: created.Credential, EncryptedSecret: encrypted}, nil
}

// withdraw deletes the credential that the service has just returned. This run created it, and it is useless without
// its secret.
func (c *Creation[C]) withdraw(ctx context.Context, one C, why string, cause error) (Created[C], error) {
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+2*instance.SendLimit)
	defer cancel()
	id, word := one.Facts().ID, c.Kind.Word
	what := fmt.Sprintf("The service created the %s %s of %s, %s", word, id, c.user(), why)
	lost := c.Remove(removing, id, false)
	if lost == nil {
		return Created[C]{}, c.fail(what+". The provider then deleted the "+word+". Run again.", cause)
	}
	return Created[C]{Credential: one}, c.fail(fmt.Sprintf("%s, and deleting the %s failed: %s\n\nIf the state contains it, it is marked as tainted, and the next apply replaces it. Otherwise delete it:\n\n%s",
		what, word, diagnostics.Explain(lost), c.Kind.Remedy(c.user(), one)), cause)
}

// refused returns the error of a request that the service refused. An earlier request may still have taken effect.
func (c *Creation[C]) refused(ctx context.Context, cause error) error {
	switch {
	case len(c.unknown) > 0:
		reason, _ := c.watch(ctx, cause)
		if ram.LimitExceeded(cause) {
			reason = strings.TrimSpace("The service now reports that the user has the maximum number of " + c.Kind.Word + "s, so the first request has probably created one. " + reason)
		}
		return c.fail(reason, cause)
	case !ram.LimitExceeded(cause):
		return cause
	}
	all, err := c.Kind.Refresh(ctx, c.user())
	if err != nil {
		return cause
	}
	return diagnostics.WithState(fmt.Sprintf("%s %s has these %ss:\n\n%s\n\nDelete one that is not needed, or import it: terraform import ADDRESS %s.",
		c.Kind.NotCreated(), c.user(), c.Kind.Word, Describe(c.Instance, all), c.Kind.ImportID(c.user(), all)), cause)
}

// watch lists the credentials for as long as a new one may take to be listed. It returns cause if the create must not
// be repeated, and the reason. A new credential may belong to another administrator, so watch changes none (KEY-03,
// KEY-04).
func (c *Creation[C]) watch(ctx context.Context, cause error) (reason string, err error) {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+instance.SendLimit) // reads once more after a Ctrl-C
	defer cancel()
	userMissing := 0 // number of consecutive reads without the user
	read := func(context.Context) (bool, error) {
		listing, err := c.list(reading, c.Kind.Refresh, nil)
		if errors.Is(err, errContradiction) {
			err = nil
			listing.UserExists = true
		}
		if userMissing++; listing.UserExists {
			userMissing = 0
		}
		c.note(listing.All)
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
	case err == nil && !interrupted && userMissing >= 2: // the user's credentials were deleted with the user
		c.unknown = nil
		return c.Kind.NotCreated() + " The user no longer exists.", cause
	case err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return "The user's " + c.Kind.Word + "s cannot be listed: " + diagnostics.Explain(err), cause
	case err != nil || interrupted:
		return "The run ended before a new " + c.Kind.Word + " would be listed.", cause
	}
	if len(c.unknown) > 1 {
		return "", cause
	}
	return "", nil
}

// note records the credentials that were not listed before the create.
func (c *Creation[C]) note(all []C) {
	c.added = union(c.added, slices.DeleteFunc(slices.Clone(all), func(one C) bool {
		_, old := In(c.Before, one.Facts().ID)
		return old
	}))
}

// others returns the credentials that were first listed after the create, except the created one.
func (c *Creation[C]) others(id string) []C {
	return slices.DeleteFunc(slices.Clone(c.added), func(one C) bool { return one.Facts().ID == id })
}

func (c *Creation[C]) serverNow() time.Time {
	return c.ServerNow().UTC().Truncate(time.Second)
}

// fail adds the credentials that may exist to an error.
func (c *Creation[C]) fail(state string, cause error) error {
	if len(c.unknown) > 0 {
		state = strings.TrimSpace(state + "\n\n" + c.explainUnknown(c.added))
	}
	if state == "" {
		return cause
	}
	return diagnostics.WithState(state, cause)
}

// explainUnknown names the credentials that requests with unknown outcome may have created, and how to find them.
func (c *Creation[C]) explainUnknown(candidates []C) string {
	times := []string{}
	for _, at := range c.unknown {
		times = append(times, at.Format(time.TimeOnly))
	}
	user, word := c.user(), c.Kind.Word
	text := fmt.Sprintf("The outcome of the create that was sent at %s UTC is unknown. It may have created a %s of %s, whose secret is then lost. ",
		strings.Join(times, ", and of the one at "), word, user)
	resolve := c.resolve()
	if len(candidates) > 0 {
		return text + fmt.Sprintf("Since then, these %ss have appeared; the state does not contain them:\n\n%s\n\n%s%s\n\nThen run again. If an administrator created the %[1]s, leave it, or import it without its secret: terraform import ADDRESS %[5]s",
			word, Describe(c.Instance, candidates), resolve, c.Kind.Remedy(user, candidates...), c.Kind.ImportID(user, candidates))
	}
	before := "had no " + word
	if len(c.Before) > 0 {
		before = "had these " + word + "s:\n\n" + Describe(c.Instance, c.Before)
	}
	last := c.unknown[len(c.unknown)-1].Add(instance.LateLimit)
	return text + fmt.Sprintf("No new %s was listed yet, but it may be listed as late as %s UTC. Before the create, %s %s\n\nList the %[1]ss, and once more after that time:\n\n  %[5]s\n\n%[6]s  %[7]s\n\nThen run again.",
		word, last.Format(time.TimeOnly), user, before, c.Kind.List(user), resolve, strings.Join(c.Kind.Commands(user, c.Kind.Placeholder), "\n  "))
}

// resolve describes what to do about a credential that may belong to another administrator.
func (c *Creation[C]) resolve() string {
	return fmt.Sprintf("The provider does not delete a %s that it cannot identify. Ask the administrators whether one of them created it. If not, and no Terraform state contains it, disable and delete it:\n\n", c.Kind.Word)
}

// WaitListed waits until the created credential is listed with a status, and records other new credentials. If it is
// not listed, it was still created, so WaitListed warns.
func (c *Creation[C]) WaitListed(ctx context.Context, id, status string, diags *diag.Diagnostics) (all []C, listed bool) {
	all, listed, err := c.Set.WaitListed(ctx, id, status)
	c.note(all)
	if !listed {
		c.WarnUnconfirmed(diags, id, status, err)
	} else if c.Kind.Confirm != nil {
		c.Kind.Confirm(c.user(), all)
	}
	return all, listed
}

// WarnUnconfirmed warns that the service does not list a credential with its new status.
func (s Set[C]) WarnUnconfirmed(diags *diag.Diagnostics, id, status string, err error) {
	why := fmt.Sprintf("The service has not listed it as %s within %s.", status, instance.ListLimit)
	if err != nil {
		why = diagnostics.Explain(err)
	}
	diags.AddWarning(fmt.Sprintf("Cannot confirm the %s %s", s.Kind.Noun, id), fmt.Sprintf(
		"The service accepted that the %s %s of %s is %s, and the state contains it. %s\n\nThe next refresh shows its status.", s.Kind.Word, id, s.user(), status, why))
}

// Warn names other credentials that may have been created: by an earlier request with unknown outcome, or because the
// network delivered a request twice. The secret of such a credential is lost.
func (c *Creation[C]) Warn(id string, listed bool, diags *diag.Diagnostics) {
	user, noun, word, others := c.user(), c.Kind.Noun, c.Kind.Word, c.others(id)
	switch {
	case len(c.unknown) > 0:
		diagnostics.LessSecure.Warn(diags, fmt.Sprintf("User %s may have another new %s beside %s", user, noun, id), fmt.Sprintf(
			"The %s %s of %s was created, and the state contains it with its secret. A request before it failed.\n\n%s", word, id, user, c.explainUnknown(others)))
	case len(others) > 0:
		diagnostics.LessSecure.Warn(diags, fmt.Sprintf("User %s has another new %s beside %s", user, noun, id), fmt.Sprintf(
			"The %s %s of %s was created, and the state contains it. In the meantime, these %[1]ss have appeared:\n\n%[4]s\n\n"+
				"Another administrator may have created them; or the network delivered the request twice, and the secret is lost. %[5]s%[6]s",
			word, id, user, Describe(c.Instance, others), c.resolve(), c.Kind.Remedy(user, others...)))
	case !listed:
		diagnostics.LessSecure.Warn(diags, fmt.Sprintf("Cannot check whether user %s has another new %s beside %s", user, noun, id), fmt.Sprintf(
			"A network may deliver a request twice, and then the secret of the second %s is lost. This command lists all %[1]ss of %[2]s; the state contains %[3]s:\n\n  %[4]s", word, user, id, c.Kind.List(user)))
	}
}
