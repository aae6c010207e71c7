// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"maps"
)

// domain returns the default domain, which is read once.
func (c *Client) domain(ctx context.Context) (string, error) {
	return c.caches.domain.get(ctx, "", c.readDomain)
}

// domainOtherThan returns the default domain. It reads the domain again if the cached one
// is the one that may be outdated.
func (c *Client) domainOtherThan(ctx context.Context, outdated string) (string, error) {
	known, err := c.domain(ctx)
	if err != nil || known != outdated {
		return known, err
	}
	return c.caches.domain.refresh(ctx, "", c.readDomain)
}

const domainUnknown = "the principal name of the user is not known"

// withDomain sends a call that addresses a user by principal name. If the service does not
// know the name, another program may have changed the alias of the account. withDomain then
// reads the domain again, and repeats the call if the domain has changed.
func (c *Client) withDomain(ctx context.Context, op operation, send func(domain string) error) error {
	domain, err := c.domain(ctx)
	if err != nil {
		return &prerequisiteError{op.action, domainUnknown, err}
	}
	err = send(domain)
	if !nameUnknown(err) {
		return err
	}
	current, err := c.retryDomain(ctx, op, domain, err)
	if current == domain {
		return err
	}
	return send(current)
}

// retryDomain returns the domain with which to repeat a call that failed with another
// domain. If the domain has not changed, it returns failed and the error to return.
func (c *Client) retryDomain(ctx context.Context, op operation, failed string, err error) (string, error) {
	current, unread := c.domainOtherThan(ctx, failed)
	if unread != nil {
		return failed, &prerequisiteError{op.action, domainUnknown, unread}
	}
	return current, err
}

// nameUnknown reports whether the service does not know a principal name, which it reports
// for a name in a former domain (documented for an existing user, assumed for a new name).
func nameUnknown(err error) bool {
	return notFound(err, "User") || hasCode(err, "InvalidParameter.UserPrincipalName", "InvalidParameter.NewUserPrincipalName")
}

// callForUser calls an operation of Ims that addresses a user by principal name.
func (c *Client) callForUser(ctx context.Context, op operation, userName string, in params, out any) error {
	return c.callComposedForUser(ctx, op, userName, fixed(in), out)
}

// callComposedForUser is callForUser with parameters that build makes for each attempt.
func (c *Client) callComposedForUser(ctx context.Context, op operation, userName string, build compose, out any) error {
	if err := op.require("user name", userName); err != nil {
		return err
	}
	return c.withDomain(ctx, op, func(domain string) error {
		return c.callComposed(ctx, op, func(ctx context.Context) (params, error) {
			in, err := build(ctx)
			if err != nil {
				return nil, err
			}
			named := params{"UserPrincipalName": userName + "@" + domain}
			maps.Copy(named, in)
			return named, nil
		}, out)
	})
}
