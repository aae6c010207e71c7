// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getAccountAlias   = operation{product: ramProduct, action: "GetAccountAlias", repeat: read}
	setAccountAlias   = operation{product: ramProduct, action: "SetAccountAlias", repeat: set}
	clearAccountAlias = operation{product: ramProduct, action: "ClearAccountAlias", repeat: set}
	getDefaultDomain  = operation{product: imsProduct, action: "GetDefaultDomain", repeat: read}
)

// AccountAlias is the account's alias, "" if it has none. It may have been read
// before (planLife, sharedLife), unless this client changed it since.
func (c *Client) AccountAlias(ctx context.Context) (string, error) {
	return c.caches.alias.get(ctx, "", c.readAlias)
}

// RefreshAccountAlias is the account's alias, past what is known.
func (c *Client) RefreshAccountAlias(ctx context.Context) (string, error) {
	return c.caches.alias.refresh(ctx, "", c.readAlias)
}

// An account without an alias answers 404, nothing, "" or its own id: which of
// them is not documented.
func (c *Client) readAlias(ctx context.Context) (string, error) {
	caller, err := c.Caller(ctx)
	if err != nil {
		return "", err
	}
	var answer struct{ AccountAlias text }
	err = c.call(ctx, getAccountAlias, nil, &answer)
	if hasCode(err, "EntityNotExist") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if string(answer.AccountAlias) == caller.AccountID {
		return "", nil
	}
	return string(answer.AccountAlias), nil
}

// SetAccountAlias gives the account an alias, which every user's logon name
// follows.
func (c *Client) SetAccountAlias(ctx context.Context, alias string) error {
	defer c.caches.invalidateAlias()()
	return c.call(ctx, setAccountAlias, params{"AccountAlias": alias}, nil)
}

// ClearAccountAlias takes the account's alias away. Its name becomes free for
// others.
func (c *Client) ClearAccountAlias(ctx context.Context) error {
	defer c.caches.invalidateAlias()()
	return c.call(ctx, clearAccountAlias, nil, nil)
}

type defaultDomainAnswer struct{ DefaultDomainName text }

func (a *defaultDomainAnswer) missing() string {
	if a.DefaultDomainName == "" {
		return "DefaultDomainName"
	}
	return ""
}

// DefaultDomain is what the principal names of users end in after the @. It may
// have been read as long ago as the alias, unless this client changed that since.
func (c *Client) DefaultDomain(ctx context.Context) (string, error) {
	return c.caches.domain.getWithin(ctx, c.caches.alias.ttl(), "", c.readDomain)
}

// RefreshDefaultDomain is the default domain, past what is known.
func (c *Client) RefreshDefaultDomain(ctx context.Context) (string, error) {
	return c.caches.domain.refresh(ctx, "", c.readDomain)
}

func (c *Client) readDomain(ctx context.Context) (string, error) {
	var answer defaultDomainAnswer
	if err := c.call(ctx, getDefaultDomain, nil, &answer); err != nil {
		return "", err
	}
	return string(answer.DefaultDomainName), nil
}
