// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
)

// domain is the default domain, read once per client.
func (c *Client) domain(ctx context.Context) (string, error) {
	return c.caches.domain.get(ctx, "", c.readDomain)
}

// domainBeside is the default domain as others know it by now, when a call shows
// that it may no longer be the one that is known.
func (c *Client) domainOtherThan(ctx context.Context, doubted string) (string, error) {
	known, err := c.domain(ctx)
	if err != nil || known != doubted {
		return known, err
	}
	return c.caches.domain.refresh(ctx, "", c.readDomain)
}

// domainUnknown is a call that was not sent, or whose answer cannot be believed,
// because the default domain could not be read. The predicates see why, but
// OutcomeUnknown does not: it is about the call. So it has no Unwrap.
type domainError struct {
	action string
	err    error
}

func (e *domainError) Error() string {
	return fmt.Sprintf("%s: the principal name of the user is not known: %s", e.action, e.err)
}

func (e *domainError) Is(target error) bool { return errors.Is(e.err, target) }

func (e *domainError) As(target any) bool { return errors.As(e.err, target) }

// atDomain sends what names a user by principal name. If the service does not
// know the name, somebody may have changed the account's alias: the domain is
// then read anew, and if it is another one, the call is sent again.
func (c *Client) withDomain(ctx context.Context, op operation, send func(domain string) error) error {
	domain, err := c.domain(ctx)
	if err != nil {
		return &domainError{op.action, err}
	}
	err = send(domain)
	if !nameUnknown(err) {
		return err
	}
	current, unread := c.domainOtherThan(ctx, domain)
	if unread != nil {
		return &domainError{op.action, unread}
	}
	if current == domain {
		return err
	}
	return send(current)
}

// nameUnknown tells an answer that a principal name of a former domain may have.
// Source: documented for a user that is there, assumed for a new name.
func nameUnknown(err error) bool {
	return NotFound(err, "User") || hasCode(err, "InvalidParameter.UserPrincipalName", "InvalidParameter.NewUserPrincipalName")
}

// callFor calls an operation of Ims for a user.
func (c *Client) callForUser(ctx context.Context, op operation, userName string, in params, out any) error {
	if err := op.require("user name", userName); err != nil {
		return err
	}
	return c.withDomain(ctx, op, func(domain string) error {
		named := params{"UserPrincipalName": userName + "@" + domain}
		for name, value := range in {
			named[name] = value
		}
		return c.call(ctx, op, named, out)
	})
}
